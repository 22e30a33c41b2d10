// People in a browser, joined: sign-in at the identity provider, sessions here, and what is known of people afterwards.

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { html } from 'hono/html';
import { allowanceOf } from '../../core/caller.ts';
import { type Reply, writeReply } from '../../core/reply.ts';
import type { Log } from '../../observe/log.ts';
import { renderPage } from '../../pages/frame.ts';
import { visibleLine } from '../../pages/visible.ts';
import type { Seal } from '../../stores/seal.ts';
import type { Store } from '../../stores/store.ts';
import { say, writeFailure } from '../broker/troubles.ts';
import { createBucket } from '../bucket.ts';
import { mapped } from '../claims.ts';
import type { KnownPerson, People, SignInWay } from '../people.ts';
import { providers } from '../provider.ts';
import type { AuthSettings } from '../settings.ts';
import type { SignInSettings } from '../sign-in-settings.ts';
import { readCookie, writeCookie } from './cookies.ts';
import { SignInRefused } from './failures.ts';
import { createRecords, digest, type Flow, type PersonRecord, type Session } from './records.ts';
import { createStanding } from './standing.ts';
import { createUpstream, type Identity } from './upstream.ts';

export interface PeopleOptions {
  readonly settings: SignInSettings;
  readonly auth: AuthSettings;
  /** Address of the MCP endpoint. */
  readonly publicUrl: string;
  readonly store: Store;
  readonly seal: Pick<Seal, 'keys'>;
  readonly fetch: typeof fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Pick<Log, 'debug' | 'warn' | 'error'>;
}

export const callbackPath = '/oauth/callback';
const flowMs = 10 * 60_000;
/** Sign-ins that one process begins in that time: anybody can begin them, and each lies in the store. */
const maxFlows = 5_000;
const sessionMs = 12 * 3_600_000;
const idleMs = 2 * 3_600_000;
/** A session that is used is written down this often. */
const seenEveryMs = 60_000;
const askMs = 2_000;
/** Longer than anything that was issued for a person is renewed. */
const personMs = 366 * 86_400_000;

