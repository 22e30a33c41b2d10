// A token of the broker, as an application gets one: it registers itself, and somebody of the sandbox signs in and allows it.

import { createHash, randomBytes } from 'node:crypto';
import { answer } from '../src/cli/demo-client.ts';
import { sandboxPerson } from '../src/cli/sandbox-person.ts';
import { createVisitor } from '../src/cli/visitor.ts';
import { sandboxPassword } from '../src/sandbox/index.ts';

/** Nothing listens there: the visitor stops before it. */
const callback = 'http://127.0.0.1:3/callback';
const person = { login: sandboxPerson, password: sandboxPassword };

export async function obtainToken({ origin, href: resource }: URL): Promise<string> {
  const metadata = { client_name: 'bench', redirect_uris: [callback], token_endpoint_auth_method: 'none' };
  const registered = await fetch(`${origin}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(metadata),
  });
  const { client_id } = (await registered.json()) as { client_id: string };
  const code_verifier = randomBytes(32).toString('base64url');
  const authorize = new URL('/oauth/authorize', origin);
  const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
  const asked = { client_id, redirect_uri: callback, response_type: 'code', scope: 'castellan:read', resource };
  authorize.search = String(new URLSearchParams({ ...asked, code_challenge, code_challenge_method: 'S256' }));
  const back = await createVisitor(({ href }) => href.startsWith(callback)).walk(authorize, (page) =>
    answer(page, person),
  );
  const given = { grant_type: 'authorization_code', client_id, redirect_uri: callback, resource, code_verifier };
  const body = new URLSearchParams({ ...given, code: back.searchParams.get('code') ?? '' });
  const tokens = (await (await fetch(`${origin}/oauth/token`, { method: 'POST', body })).json()) as TokenAnswer;
  if (tokens.access_token === undefined) throw new Error(`no token: ${JSON.stringify(tokens)}`);
  return tokens.access_token;
}

interface TokenAnswer {
  readonly access_token?: string;
}
