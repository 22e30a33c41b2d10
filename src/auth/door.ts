// The front door over HTTP: who calls, by a token of the configured authorization server. It knows nothing of what is
// behind it. It never lets anybody in because something could not be checked.

import type { IncomingMessage } from 'node:http';
import type { Caller, Subject } from '../core/caller.ts';
import { CastellanError } from '../core/errors.ts';
import type { Log } from '../observe/log.ts';
import { createAsking } from './asking.ts';
import { type Presented, takeBearer } from './bearer.ts';
import type { Broker } from './broker/broker.ts';
import { type Challenge, metadataPathsOf, writeChallenge, writeMetadata } from './challenge.ts';
import { type SignedIn, TokenRefused } from './claims.ts';
import { providers } from './provider.ts';
import { isOutage, rememberTokens } from './remember.ts';
import type { AuthSettings } from './settings.ts';
import { holdToken } from './subject.ts';
import { createOwnVerifier, createVerifier } from './verifier.ts';

export interface Door {
  /** Who calls, at once where the token is known. The token is taken off the request. Never rejects. */
  readonly admit: (request: IncomingMessage) => Admission | Promise<Admission>;
  /** What a caller is told who lacks scopes such as `okta:write`. */
  readonly lacking: (visitor: Visitor, needs: readonly string[]) => DoorRefusal;
  /** The document that says where to sign in, and the paths at which it stands. */
  readonly metadata: { readonly paths: readonly string[]; readonly document: Readonly<Record<string, unknown>> };
  /** The name by which clients address the server. */
  readonly hostName: string;
  /** The path of the MCP endpoint in the public address. */
  readonly path: string;
  /** Where pages of the server itself are. */
  readonly origin: string;
}

export interface Visitor {
  readonly caller: Caller;
  /** The application that the caller uses, as the issuer knows it. */
  readonly client: string | undefined;
  /** The token's scopes, as the issuer calls them. */
  readonly scopes: readonly string[];
  /** When the token ends, epoch milliseconds. */
  readonly expires: number;
}

export type Admission = Visitor | DoorRefusal;