export function openPeople(options: PeopleOptions): People {
  const { settings: signIn, auth, publicUrl, store, now, log } = options;
  const { origin, protocol } = new URL(publicUrl);
  const tls = protocol === 'https:';
  // Of the provider at which they sign in: somebody whom another one calls the same is another person.
  const keys = () => options.seal.keys(`people ${signIn.issuer}`);
  const flows = createRecords<Flow>(store, keys, 'sign-in');
  const sessions = createRecords<Session>(store, keys, 'session');
  const people = createRecords<PersonRecord>(store, keys, 'person');
  const groupOperators = signIn.operators.filter((each) => each.startsWith('group:'));
  const upstream = createUpstream({
    signIn,
    auth,
    redirectUri: `${origin}${callbackPath}`,
    wantsGroups: auth.groupMap !== undefined || groupOperators.length > 0,
    fetch: options.fetch,
    now,
  });
  const standing = createStanding({ people, store, upstream, keepMs: personMs, now });

  const mayBegin = createBucket(maxFlows, flowMs, now);

  /** With an authorization server of its own, tokens come from there, and name it. */
  const tokenIssuer =
    auth.issuer === undefined ? origin : (auth.tokenIssuer ?? providers[auth.provider].tokenIssuer(auth.issuer));

  function describe({ id, groups }: Identity): KnownPerson {
    const { everybody, groupMap = {} } = auth;
    // Nobody is a group by being called so.
    const isMeant = (each: string) =>
      each.startsWith('group:') ? groups.includes(each.slice('group:'.length)) : each === id;
    const operator = signIn.operators.some(isMeant);
    const allowance = allowanceOf([...everybody, ...groups.flatMap((group) => mapped(groupMap, group))]);
    return { id, caller: `${tokenIssuer}|${id}`, groups, allowance, operator };
  }

  async function sessionOf(
    request: IncomingMessage,
  ): Promise<{ place: string; session: Session; seen: number } | undefined> {
    const cookie = readCookie(request, 'castellan', tls);
    if (cookie === undefined || !/^[\w-]{43}$/.test(cookie)) return undefined;
    const place = digest(cookie);
    const [session, seen] = await Promise.all([sessions.get(place), store.get(seenAt(place))]);
    return session && seen !== undefined ? { place, session, seen: Number(seen) } : undefined;
  }

  /** Whoever has left is signed out by it; while the provider does not answer, nobody is, and pages do not wait for it long. */
  async function askSoon(id: string): Promise<void> {
    const asked = standing.check(id).catch(() => undefined);
    await Promise.race([asked, pause(askMs, undefined, { ref: false })]);
  }

  async function endSession(place: string): Promise<void> {
    await Promise.all([sessions.delete(place), store.delete(seenAt(place))]);
  }

  async function beginFlow(request: IncomingMessage, returnTo: string, way: SignInWay = {}): Promise<Reply> {
    if (!mayBegin()) return renderBusy();
    const known = readCookie(request, 'castellan-sign-in', tls);
    const browser = known !== undefined && /^[\w-]{43}$/.test(known) ? known : random();
    const attempt = { verifier: random(), state: random(), nonce: random() };
    const location = (await upstream.begin(attempt, way.anew === true)).href;
    const { wayBack } = way;
    const paths = { returnTo: ownPath(returnTo), ...(wayBack !== undefined && { wayBack: ownPath(wayBack) }) };
    const flow: Flow = { ...attempt, browser: digest(browser), ...paths };
    await flows.set(digest(attempt.state), flow, flowMs);
    const cookie = { name: 'castellan-sign-in', value: browser, seconds: flowMs / 1000 } as const;
    const cookies = [writeCookie(request, cookie, tls)];
    if (way.anew) cookies.push(await endHere(request));
    return redirect(location, cookies);
  }

  /** @returns what takes the browser's cookie away */
  async function endHere(request: IncomingMessage): Promise<string> {
    const found = await sessionOf(request);
    if (found) await endSession(found.place);
    return writeCookie(request, { name: 'castellan', value: '', seconds: 0 }, tls);
  }

  /** The flow that an answer belongs to: begun in this browser, not ended, not used. */
  async function takeFlow(request: IncomingMessage, state: string): Promise<Flow | undefined> {
    const browser = readCookie(request, 'castellan-sign-in', tls);
    if (browser === undefined || state === '') return undefined;
    const flow = await flows.get(digest(state));
    if (flow?.browser !== digest(browser)) return undefined;
    return flows.take(digest(state));
  }

  async function finishFlow(request: IncomingMessage): Promise<Reply> {
    if (request.method !== 'GET') return renderWrongMethod();
    const answer = new URL(request.url ?? '/', origin);
    const names = [...answer.searchParams.keys()];
    // RFC 6749 §3.1: no parameter twice.
    if (new Set(names).size !== names.length) return renderOver();
    const flow = await takeFlow(request, answer.searchParams.get('state') ?? '');
    if (!flow) return renderOver();
    try {
      const { identity, tokens } = await upstream.finish(answer, flow);
      await people.set(identity.id, { ...identity, tokens, checked: now() }, personMs);
      // Never the id that the browser had: whoever put it there would be signed in as well.
      const old = await sessionOf(request);
      if (old) await endSession(old.place);
      const cookie = random();
      const session = { personId: identity.id, csrf: random(), since: now(), idToken: tokens.idToken };
      await sessions.set(digest(cookie), session, sessionMs);
      await store.set(seenAt(digest(cookie)), String(now()), idleMs);
      log.debug({ person: identity.id }, 'somebody signed in');
      return redirect(flow.returnTo, [
        writeCookie(request, { name: 'castellan', value: cookie, seconds: sessionMs / 1000 }, tls),
      ]);
    } catch (error) {
      if (!(error instanceof SignInRefused)) throw error;
      log.debug({ reason: error.message }, 'sign-in refused');
      return renderRefused(error.shown, flow);
    }
  }

  return {
    async of(request) {
      const found = await sessionOf(request);
      if (!found) return undefined;
      const { place, session, seen } = found;
      await askSoon(session.personId);
      const [record, ended] = await Promise.all([
        people.get(session.personId),
        store.get(placeOfEnd(session.personId)),
      ]);
      const isOver = now() >= Math.min(session.since + sessionMs, seen + idleMs);
      if (!record || isOver || session.since <= Number(ended ?? 0)) {
        await endSession(place);
        return undefined;
      }
      // Beside the session, so that what was ended meanwhile is not written again.
      if (now() - seen > seenEveryMs) await store.set(seenAt(place), String(now()), idleMs);
      return { ...describe(record), name: record.name, csrf: session.csrf, since: session.since };
    },

    begin: beginFlow,

    async end(request) {
      const gone = writeCookie(request, { name: 'castellan', value: '', seconds: 0 }, tls);
      const found = await sessionOf(request);
      if (!found) return redirect('/', [gone]);
      await endSession(found.place);
      // Signed out here whatever becomes of it there.
      const there = await upstream.endSession(found.session.idToken, `${origin}/`).catch(() => undefined);
      return redirect(there?.href ?? '/', [gone]);
    },

    // A mark rather than a list of sessions: one that is written down again meanwhile is ended all the same.
    endAll: (id) => store.set(placeOfEnd(id), String(now()), sessionMs),

    subjectOf: (id) => ({ load: (signal) => standing.load(id, signal) }),

    async known(id) {
      const record = await people.get(id);
      return record && describe(record);
    },

    stillThere: standing.check,

    mounted: {
      concerns: (path) => path === callbackPath,
      async handle(request: IncomingMessage, response: ServerResponse) {
        try {
          writeReply(response, await finishFlow(request));
        } catch (error) {
          say(log, error);
          await writeFailure(response, error, false);
        }
      },
    },
  };
}

