// A caller's session at OCI: their token of the identity domain, exchanged for a session token (UPST) that is bound to a key of
// its own (docs.oracle.com, "Token Exchange Grant Type: Exchanging a JSON Web Token for a UPST").

import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { SubjectToken } from '../../core/caller.ts';
import { CastellanError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { AccessToken } from '../../core/tokens.ts';
import type { UpstreamOptions } from '../../core/upstream.ts';
import type { OciClaims, OciIdentity } from './client.ts';
import { explainRefusal, notASession, unreachable } from './exchange-problems.ts';
import type { SigningKey } from './signer.ts';
import { readClaims, textOf } from './token-claims.ts';

export interface Session extends AccessToken {
  readonly signing: SigningKey;
  readonly identity: OciIdentity;
  readonly claims: OciClaims;
}

export interface ExchangeOptions {
  /** Origin of the identity domain. */
  readonly domain: URL;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Home region, where it is configured; else the domain's, which its tokens tell. */
  readonly region: string | undefined;
  readonly fetch: UpstreamOptions['fetch'];
  readonly now: () => number;
  readonly userAgent: string;
}

const timeoutMs = 10_000;
/** Oracle's own limit. */
const longestLifeMs = 3_600_000;
/** Where the token does not say how long it lives. */
const shortLifeMs = 300_000;
const makeKeyPair = promisify(generateKeyPair);

/** The key is made for this session, is known to this process alone and ends with it. */
export async function exchangeForSession(options: ExchangeOptions, subject: SubjectToken): Promise<Session> {
  const { now } = options;
  // Off the event loop: it takes a tenth of a second.
  const { publicKey, privateKey } = await makeKeyPair('rsa', { modulusLength: 2048 });
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:oci:token-type:oci-upst',
    subject_token: subject.token.reveal(),
    subject_token_type: 'jwt',
    public_key: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  });
  const asked = now();
  const token = await askToken(options, form);
  const claims = readClaims(token);
  const subjectClaims = readClaims(subject.token.reveal());
  if (!claims || token === subject.token.reveal() || !isBoundTo(claims.jwk, publicKey.export({ format: 'jwk' }).n))
    throw notASession();
  const tenancy = textOf(claims.tenant) ?? textOf(subjectClaims?.ca_ocid);
  const user = textOf(claims.sub) ?? textOf(subjectClaims?.user_ocid);
  const region = options.region ?? textOf(subjectClaims?.domain_home);
  if (tenancy === undefined || user === undefined) throw notASession();
  if (region === undefined) throw noRegion();
  const life = typeof claims.exp === 'number' ? claims.exp * 1000 - asked : shortLifeMs;
  return {
    accessToken: token,
    issuedAt: asked,
    expiresAt: asked + Math.min(Math.max(life, 0), longestLifeMs),
    signing: { keyId: `ST$${token}`, key: privateKey },
    identity: { tenancy, user, region, kind: 'caller' },
    claims: { domain: subjectClaims, session: claims },
  };
}

/** Renewed at half of its life, as Oracle's own signers do: what is left covers an outage. */
export function isYoung({ issuedAt, expiresAt }: AccessToken, now: number): boolean {
  return now < issuedAt + (expiresAt - issuedAt) / 2;
}

async function askToken(options: ExchangeOptions, form: URLSearchParams): Promise<string> {
  const { domain, clientId, clientSecret, fetch, now, userAgent } = options;
  const basic = Buffer.from(`${clientId}:${clientSecret.reveal()}`).toString('base64');
  const response = await fetch(new URL('/oauth2/v1/token', domain).href, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': userAgent,
    },
    body: form.toString(),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw unreachable(error);
  });
  if (response.status >= 500 || response.status === 429) {
    await response.body?.cancel();
    throw unreachable(`HTTP ${response.status}`);
  }
  const said = await response.text().catch((error: unknown) => {
    throw unreachable(error);
  });
  const body = readMap(said);
  if (response.status !== 200)
    throw explainRefusal({ status: response.status, body, date: response.headers.get('date'), now: now(), clientId });
  // `token` is what the domain calls it; some of Oracle's own clients look for both.
  const token = textOf(body?.token) ?? textOf(body?.access_token);
  if (token === undefined) throw notASession();
  return token;
}

/** Undefined for what is no JSON object. */
function readMap(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The claim `jwk` holds the key that the token is bound to, as text or as an object; another one's would sign for nobody. */
function isBoundTo(jwk: unknown, modulus: string | undefined): boolean {
  if (jwk === undefined) return true;
  try {
    const read: unknown = typeof jwk === 'string' ? JSON.parse(jwk) : jwk;
    return typeof read === 'object' && read !== null && 'n' in read && read.n === modulus;
  } catch {
    return false;
  }
}

function noRegion(): CastellanError {
  return new CastellanError({
    code: 'bad_configuration',
    message: 'The identity domain does not say in which region it is at home.',
    hint: 'The operator must set region (OCI_CLI_REGION).',
  });
}
