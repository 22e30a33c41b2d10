// What happens between a client's request and its code: a person signs in, and says what the client may do. Only in the
// browser in which it began, and only by a form of ours.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { html } from 'hono/html';
import { type Client, errors, type Interaction, type default as Provider } from 'oidc-provider';
import { type Reply, writeReply } from '../../core/reply.ts';
import { renderPage } from '../../pages/frame.ts';
import { leave } from '../leaving.ts';
import type { People, Person } from '../people.ts';
import type { ConsentClient } from './broker.ts';
import type { Browsers } from './browsers.ts';
import { renderConsent } from './consent-page.ts';
import type { ConsentBook } from './consents.ts';
import { comesFrom, readOurForm } from './form.ts';
import { isOwned } from './redirect-uris.ts';
import { askedOf, givable, notGivable, type Platform } from './scopes.ts';
import { isReserved } from './subjects.ts';

export const interactionPath = '/oauth/interaction/';
/** Ends a request without a person. */
const leaving = '?leave';

export interface InteractionOptions {
  readonly people: People;
  readonly browsers: Browsers;
  readonly consents: ConsentBook;
  readonly platforms: readonly Platform[];
  readonly all: readonly string[];
  /** Clients that an operator wrote down. */
  readonly known: ReadonlySet<string>;
  /** Origin of the pages. */
  readonly origin: string;
  /** For how long a grant lives, milliseconds. */
  readonly grantLifeMs: number;
  readonly now: () => number;
}

export type Interact = (provider: Provider, request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A client's request that waits, in the browser in which it began. */
interface Waiting {
  readonly provider: Provider;
  readonly interaction: Interaction;
  readonly client: Client;
  readonly redirectUri: string;
  /** Of its page. */
  readonly path: string;
}

interface Asked extends Waiting {
  readonly person: Person;
  readonly scopes: readonly string[];
  readonly beyond: readonly string[];
  readonly allowed: readonly string[];
}

export function createInteract(options: InteractionOptions): Interact {
  const { people, browsers, consents, platforms, all, known, origin, grantLifeMs, now } = options;

  async function find(
    provider: Provider,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Waiting | Reply> {
    const path = new URL(request.url ?? '/', origin).pathname;
    const uid = path.slice(interactionPath.length);
    const interaction = await provider.interactionDetails(request, response).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'SessionNotFound') return undefined;
      throw error;
    });
    if (interaction?.uid !== uid || !(await browsers.isSame(uid, request))) return renderGone();
    const { client_id: clientId, redirect_uri: redirectUri } = interaction.params;
    const client = await findClient(provider, String(clientId));
    if (!client?.redirectUriAllowed(String(redirectUri))) return renderGone();
    return { provider, interaction, client, redirectUri: String(redirectUri), path };
  }

  async function look(waiting: Waiting, request: IncomingMessage): Promise<Asked | Reply> {
    const { path, client, interaction } = waiting;
    const { scope } = interaction.params;
    const person = await people.of(request);
    if (!person) return people.begin(request, path, { wayBack: path + leaving });
    return {
      ...waiting,
      person,
      // Whoever is called like a machine is none, and nobody else either.
      scopes: isReserved(person.id) ? [] : givable(askedOf(scope, all), person.allowance, all),
      beyond: notGivable(askedOf(scope, all), person.allowance, all),
      allowed: await consents.allowed(person.id, describeClient(client)),
    };
  }

  /** Writes down what was allowed and sends the browser on its way to the client. */
  async function allow(asked: Asked, scopes: readonly string[], request: IncomingMessage, response: ServerResponse) {
    const { provider, interaction, client, person } = asked;
    const { params } = interaction;
    const resource = String(params.resource);
    const oidc = String(params.scope ?? '')
      .split(' ')
      .filter((scope) => scope === 'openid' || scope === 'offline_access');
    const grant = new provider.Grant({ accountId: person.id, clientId: client.clientId });
    if (oidc.length > 0) grant.addOIDCScope(oidc.join(' '));
    grant.addResourceScope(resource, scopes.join(' '));
    const grantId = await grant.save();
    const given = { personId: person.id, client: describeClient(client), scopes, grantId, lifeMs: grantLifeMs };
    await consents.remember(given);
    // From here on the client has asked for what it gets, so that everything that it is told is true.
    params.scope = [...oidc, ...scopes].join(' ');
    await interaction.save(Math.max(1, interaction.exp - Math.floor(now() / 1000)));
    const login = { accountId: person.id, ts: Math.floor(person.since / 1000) };
    await finish(asked, { login, consent: { grantId } }, request, response);
  }

  async function finish(
    { provider }: Waiting,
    result: Parameters<Provider['interactionFinished']>[2],
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    response.setHeader('cache-control', 'no-store');
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }

  function ask({ person, client, redirectUri, scopes, beyond, allowed }: Asked): Promise<Reply> {
    const { clientId, clientName } = client;
    const shown = { id: clientId, name: clientName, known: known.has(clientId) };
    return renderConsent({ person, client: shown, redirectUri, scopes, beyond, allowed, platforms });
  }

  /** A person agreed to this before, and nobody but that client can stand where it returns to (RFC 8252 §8.6). */
  function isSettled({ scopes, allowed, client, interaction }: Asked): boolean {
    const prompts = String(interaction.params.prompt ?? '').split(' ');
    if (prompts.includes('consent') || prompts.includes('login') || prompts.includes('select_account')) return false;
    const held = scopes.length > 0 && scopes.every((scope) => allowed.includes(scope));
    return held && (client.redirectUris ?? []).every(isOwned);
  }

  async function decide(asked: Asked, request: IncomingMessage, response: ServerResponse): Promise<Reply | undefined> {
    const form = await readOurForm(request, asked.person, origin);
    if (!form) return renderForged();
    const decision = form.get('decision');
    if (decision === 'other') {
      const begun = await people.begin(request, asked.path, { anew: true, wayBack: asked.path + leaving });
      return leave(begun, origin, 'another signs in');
    }
    const chosen = asked.scopes.filter((scope) => form.getAll('scope').includes(scope));
    if (decision !== 'allow' || chosen.length === 0) {
      const error_description =
        asked.scopes.length === 0 ? 'the person may do nothing of what was asked for' : 'the person refused';
      await finish(asked, { error: 'access_denied', error_description }, request, response);
      return undefined;
    }
    await allow(asked, chosen, request, response);
    return undefined;
  }

  return async (provider, request, response) => {
    if (request.method !== 'GET' && request.method !== 'POST') return writeReply(response, await renderWrongMethod());
    const waiting = await find(provider, request, response);
    if ('status' in waiting) return writeReply(response, waiting);
    if (isLeaving(request, origin)) {
      const error_description = 'the person did not sign in';
      return finish(waiting, { error: 'access_denied', error_description }, request, response);
    }
    const asked = await look(waiting, request);
    if ('status' in asked) return writeReply(response, asked);
    if (request.method === 'POST') {
      const reply = await decide(asked, request, response);
      if (reply) writeReply(response, reply);
    } else if (isSettled(asked)) await allow(asked, asked.scopes, request, response);
    else writeReply(response, await ask(asked));
  };
}

