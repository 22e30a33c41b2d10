// The broker, joined: an authorization server in front of the identity provider, for clients that cannot register there.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { default as Provider } from 'oidc-provider';
import { type Mounted, writeReply } from '../../core/reply.ts';
import type { Log } from '../../observe/log.ts';
import type { Seal } from '../../stores/seal.ts';
import type { Store } from '../../stores/store.ts';
import type { People } from '../people.ts';
import { createResolver } from '../resolver.ts';
import { createSafeFetch, type SafeFetchOptions } from '../safe-fetch.ts';
import {
  addressRightly,
  answerCrossOrigin,
  authorizations,
  createPace,
  isTooLarge,
  isTooLong,
  registrations,
} from './arrival.ts';
import { jwtBearer, type SignInPlace } from './assertions.ts';
import type { Broker } from './broker.ts';
import { createBrowsers } from './browsers.ts';
import { createClientDocuments } from './client-metadata.ts';
import { createConsents } from './consents.ts';
import { createInteract, interactionPath } from './interaction.ts';
import { createLogout, logoutPath } from './logout.ts';
import { createProvider, grantLifeOf, interactionSeconds, type ProviderOptions } from './provider.ts';
import { standsIn } from './records.ts';
import { allScopes, type Platform } from './scopes.ts';
import type { BrokerSettings } from './settings.ts';
import { createSigningKeys, type SigningKey } from './signing-keys.ts';
import { isReserved } from './subjects.ts';
import {
  refuseJson,
  renderBusy,
  renderNowhere,
  renderProblem,
  renderTooLong,
  say,
  watch,
  writeFailure,
} from './troubles.ts';

export interface BrokerOptions {
  readonly settings: BrokerSettings;
  /** Address of the MCP endpoint. */
  readonly publicUrl: string;
  readonly people: People;
  readonly platforms: readonly Platform[];
  readonly store: Store;
  readonly seal: Pick<Seal, 'keys'>;
  readonly fetch: typeof fetch;
  /** How documents that clients name are reached. Default: as they are by everybody on the internet. */
  readonly internet?: Pick<SafeFetchOptions, 'resolve' | 'request'> | undefined;
  /** Which of them may be on this machine all the same: where everything is simulated, and nowhere else. */
  readonly allowFor?: ((url: URL) => boolean) | undefined;
  /** Address of the identity provider at which people sign in: what was given to them ends with it. */
  readonly peopleOf: string;
  /** The same, as its tokens tell it. */
  readonly signInAt?: SignInPlace | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Pick<Log, 'debug' | 'warn' | 'error'>;
}

/** Our own: the identity provider sends people back to it. */
const callbackPath = '/oauth/callback';
const metadataPaths = new Set(['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']);
/** What pages of any origin may ask for (CORS): no cookie counts there. */
const openPaths = new Set([...metadataPaths, '/oauth/token', '/oauth/register', '/oauth/revoke', '/oauth/jwks']);
/** A request for authorization, and its page and its end, by the name of each. */
const ofOne = /^\/oauth\/(authorize|interaction)\/[\w-]{1,100}$/;

/**
 * To the letter: the library takes /oauth/Authorize and /oauth/authorize/ for the same, and what is looked at here by its
 * path would be passed by.
 */
function isPlace(path: string): boolean {
  return path === '/oauth/authorize' || path === logoutPath || openPaths.has(path) || ofOne.test(path);
}

type Answer = ReturnType<Provider['callback']>;

export function openBroker(options: BrokerOptions): Broker {
  const { settings, publicUrl, people, platforms, store, seal, fetch, signInAt, now, log } = options;
  const issuer = new URL(publicUrl).origin;
  const all = allScopes(platforms);
  const keys = () => seal.keys(`broker ${options.peopleOf}`);
  const consents = createConsents({ store, keys, now });
  const signing = createSigningKeys({
    store,
    keys: () => seal.keys('broker keys'),
    now,
    tokenLifeMs: settings.accessTokenLife * 1000,
  });
  const browsers = createBrowsers(store, issuer.startsWith('https:'), interactionSeconds * 1000);
  const known = new Set(settings.clients.map(({ id }) => id));
  const interact = createInteract({
    people,
    browsers,
    consents,
    platforms,
    all,
    known,
    origin: issuer,
    grantLifeMs: grantLifeOf(settings) * 1000,
    now,
  });
  const logOut = createLogout(people, issuer);
  const mayRegister = createPace(registrations, now);
  const mayAuthorize = createPace(authorizations, now);
  const { allowFor, internet = { resolve: createResolver() } } = options;
  const documents = settings.clientMetadata
    ? createClientDocuments({
        safeFetch: createSafeFetch({ ...internet, allowFor }),
        allowFor,
        moreGrants: settings.assertionIssuers.length > 0 ? [jwtBearer] : [],
        origin: issuer,
        now,
      })
    : undefined;
  const onStale = (error: unknown) => say(log, error);
  let made: { readonly ids: string; readonly provider: Provider; readonly answer: Answer } | undefined;

  /** Another one when the keys change: all that it knows is in the store. */
  async function current(): Promise<NonNullable<typeof made>> {
    const signingKeys = await signing.load();
    const ids = signingKeys.map(({ jwk }) => jwk.kid).join(' ');
    if (made?.ids !== ids) made = { ids, ...(await make(signingKeys)) };
    return made;
  }

  async function make(signingKeys: readonly SigningKey[]) {
    const cookieKeys = (await seal.keys('broker cookies')).map((key) => Buffer.from(key).toString('base64url'));
    const more = { settings, issuer, resource: publicUrl, people, browsers, documents, all, signingKeys, cookieKeys };
    const assertions = { signInAt, fetch, onStale };
    const showError: ProviderOptions['showError'] = (error, description) => renderProblem(error, description);
    const provider = createProvider({ ...more, assertions, store, keys, now, showError });
    watch(provider, { log, issuer, scopes: all, known });
    return { provider, answer: provider.callback() };
  }

  async function answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isPlace(path)) return writeReply(response, await renderNowhere());
    if (openPaths.has(path) && answerCrossOrigin(request, response)) return;
    if (isTooLarge(request)) return refuseJson(response, 413, 'invalid_request', 'the request is too large');
    if (isTooLong(request)) return writeReply(response, await renderTooLong());
    if (path === '/oauth/register' && request.method === 'POST' && !mayRegister())
      return refuseJson(response, 429, 'temporarily_unavailable', 'too many clients register; try again later');
    if (path === '/oauth/authorize' && !mayAuthorize()) return writeReply(response, await renderBusy());
    if (path === logoutPath) return logOut(request, response);
    addressRightly(request, issuer);
    const { provider, answer: answerByProvider } = await current();
    if (path.startsWith(interactionPath)) await interact(provider, request, response);
    else await answerByProvider(request, response);
  }

  const mounted: Mounted = {
    concerns: (path) => metadataPaths.has(path) || (path.startsWith('/oauth/') && path !== callbackPath),
    open: (path) => openPaths.has(path),
    async handle(request, response) {
      const path = new URL(request.url ?? '/', issuer).pathname;
      try {
        await answer(path, request, response);
      } catch (error) {
        say(log, error);
        await writeFailure(response, error, openPaths.has(path));
      }
    },
  };

  return {
    issuer,
    keys: signing.published,
    async reachOf(subject) {
      const person = isReserved(subject) ? undefined : await people.known(subject);
      return person?.allowance.scopes;
    },
    stands: (gid) => standsIn({ store, keys }, gid),
    consents: { list: consents.list, withdraw: consents.withdraw },
    mounted,
  };
}
