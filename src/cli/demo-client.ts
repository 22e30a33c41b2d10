// The demo's own MCP client: it signs in at Castellan by itself, as a person of the simulated organization would in a browser.

import type { Client } from '@modelcontextprotocol/client';
import { connectServer } from '../chat/connect.ts';
import { type Challenge, prepare } from '../chat/sign-in/authorize.ts';
import { createSignedFetch } from '../chat/sign-in/signed-fetch.ts';
import { openMemoryVault } from '../stores/memory-vault.ts';
import { createVisitor, type Deed, type Seen } from './visitor.ts';

/** Nothing listens there: the visitor stops before it. */
const redirectUri = 'http://127.0.0.1:3/callback';

export interface DemoPerson {
  readonly login: string;
  readonly password: string;
}

/** Connected and signed in, with consent to all that was asked for. */
export async function connectAsPerson(url: string, person: DemoPerson, scopes: readonly string[]): Promise<Client> {
  const server = new URL(url);
  const client = { clientId: undefined, clientSecret: undefined, issuer: undefined, metadataUrl: undefined };
  const options = { server, vault: openMemoryVault(), client, fetch, now: Date.now };
  const signIn = async (challenge: Challenge) => {
    const way = { redirectUri, grantTypes: ['authorization_code', 'refresh_token'] };
    const prepared = await prepare(options, { ...challenge, scope: scopes.join(' ') }, way);
    const visitor = createVisitor((at) => at.href.startsWith(redirectUri));
    const back = await visitor.walk(prepared.url, (page) => {
      const deed = answer(page, person);
      return { ...deed, ticked: deed.form.unset };
    });
    return prepared.finish(back.searchParams);
  };
  const connected = await connectServer(
    { url: server },
    { name: 'castellan-cli', fetch: createSignedFetch({ ...options, signIn }) },
  );
  return connected.client;
}

/** What anybody would do on the pages between: give name and password, then allow. */
export function answer({ forms, url, text }: Seen, { login, password }: DemoPerson): Deed {
  const signIn = forms.find(({ names }) => names.has('password'));
  if (signIn && !text.includes('role="alert"')) return { form: signIn, values: { login, password, decision: 'allow' } };
  const consent = forms.find(({ names }) => names.has('decision') && names.has('csrf'));
  if (consent) return { form: consent, values: { decision: 'allow' } };
  throw new Error(`${url.origin}${url.pathname} shows no form that is known`);
}