export interface DoorRefusal {
  readonly status: 400 | 401 | 403 | 503;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface DoorOptions {
  readonly settings: AuthSettings;
  /** Whose tokens are taken where no issuer is configured. */
  readonly broker?: Pick<Broker, 'issuer' | 'keys' | 'stands' | 'reachOf'> | undefined;
  /**
   * Where callers act as themselves: what stands for them. `inbound` is the token of the request, held with the caller and
   * nowhere else; behind a broker it is what the person signed in with at the provider.
   */
  readonly subjects?: 'inbound' | ((personId: string) => Subject | undefined) | undefined;
  /** Names of the platforms that callers can reach; where the issuer's own scopes are about all of them, these are asked for. */
  readonly platforms?: readonly string[];
  readonly fetch: typeof fetch;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Pick<Log, 'debug' | 'warn'>;
}

/** So long a token is not verified again, however long it lives: keys and people's rights are withdrawn. Milliseconds. */
const keepJwtMs = 5 * 60_000;
/** The same for tokens of our own, which cost little to look at again: so long a withdrawn one may still be taken. */
const keepOwnMs = 15_000;
const maxTokens = 20_000;
/** Where an issuer is asked about each token, one that it refused is not asked about again at once. */
const keepRefusalMs = 5_000;
const warnEveryMs = 30_000;
const retryAfterSeconds = 5;

/** @throws {TypeError} when no issuer is configured: whoever opens a door has checked that. */
export function openDoor(options: DoorOptions): Door {
  const { settings, broker, subjects, platforms = [], fetch, now, log } = options;
  const { publicUrl } = settings;
  const issuer = broker?.issuer ?? settings.issuer;
  if (issuer === undefined || publicUrl === undefined) throw new TypeError('a door without an issuer or an address');
  const asking = createAsking(
    broker
      ? { ...settings, scopes: undefined, scopeMap: undefined }
      : {
          ...settings,
          scopes: settings.scopes ?? issuersOwn(settings, platforms),
          knownScopes: providers[settings.provider].scopeMap,
        },
  );
  const introspects = !broker && settings.verify === 'introspection';
  const onStale = (error: unknown) => warn(error);
  const tokens = rememberTokens({
    verify: broker
      ? createOwnVerifier({ settings, publicUrl, now, onStale, broker })
      : createVerifier({ settings, issuer, publicUrl, fetch, now, onStale }),
    keepMs: broker ? keepOwnMs : introspects ? settings.introspectionCache * 1000 : keepJwtMs,
    keepRefusalMs: introspects ? keepRefusalMs : 0,
    max: maxTokens,
    now,
  });
  const visitors = new WeakMap<SignedIn, Admission>();
  let warnedAt = Number.NEGATIVE_INFINITY;

  function warn(error: unknown): void {
    if (now() - warnedAt < warnEveryMs) return;
    warnedAt = now();
    log.warn(
      { detail: error instanceof Error ? error.message : 'unknown' },
      isOwnStore(error) ? 'the store is no help' : 'the authorization server is no help',
    );
  }

  function refuse(status: 400 | 401 | 403, message: string, challenge: Challenge): DoorRefusal {
    return { status, message, headers: { 'www-authenticate': writeChallenge(publicUrl as string, challenge) } };
  }

  function welcome(signedIn: SignedIn): Admission {
    const known = visitors.get(signedIn);
    if (known) return known;
    const { id, allowance, client, scopes, expires } = signedIn;
    const subject = typeof subjects === 'function' ? subjects(id.slice(id.indexOf('|') + 1)) : undefined;
    const visitor: Visitor = {
      caller: { id, allowance, ...(client !== undefined && { client }), ...(subject && { subject }) },
      client,
      scopes,
      expires: expires * 1000,
    };
    const admission =
      settings.requiredScopes.every((scope) => scopes.includes(scope)) && allowance.key !== ''
        ? visitor
        : lacking(visitor, []);
    visitors.set(signedIn, admission);
    return admission;
  }

  function lacking({ scopes }: Visitor, needs: readonly string[]): DoorRefusal {
    const ask =
      needs.length > 0 ? asking.more(needs, scopes) : [...new Set([...asking.first, ...asking.more([], scopes)])];
    const description = needs.length > 0 ? `This needs ${needs.join(' and ')}.` : 'The token allows nothing here.';
    const told = ask.length > 0 ? ` Sign in again and ask for: ${ask.join(' ')}.` : '';
    return refuse(403, `${description}${told}`, { error: 'insufficient_scope', description, scopes: ask });
  }

  async function verify(token: string): Promise<Admission> {
    try {
      return welcome(await tokens.verify(token));
    } catch (error) {
      if (error instanceof TokenRefused) {
        log.debug({ reason: error.reason }, 'token refused');
        return refuse(401, error.message, { error: 'invalid_token', description: error.message, scopes: asking.first });
      }
      warn(error);
      const message = isOwnStore(error)
        ? 'Castellan’s own store cannot be reached, so that this token cannot be looked up; try again in a moment.'
        : isOutage(error)
          ? 'The authorization server cannot be asked whether this token is valid; try again in a moment.'
          : 'The token could not be verified; the log has the details.';
      return { status: 503, message, headers: { 'retry-after': String(retryAfterSeconds) } };
    }
  }

  /** For this request alone: what is remembered of a token does not hold it. */
  function withToken(admission: Admission, token: string): Admission {
    if ('status' in admission) return admission;
    const { caller, expires } = admission;
    return { ...admission, caller: { ...caller, subject: holdToken(token, expires, now) } };
  }

  return {
    admit(request) {
      const presented: Presented = takeBearer(request);
      if (presented === 'none')
        return refuse(401, 'Sign in first: this server takes requests with an access token only.', {
          scopes: asking.first,
        });
      if (presented === 'malformed') {
        const description = 'Send one token, in one Authorization header: Bearer TOKEN.';
        return refuse(400, description, { error: 'invalid_request', description });
      }
      const { token } = presented;
      const known = tokens.known(token);
      if (subjects !== 'inbound') return known ? welcome(known) : verify(token);
      if (known) return withToken(welcome(known), token);
      return verify(token).then((admission) => withToken(admission, token));
    },
    lacking,
    metadata: {
      paths: metadataPathsOf(publicUrl),
      document: writeMetadata({ url: publicUrl, issuer, scopes: asking.all }),
    },
    hostName: new URL(publicUrl).hostname,
    path: new URL(publicUrl).pathname,
    origin: new URL(publicUrl).origin,
  };
}

/** What was issued here stands in no other place. */
function isOwnStore(error: unknown): boolean {
  return error instanceof CastellanError && error.code === 'store_unavailable';
}

/** Scopes that the issuer has by itself, where they say all that there is to be said of what is behind the door. */
function issuersOwn({ provider, scopeMap }: AuthSettings, platforms: readonly string[]): readonly string[] | undefined {
  const own = providers[provider].scopeMap;
  if (!own || scopeMap !== undefined || platforms.length === 0) return undefined;
  const about = new Set(Object.values(own).flatMap((scopes) => scopes.map((scope) => scope.split(/[.:]/)[0])));
  return platforms.every((name) => about.has(name)) ? Object.keys(own) : undefined;
}