function placeOfEnd(personId: string): string {
  return `signed-out:${digest(personId)}`;
}

/** When a session was last used; worth nothing without the session. */
function seenAt(place: string): string {
  return `session-seen:${place}`;
}

function random(): string {
  return randomBytes(32).toString('base64url');
}

/** A path of ours and nothing that a browser would make another host of; else the first page. */
function ownPath(text: string): string {
  const plain = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) && text.length <= 2_000;
  return plain && new URL(text, 'http://here.invalid').origin === 'http://here.invalid' ? text : '/';
}

function redirect(location: string, cookies: readonly string[]): Reply {
  const headers = { location, 'set-cookie': cookies, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return { status: 303, headers, body: '' };
}

function renderOver(): Promise<Reply> {
  return renderPage({
    title: 'This sign-in is over',
    status: 400,
    body: html`<p>It has ended, was used already, or began in another browser. Nobody was signed in.</p>
<p><a href="/">Begin again</a></p>`,
  });
}

async function renderBusy(): Promise<Reply> {
  const page = await renderPage({
    title: 'Too many sign-ins',
    status: 503,
    body: html`<p>More people begin to sign in than this server takes at once. Try again in a minute.</p>`,
  });
  return { ...page, headers: { ...page.headers, 'retry-after': '60' } };
}

function renderRefused(said: string, { returnTo, wayBack }: Flow): Promise<Reply> {
  return renderPage({
    title: 'You were not signed in',
    status: 403,
    body: html`<p>The identity provider says: <q>${visibleLine(said, 300)}</q></p>
<p><a href="${returnTo}">Try again</a></p>
${wayBack !== undefined && html`<p><a href="${wayBack}">Back to the application</a>, which is told that you did not sign in.</p>`}`,
  });
}

async function renderWrongMethod(): Promise<Reply> {
  const page = await renderPage({
    title: 'Not like this',
    status: 405,
    body: html`<p>The identity provider sends browsers here; there is nothing else to do.</p>`,
  });
  return { ...page, headers: { ...page.headers, allow: 'GET' } };
}
