// The demo's own MCP client: it signs in at Castellan by itself, as a person of the simulated organization would in a browser.

import { randomUUID } from 'node:crypto';
import {
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { createClient } from '../chat/connect.ts';
import { createVisitor, type Deed, type Seen } from './visitor.ts';

/** Nothing listens there: the visitor stops before it. */
const callback = 'http://127.0.0.1:3/callback';

export interface DemoPerson {
  readonly login: string;
  readonly password: string;
}

/** Connected and signed in, with consent to all that was asked for. */
export async function connectAsPerson(url: string, person: DemoPerson, scopes: readonly string[]) {
  const visitor = createVisitor((at) => at.href.startsWith(callback));
  const { provider, target } = createProvider(scopes);
  const open = () => new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  const transport = open();
  const client = createClient({ name: 'castellan-cli' });
  try {
    await client.connect(transport);
    return client;
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
  }
  const back = await visitor.walk(target(), (page) => {
    const deed = answer(page, person);
    return { ...deed, ticked: deed.form.unset };
  });
  await transport.finishAuth(back.searchParams);
  const signedIn = createClient({ name: 'castellan-cli' });
  await signedIn.connect(open());
  return signedIn;
}

/** What anybody would do on the pages between: give name and password, then allow. */
export function answer({ forms, url, text }: Seen, { login, password }: DemoPerson): Deed {
  const signIn = forms.find(({ names }) => names.has('password'));
  if (signIn && !text.includes('role="alert"')) return { form: signIn, values: { login, password, decision: 'allow' } };
  const consent = forms.find(({ names }) => names.has('decision') && names.has('csrf'));
  if (consent) return { form: consent, values: { decision: 'allow' } };
  throw new Error(`${url.origin}${url.pathname} shows no form that is known`);
}

function createProvider(scopes: readonly string[]) {
  let target: URL | undefined;
  let verifier = '';
  let information: Awaited<ReturnType<OAuthClientProvider['clientInformation']>>;
  let tokens: Awaited<ReturnType<OAuthClientProvider['tokens']>>;
  let discovered: OAuthDiscoveryState | undefined;
  const provider: OAuthClientProvider = {
    redirectUrl: callback,
    clientMetadata: {
      client_name: 'Castellan’s demo',
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    state: () => randomUUID(),
    clientInformation: () => information,
    saveClientInformation: (given) => {
      information = given;
    },
    tokens: () => tokens,
    saveTokens: (given) => {
      tokens = given;
    },
    redirectToAuthorization: (to) => {
      to.searchParams.set('scope', scopes.join(' '));
      target = to;
    },
    saveCodeVerifier: (given) => {
      verifier = given;
    },
    codeVerifier: () => verifier,
    saveDiscoveryState: (given) => {
      discovered = given;
    },
    discoveryState: () => discovered,
  };
  return {
    provider,
    target() {
      if (!target) throw new Error('the server did not send its client to sign in');
      return target;
    },
  };
}
