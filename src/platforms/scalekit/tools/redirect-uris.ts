// Where an environment sends people after signing in and out, and where a sign-in begins: lists that Scalekit only takes
// as a whole (PATCH /api/v1/clients/{id}).

import { z } from 'zod';
import { isLoopbackName } from '../../../core/address.ts';
import { findChanges } from '../../../core/change.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges, defineTools } from '../../../core/tool.ts';
import type { EnvironmentClient, ScalekitClient } from '../client.ts';
import { clientEntity, loadEnvironmentClient, type OwnClient } from './environment-client.ts';
import { environmentAlias, environmentId, inSame, present, sendIfStill, wrong } from './shared.ts';

const tool = defineTools<ScalekitClient>();
const change = defineChanges<ScalekitClient>();

const uri = z
  .url({ error: 'is no address such as https://app.example.com/callback' })
  .max(2_048)
  .refine((text) => !/^(javascript|data|vbscript|file|blob|about):/i.test(text), {
    error: 'is no address that a browser may be sent to',
  });
const uriInput = () => z.strictObject({ environmentId, uri });

interface Kind {
  readonly field: 'post_login_uris' | 'post_logout_redirect_uris';
  readonly noun: string;
  readonly add: string;
  readonly remove: string;
}

const afterSignIn: Kind = {
  field: 'post_login_uris',
  noun: 'redirect URI',
  add: 'add_redirect_uri',
  remove: 'remove_redirect_uri',
};
const afterSignOut: Kind = {
  field: 'post_logout_redirect_uris',
  noun: 'post-logout redirect URI',
  add: 'add_post_logout_redirect_uri',
  remove: 'remove_post_logout_redirect_uri',
};

type Input = { readonly environmentId?: string | undefined; readonly uri: string };

const targetOf = ({ id }: OwnClient) => ({ type: 'client', id });

/** Sends one field, if it is still what the plan was made from. */
async function replace(
  client: EnvironmentClient,
  own: OwnClient,
  field: Kind['field'] | 'initiate_login_uri',
  value: unknown,
): Promise<undefined> {
  const path = ['clients', own.id];
  const request = { path, key: 'client', entity: clientEntity };
  // proto3 leaves out what is empty.
  const plain = (entity: OwnClient) => (entity[field]?.length ? entity[field] : undefined);
  await sendIfStill(client, request, plain, plain(own), () => client.send('PATCH', path, { body: { [field]: value } }));
  return undefined;
}

function warnOf(text: string): string[] {
  const { protocol, hostname } = new URL(text);
  if (text.includes('*')) return ['A wildcard lets sign-ins go to every address that fits it.'];
  const open = protocol === 'http:' && !isLoopbackName(hostname);
  return open ? ['http is not encrypted: whoever is on the way can read what is sent there.'] : [];
}

async function planAdd({ field, noun, remove }: Kind, { environmentId: id, uri: text }: Input, client: ScalekitClient) {
  const at = client.at(id);
  const own = await loadEnvironmentClient(at);
  const before = own[field] ?? [];
  const isThere = before.includes(text);
  const after = isThere ? before : [...before, text];
  return {
    summary: `Add the ${noun} ${quoted(text)}`,
    targets: [targetOf(own)],
    changes: findChanges({ [field]: before }, { [field]: after }),
    warnings: warnOf(text),
    ask: field === 'post_login_uris' ? 'people who sign in, and what proves it, can then be sent there' : undefined,
    undo: { tool: remove, input: { ...inSame(id), uri: text } },
    already: isThere ? 'It is in the list already.' : undefined,
    apply: () => replace(at, own, field, after),
  };
}

async function planRemove({ field, noun, add }: Kind, { environmentId: id, uri: text }: Input, client: ScalekitClient) {
  const at = client.at(id);
  const own = await loadEnvironmentClient(at);
  const before = own[field] ?? [];
  const after = before.filter((each) => each !== text);
  const isLast = before.at(-1) === text;
  return {
    summary: `Remove the ${noun} ${quoted(text)}`,
    targets: [targetOf(own)],
    changes: findChanges({ [field]: before }, { [field]: after }),
    warnings: [
      field === 'post_login_uris'
        ? 'Sign-ins that name it fail from then on.'
        : 'People who sign out are no longer sent there.',
    ],
    undo: {
      tool: add,
      input: { ...inSame(id), uri: text },
      ...(!isLast && { but: 'it then stands at the end of the list' }),
    },
    already: before.length === after.length ? 'It is not in the list.' : undefined,
    apply: () => replace(at, own, field, after),
  };
}

