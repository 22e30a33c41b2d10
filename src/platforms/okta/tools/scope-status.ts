// What the credential of an organization may do, and which tools it leaves out.

import { z } from 'zod';
import { type AnyTool, defineTools, tableOf } from '../../../core/tool.ts';
import type { OktaClient } from '../client.ts';
import { covers } from '../scopes.ts';
import { nameUser, userEntity } from '../views.ts';
import { rolesOfUser } from './user-facts.ts';

const tool = defineTools<OktaClient>();

const kinds = {
  ssws: 'API token',
  service: 'service app',
  person: 'signed-in person',
  caller: 'the caller’s own',
} as const;

const statusView = z.object({
  credential: z.string(),
  client_id: z.string().optional(),
  dpop: z.boolean().optional(),
  owner: z.object({ login: z.string(), roles: z.array(z.string()).optional() }).optional(),
  scopes: z.array(z.string()).optional().describe('that it has'),
  refused_scopes: z.array(z.string()).optional().describe('asked for and not given'),
  missing_scopes: z
    .array(z.object({ scope: z.string(), tools: z.array(z.string()) }))
    .describe('what it lacks, and for which tools'),
  note: z.string(),
});
type Status = z.output<typeof statusView>;

const explained = {
  ssws: 'An API token has no scopes: it may do what its owner’s administrator roles allow, so a call that is refused needs a role.',
  service:
    'A call needs its scope and an administrator role of the application that covers it. Scopes are granted in the Admin Console (the application, Okta API Scopes) and named in the setting scopes.',
  person:
    'A call needs its scope and an administrator role of the person that covers it. Scopes are granted to the application (Okta API Scopes) and named in the setting scopes; the person then signs in again.',
  caller:
    'Requests carry your own rights: a call needs its scope and an administrator role of yours that covers it. Scopes are named by the operator, in exchangeScopes or at signIn; then sign in again.',
} as const;

/** `tools` is asked for when the tool runs: it holds this very tool. */
export function createScopeTools(tools: () => readonly AnyTool[]): readonly AnyTool[] {
  return [
    tool({
      name: 'get_okta_scope_status',
      title: 'What the credential may do',
      description:
        'Which credential Castellan uses, the scopes it has, and which tools are unavailable for want of which scope.',
      access: 'read',
      scopes: [],
      aliases: { get_scope_status: (input) => input },
      input: () => z.strictObject({}),
      output: () => statusView,
      table: tableOf<Status['missing_scopes'][number]>('missing_scopes', {
        scope: (row) => row.scope,
        tools: (row) => row.tools.join(', '),
      }),
      async run(_input, { client, signal }): Promise<Status> {
        const { kind, clientId, askedScopes } = client.credential;
        const known = await client.credential.scopes(signal);
        const bound = client.credential.bound();
        return {
          credential: kinds[kind],
          ...(clientId !== undefined && { client_id: clientId }),
          ...(bound !== undefined && { dpop: bound }),
          ...(kind === 'ssws' && { owner: await readOwner(client) }),
          ...(known && {
            scopes: [...known].sort(),
            refused_scopes: askedScopes.filter((scope) => !known.has(scope)),
          }),
          missing_scopes: known ? findMissing(tools(), known) : [],
          note: explained[kind],
        };
      },
    }),
  ];
}

async function readOwner(client: OktaClient): Promise<Status['owner']> {
  const owner = await client.get(['users', 'me'], userEntity);
  const roles = await rolesOfUser(client, owner.id);
  return { login: nameUser({ id: owner.id, login: owner.profile.login }), ...(roles && { roles: [...roles] }) };
}

/** By scope, in their order; a tool that lacks two stands at both. */
function findMissing(tools: readonly AnyTool[], known: ReadonlySet<string>): Status['missing_scopes'] {
  const missing = new Map<string, string[]>();
  for (const { name, scopes } of tools) {
    for (const scope of scopes) {
      if (!covers(known, scope)) missing.set(scope, [...(missing.get(scope) ?? []), name]);
    }
  }
  return [...missing].map(([scope, tools]) => ({ scope, tools })).sort((a, b) => (a.scope < b.scope ? -1 : 1));
}