/** By the link that whoever did not sign in is given: nobody's form can be asked of them, and it gives nothing to anybody. */
function isLeaving(request: IncomingMessage, origin: string): boolean {
  const { search } = new URL(request.url ?? '/', origin);
  return request.method === 'GET' && search === leaving && comesFrom(request, origin);
}

/** Undefined for one whose document says something else by now. */
async function findClient(provider: Provider, id: string): Promise<Client | undefined> {
  try {
    return await provider.Client.find(id);
  } catch (error) {
    if (error instanceof errors.OIDCProviderError) return undefined;
    throw error;
  }
}

function describeClient({ clientId, clientName, redirectUris }: Client): ConsentClient {
  return { id: clientId, name: clientName, redirectUris: redirectUris ?? [] };
}

function renderGone(): Promise<Reply> {
  return renderPage({
    title: 'This request is over',
    status: 400,
    body: html`<p>It has ended, or it began in another browser. Start again in your application.</p>`,
  });
}

function renderForged(): Promise<Reply> {
  return renderPage({
    title: 'This answer was not taken',
    status: 403,
    body: html`<p>It did not come from a page that was made for you, or you have signed in anew since. Start again in your application.</p>`,
  });
}

async function renderWrongMethod(): Promise<Reply> {
  const reply = await renderPage({
    title: 'Not like this',
    status: 405,
    body: html`<p>This page is read or answered, nothing else.</p>`,
  });
  return { ...reply, headers: { ...reply.headers, allow: 'GET, POST' } };
}
