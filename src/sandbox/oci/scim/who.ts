// Whose a request to the SCIM API is: whoever the domain issued the Bearer token to, or whoever signed it as for OCI's services.

import type { Call } from '../../answer.ts';
import type { Provider } from '../../oidc/provider.ts';
import { findLive, readBearer } from '../../oidc/token-care.ts';
import type { OciDomain } from '../domain.ts';
import { audienceOf } from '../rights.ts';
import type { SessionTokens } from '../session-tokens.ts';
import { isSigned, verifySignature } from '../signature.ts';
import type { Who } from './context.ts';
import { displayOf, ocidOf } from './references.ts';
import { type Resource, textAt } from './resource.ts';
import type { Store } from './store.ts';

export interface WhoOptions {
  domain: OciDomain;
  provider: Provider;
  tokens: SessionTokens;
  store: Store;
  now: () => number;
}

export type WhoAsks = (call: Call) => Who | undefined;

/** A token is good here that is for the domain itself and has a right in it; one for another audience is not. */
export function createWhoAsks({ domain, provider, tokens, store, now }: WhoOptions): WhoAsks {
  return (call) => {
    if (isSigned(call)) {
      const verified = verifySignature(domain, tokens, now(), call);
      return 'caller' in verified ? personOf(store, verified.caller.member.id) : undefined;
    }
    const token = findLive(provider, readBearer(call) ?? '');
    if (!token) return undefined;
    const isOurs = token.grant.audience.some((each) => audienceOf(domain).includes(each));
    const isGiven = String(token.claims.scope ?? '').includes('urn:opc:idm:');
    if (!isOurs || !isGiven) return undefined;
    const { personId, clientId } = token.grant;
    return personId === undefined ? appOf(store, clientId) : personOf(store, personId);
  };
}

/** Nobody who was locked or deactivated meanwhile. */
export function personOf(store: Store, id: string): Who | undefined {
  const user = store.get('Users', id);
  return user?.active === true ? describe('User', user, ocidOf('user', id), textAt(user, 'userName')) : undefined;
}

export function appOf(store: Store, clientId: string): Who | undefined {
  const app = store.find('Apps', ({ name }) => name === clientId);
  return app?.active === true ? describe('App', app, ocidOf('domainapp', app.id), displayOf(app)) : undefined;
}

const describe = (kind: Who['kind'], { id }: Resource, ocid: string, display = id): Who => ({
  kind,
  id,
  ocid,
  display,
});
