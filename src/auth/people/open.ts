// People in a browser, signed in at the identity provider: sessions, and their tokens there, sealed in the store.

import { hash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { html } from 'hono/html';
import type * as oidc from 'openid-client';
import { allowanceOf } from '../../core/caller.ts';
import { CastellanError } from '../../core/errors.ts';
import { type Mounted, type Reply, writeReply } from '../../core/reply.ts';
import { renderPage } from '../../pages/frame.ts';
import type { Seal } from '../../stores/seal.ts';
import { openText, sealText } from '../../stores/sealed.ts';
import type { Store } from '../../stores/store.ts';
import type { KnownPerson, People, Person } from '../people.ts';
import type { AuthSettings } from '../settings.ts';
import type { SignInSettings } from '../sign-in-settings.ts';

export interface PeopleOptions {
  readonly settings: SignInSettings;
  readonly auth: AuthSettings;
  readonly publicUrl: string;
  readonly store: Store;
  readonly seal: Pick<Seal, 'keys'>;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

const dayMs = 86_400_000;
const flowMs = 600_000;
const sessionMs = dayMs / 2;
interface Session {
  readonly id: string;
  readonly name: string;
  readonly csrf: string;
  readonly since: number;
}
interface Record_ {
  readonly id: string;
  readonly groups: readonly string[];
}

export function openPeople({ settings, auth, publicUrl, store, seal, now }: PeopleOptions): People {
  const origin = new URL(publicUrl).origin;
  const keys = () => seal.keys('people');
  const digest = (text: string) => hash('sha256', text, 'base64url');
  let found: Promise<{ client: typeof oidc; config: oidc.Configuration }> | undefined;
  const discover = () => {
    found ??= (async () => {
      const client = await import('openid-client');
      const execute = settings.issuer?.startsWith('http:') ? [client.allowInsecureRequests] : [];
      const config = await client.discovery(
        new URL(settings.issuer ?? ''),
        settings.clientId ?? '',
        settings.clientSecret?.reveal(),
        undefined,
        { execute },
      );
      return { client, config };
    })();
    found.catch(() => {
      found = undefined;
    });
    return found;
  };
  const put = async (place: string, value: unknown, ttl: number) =>
    store.set(place, sealText(await keys(), place, JSON.stringify(value)), ttl);
  const open = async <T>(place: string, sealed: string | undefined) => {
    const text = sealed === undefined ? undefined : openText(await keys(), place, sealed);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  };
  const cookieOf = ({ headers }: IncomingMessage, name: string) =>
    (headers.cookie ?? '')
      .split('; ')
      .find((part) => part.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const known = async (personId: string): Promise<KnownPerson | undefined> => {
    const place = `person:${digest(personId)}`;
    const record = await open<Record_>(place, await store.get(place));
    if (!record) return undefined;
    const scopes = [
      ...(auth.everybody ?? ['castellan:read']),
      ...record.groups.flatMap((group) => auth.groupMap?.[group] ?? []),
    ];
    const operator = settings.operators.some(
      (who) => who === record.id || record.groups.some((group) => who === `group:${group}`),
    );
    return {
      id: record.id,
      caller: `${origin}|${record.id}`,
      groups: record.groups,
      allowance: allowanceOf(scopes),
      operator,
    };
  };
  const of = async (request: IncomingMessage): Promise<Person | undefined> => {
    const value = cookieOf(request, '__Host-castellan');
    if (value === undefined) return undefined;
    const place = `session:${digest(value)}`;
    const session = await open<Session>(place, await store.get(place));
    const person = session && (await known(session.id));
    return session && person && { ...person, name: session.name, csrf: session.csrf, since: session.since };
  };

  async function finish(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? '/', origin);
    const state = url.searchParams.get('state') ?? '';
    const place = `flow:${digest(state)}`;
    const flow = await open<{ nonce: string; verifier: string; returnTo: string }>(place, await store.take(place));
    if (!flow || cookieOf(request, '__Host-castellan-flow') !== digest(state))
      return renderPage({ title: 'This sign-in is over', status: 400, body: html`<p>Start again.</p>` });
    const { client, config } = await discover();
    const tokens = await client.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: flow.verifier,
      expectedState: state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new TypeError('no ID token');
    const groups = Array.isArray(claims[auth.groupsClaim]) ? (claims[auth.groupsClaim] as string[]) : [];
    await put(`person:${digest(claims.sub)}`, { id: claims.sub, groups }, 90 * dayMs);
    const value = randomBytes(32).toString('base64url');
    const session: Session = {
      id: claims.sub,
      name: String(claims.name ?? claims.sub),
      csrf: randomBytes(32).toString('base64url'),
      since: now(),
    };
    await put(`session:${digest(value)}`, session, sessionMs);
    return {
      status: 303,
      headers: {
        location: flow.returnTo,
        'cache-control': 'no-store',
        'set-cookie': [`__Host-castellan=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`],
      },
      body: '',
    };
  }

  const mounted: Mounted = {
    concerns: (path) => path === '/oauth/callback',
    async handle(request, response) {
      try {
        writeReply(response, await finish(request));
      } catch {
        writeReply(response, await renderPage({ title: 'Sign-in failed', status: 503, body: html`<p>Try again.</p>` }));
      }
    },
  };
  return {
    of,
    known,
    stillThere: async (id) => (await known(id)) !== undefined,
    async begin(_request, asked) {
      // Only a path of ours, as a browser reads it.
      const returnTo = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked) ? asked : '/';
      const { client, config } = await discover();
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
      await put(`flow:${digest(state)}`, { nonce, verifier, returnTo }, flowMs);
      const to = client.buildAuthorizationUrl(config, {
        redirect_uri: `${origin}/oauth/callback`,
        scope: settings.scopes.join(' '),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return {
        status: 303,
        headers: {
          location: to.href,
          'cache-control': 'no-store',
          'set-cookie': `__Host-castellan-flow=${digest(state)}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600`,
        },
        body: '',
      };
    },
    async end(request) {
      const value = cookieOf(request, '__Host-castellan');
      if (value !== undefined) await store.delete(`session:${digest(value)}`);
      return { status: 303, headers: { location: '/' }, body: '' };
    },
    subjectOf: () => ({
      load: async () => {
        throw new CastellanError({ code: 'unauthorized', message: 'Sign in again.' });
      },
    }),
    mounted,
  };
}