export const redirectUriTools = [
  tool({
    name: 'list_redirect_uris',
    title: 'List an environment’s redirect URIs',
    description: 'Where people are sent after signing in and out, and where a sign-in begins.',
    access: 'read',
    scopes: ['env:read'],
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId }),
    output: () =>
      z.object({
        client_id: z.string(),
        redirect_uris: z.array(z.string()),
        post_logout_redirect_uris: z.array(z.string()),
        initiate_login_uri: z.string().optional(),
      }),
    async run({ environmentId: id }, { client }) {
      const own = await loadEnvironmentClient(client.at(id));
      return {
        client_id: own.id,
        redirect_uris: own.post_login_uris ?? [],
        post_logout_redirect_uris: own.post_logout_redirect_uris ?? [],
        ...present({ initiate_login_uri: own.initiate_login_uri }),
      };
    },
  }),

  change({
    name: 'add_redirect_uri',
    title: 'Add a redirect URI',
    description: 'Lets sign-ins end at one more address.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: uriInput,
    plan: (input, { client }) => planAdd(afterSignIn, input, client),
  }),

  change({
    name: 'remove_redirect_uri',
    title: 'Remove a redirect URI',
    description: 'Sign-ins can no longer end at this address.',
    access: 'destroy',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: uriInput,
    plan: (input, { client }) => planRemove(afterSignIn, input, client),
  }),

  change({
    name: 'add_post_logout_redirect_uri',
    title: 'Add a post-logout redirect URI',
    description: 'Lets people be sent to one more address after signing out.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: uriInput,
    plan: (input, { client }) => planAdd(afterSignOut, input, client),
  }),

  change({
    name: 'remove_post_logout_redirect_uri',
    title: 'Remove a post-logout redirect URI',
    description: 'People are no longer sent to this address after signing out.',
    access: 'destroy',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: uriInput,
    plan: (input, { client }) => planRemove(afterSignOut, input, client),
  }),

  change({
    name: 'set_initiate_login_uri',
    title: 'Set the initiate-login URI',
    description: 'The address at which a sign-in begins that was started elsewhere.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: uriInput,
    async plan({ environmentId: id, uri: text }, { client }) {
      if (text.includes('*'))
        throw wrong('The initiate-login URI is one address, without a wildcard.', 'Name it whole.');
      const at = client.at(id);
      const own = await loadEnvironmentClient(at);
      const before = own.initiate_login_uri || undefined;
      return {
        summary: `Set the initiate-login URI to ${quoted(text)}`,
        targets: [targetOf(own)],
        changes: findChanges({ initiate_login_uri: before }, { initiate_login_uri: text }),
        warnings: warnOf(text),
        undo:
          before === undefined
            ? { tool: 'remove_initiate_login_uri', input: inSame(id) }
            : { tool: 'set_initiate_login_uri', input: { ...inSame(id), uri: before } },
        already: before === text ? 'It is that already.' : undefined,
        apply: () => replace(at, own, 'initiate_login_uri', text),
      };
    },
  }),

  change({
    name: 'remove_initiate_login_uri',
    title: 'Remove the initiate-login URI',
    description: 'Sign-ins that were started elsewhere have no address to begin at any more.',
    access: 'destroy',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: environmentAlias,
    input: () => z.strictObject({ environmentId }),
    async plan({ environmentId: id }, { client }) {
      const at = client.at(id);
      const own = await loadEnvironmentClient(at);
      const before = own.initiate_login_uri || undefined;
      return {
        summary: 'Remove the initiate-login URI',
        targets: [targetOf(own)],
        changes: findChanges({ initiate_login_uri: before }, {}),
        warnings: ['Sign-ins that an identity provider or an invitation starts fail from then on.'],
        undo:
          before === undefined
            ? { none: 'nothing is taken away' }
            : { tool: 'set_initiate_login_uri', input: { ...inSame(id), uri: before } },
        already: before === undefined ? 'There is none.' : undefined,
        apply: () => replace(at, own, 'initiate_login_uri', ''),
      };
    },
  }),
];
