// Token exchange at an identity domain: for somebody's token of the domain, a session token that is bound to the key of whoever asks.
// docs.oracle.com "Exchanging a JSON Web Token for a UPST"; the sentences of the errors are published nowhere.

import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Answer, type Call, json } from '../answer.ts';
import type { Member } from '../company/roster.ts';
import { authenticateClient } from '../oidc/client-auth.ts';
import { type Claims, isSignedBy, readJwt } from '../oidc/jwt.ts';
import { type Parameters, readParameters, requireParameter } from '../oidc/parameters.ts';
import { noStore, OidcProblem } from '../oidc/problem.ts';
import type { OidcClient, Provider } from '../oidc/provider.ts';
import { exchangeGrant, makeOcid, type OciDomain, type OciTrust } from './domain.ts';
import type { SessionTokens } from './session-tokens.ts';

const sessionTokenType = 'urn:oci:token-type:oci-upst';

export interface Exchanging {
  domain: OciDomain;
  provider: Provider;
  tokens: SessionTokens;
}

export function isExchange(call: Call): boolean {
  return new URLSearchParams(call.body).get('grant_type') === exchangeGrant;
}

/** @throws OidcProblem */
export async function answerExchange(at: Exchanging, call: Call): Promise<Answer> {
  const form = readParameters(call);
  const client = await authenticateClient(at.provider, call, form);
  if (client.secret === undefined || !client.grants.includes(exchangeGrant))
    throw new OidcProblem('unauthorized_client', `The client may not use the grant type '${exchangeGrant}'.`);
  if (requireParameter(form, 'requested_token_type') !== sessionTokenType)
    throw new OidcProblem('invalid_request', 'The requested_token_type is not supported.');
  if (requireParameter(form, 'subject_token_type') !== 'jwt')
    throw new OidcProblem('invalid_request', 'The subject_token_type is not supported.');
  const key = readPublicKey(form);
  const claims = readSubject(at, requireParameter(form, 'subject_token'));
  const member = findSubject(at.domain, findTrust(at.domain, client, claims), claims);
  return json({ token: at.tokens.issue(member, key) }, noStore);
}

/** Base64 of the key in DER: no PEM armour, no line ends, RSA of 2048 bits or more. */
function readPublicKey(form: Parameters): KeyObject {
  const text = requireParameter(form, 'public_key');
  const refused = (why: string) => new OidcProblem('invalid_request', `The public_key is invalid: ${why}.`);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw refused('it must be the base64 of DER, without armour or line ends');
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  } catch {
    throw refused('it is no SubjectPublicKeyInfo');
  }
  if (key.asymmetricKeyType !== 'rsa') throw refused('it must be an RSA key');
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) throw refused('it must have 2048 bits or more');
  return key;
}

/** What a token says that this domain has signed, and that has neither ended nor been revoked. */
function readSubject({ provider }: Exchanging, token: string): Claims {
  const jwt = readJwt(token);
  const signer = jwt && provider.keys.published().find((key) => 'kid' in key && key.kid === jwt.header.kid);
  if (!jwt || !signer || !isSignedBy(jwt, signer as Claims))
    throw new OidcProblem('invalid_grant', 'The signature of the subject_token could not be verified.');
  const issued = provider.memory.access.get(token);
  if (Number(jwt.claims.exp) * 1000 <= provider.now() || issued?.revoked || issued?.grant.revoked)
    throw new OidcProblem('invalid_grant', 'The subject_token has expired or was revoked.');
  return jwt.claims;
}

function findTrust({ trusts }: OciDomain, client: OidcClient, claims: Claims): OciTrust {
  const ofIssuer = [...trusts.values()].filter(
    ({ active, type, issuer }) => active && type === 'JWT' && issuer === claims.iss,
  );
  if (ofIssuer.length === 0)
    throw new OidcProblem('invalid_request', `There is no active identity propagation trust for '${claims.iss}'.`);
  const found = ofIssuer.find(
    ({ oauthClients, clientClaimName: name, clientClaimValues: values = [] }) =>
      oauthClients.includes(client.id) && (name === undefined || hasOne(claims[name], values)),
  );
  if (!found) throw new OidcProblem('unauthorized_client', 'The client is not part of the identity propagation trust.');
  return found;
}

function hasOne(claim: unknown, values: readonly string[]): boolean {
  return (Array.isArray(claim) ? claim : [claim]).some((each) => values.includes(String(each)));
}

function findSubject(domain: OciDomain, trust: OciTrust, claims: Claims): Member {
  const { subjectClaimName = 'sub', subjectMappingAttribute = 'userName', subjectType } = trust;
  const subject = claims[subjectClaimName];
  const attributeOf = subjectAttributes[subjectMappingAttribute.toLowerCase()];
  const member =
    subjectType === 'User' && attributeOf && typeof subject === 'string' && subject !== ''
      ? domain.roster.members.find((each) => attributeOf(each).toLowerCase() === subject.toLowerCase())
      : undefined;
  if (!member || member.isLocked)
    throw new OidcProblem('invalid_grant', 'The subject of the subject_token is no active user of the domain.');
  return member;
}

/** Attributes of a user that a claim may be compared with, in small letters. */
const subjectAttributes: Readonly<Record<string, (member: Member) => string>> = {
  username: ({ login }) => login,
  'emails.value': ({ login }) => login,
  'emails[primary eq true].value': ({ login }) => login,
  id: ({ id }) => id,
  ocid: ({ id }) => makeOcid('user', id),
};
