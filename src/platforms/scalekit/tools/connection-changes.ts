// Creating Scalekit's OIDC connections and changing what they say about the identity provider.

import { z } from 'zod';
import { findChanges, nameTarget } from '../../../core/change.ts';
import {
  type Fields,
  fieldsInput,
  isMap,
  mergeFields,
  ownValue,
  pick,
  previewUpdate,
  undoFields,
  without,
} from '../../../core/merging.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { ScalekitClient } from '../client.ts';
import { isEmpty, lasting, targetOf, warnOfDifference, withoutEmpty } from './changing.ts';
import { connectionEntity, findConnection } from './connection-facts.ts';
import { summarize } from './field-update.ts';
import { loadOrganization, targetOrganization } from './organizations.ts';
import {
  connectionAlias,
  connectionId,
  environmentAlias,
  environmentId,
  idOfMade,
  inSame,
  itsId,
  organizationId,
  sendIfStill,
  wrong,
} from './shared.ts';

const change = defineChanges<ScalekitClient>();

const provider = z.enum([
  'OKTA',
  'GOOGLE',
  'MICROSOFT_AD',
  'AUTH0',
  'ONELOGIN',
  'PING_IDENTITY',
  'JUMPCLOUD',
  'CUSTOM',
  'GITHUB',
  'GITLAB',
  'LINKEDIN',
  'SALESFORCE',
  'MICROSOFT',
  'IDP_SIMULATOR',
  'SCALEKIT',
  'ADFS',
]);
/** Scalekit has no others for a connection that is made or changed here. */
const type = z.literal('OIDC').default('OIDC');
const keyId = z.string().min(1).max(32).describe('Another id for it, for addresses');

const address = z
  .url({ protocol: /^https$/, error: 'must be an https address' })
  .max(1_024)
  .nullable();
const flag = z.boolean().nullable();
const oidcConfig = z.strictObject({
  issuer: address,
  discovery_endpoint: address,
  authorize_uri: address,
  token_uri: address,
  user_info_uri: address,
  jwks_uri: address,
  client_id: z.string().min(1).max(256).nullable(),
  scopes: z.array(z.enum(['openid', 'profile', 'email', 'address', 'phone'])).max(5),
  token_auth_type: z.enum(['URL_PARAMS', 'BASIC_AUTH']),
  redirect_uri: address,
  pkce_enabled: flag,
  idp_logout_required: flag,
  sync_user_profile_on_login: flag,
  jit_provisioning_with_sso_enabled: flag,
});
/** Scalekit alone sets them. */
const readOnly = ['post_logout_redirect_uri', 'backchannel_logout_redirect_uri'];

export const connectionChangeTools = [
  change({
    name: 'create_environment_oidc_connection',
    title: 'Create a Scalekit OIDC connection',
    description:
      'Adds an OIDC connection, not yet enabled, to the environment or to one organization. Next: update_environment_oidc_connection, enable_environment_connection.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    parameterAliases: environmentAlias,
    input: () =>
      z.strictObject({ environmentId, provider, organizationId: organizationId.optional(), key_id: keyId.optional() }),
    async plan({ environmentId, provider, organizationId, key_id }, { client }) {
      const environment = client.at(environmentId);
      const owner = organizationId && targetOrganization(await loadOrganization(environment, organizationId));
      const body = { provider, type: 'OIDC', ...(key_id !== undefined && { key_id }) };
      const target = targetOf('connection', '', key_id ?? `${provider} OIDC`);
      const undo = (id: string) => ({
        tool: 'delete_environment_connection',
        input: { ...inSame(environmentId), connectionId: id, ...(organizationId && { organizationId }) },
      });
      return {
        summary: `Create an OIDC connection with ${provider} for ${owner ? `the ${nameTarget(owner)}` : 'the environment'}`,
        targets: [target, ...(owner ? [owner] : [])],
        changes: findChanges({}, body),
        warnings: ['Nobody can sign in with it before it is configured and enabled.', bySecret],
        undo: undo(itsId),
        async apply() {
          const path = [...(organizationId ? ['organizations', organizationId] : []), 'connections'];
          const answer = await environment.send('POST', path, { body });
          const id = idOfMade(answer, 'connection');
          return {
            targets: [{ ...target, id }, ...(owner ? [owner] : [])],
            undo: undo(id),
            ...warnOfDifference(body, answer, 'connection'),
          };
        },
      };
    },
  }),

  change({
    name: 'update_environment_oidc_connection',
    title: 'Configure a Scalekit OIDC connection',
    description:
      'Sets the provider, key or oidc_config of a connection; what is not named stays, null clears. A person sets client_secret in the dashboard.',
    access: 'write',
    scopes: ['env:write', 'env:read'],
    idempotent: true,
    parameterAliases: connectionAlias,
    input: () =>
      z.strictObject({
        environmentId,
        connectionId,
        organizationId: organizationId.optional(),
        type,
        key_id: keyId.optional(),
        provider: provider.optional(),
        oidc_config: fieldsInput.optional().describe(`${Object.keys(oidcConfig.shape).join(', ')}; only what changes`),
      }),
    async plan({ environmentId, connectionId, organizationId, type, key_id, provider, oidc_config }, { client }) {
      const environment = client.at(environmentId);
      const { connection, path, target } = await findConnection(environment, connectionId, organizationId);
      if ((connection.type ?? type) !== type) {
        throw wrong(
          `The ${nameTarget(target)} is of type ${connection.type}.`,
          'A person changes it in the dashboard.',
        );
      }
      const config = checkConfig(oidc_config ?? {});
      const whole = settable(connection);
      const given: Fields = {
        ...(provider !== undefined && { provider }),
        ...(key_id !== undefined && { key_id }),
        ...(Object.keys(config).length > 0 && { oidc_config: config }),
      };
      if (Object.keys(given).length === 0) throw wrong('Nothing is to be changed.', 'Name what should be different.');
      const before = {
        ...withoutEmpty(
          pick(
            connection,
            ['provider', 'key_id'].filter((name) => name in given),
          ),
        ),
        ...('oidc_config' in given && { oidc_config: pick(whole, Object.keys(config)) }),
      };
      const after = withoutEmpty(mergeFields(before, given));
      const changes = previewUpdate(environment, before, after, {});
      const undo = (made: Fields) => ({
        tool: 'update_environment_oidc_connection',
        input: {
          ...inSame(environmentId),
          connectionId,
          ...(organizationId && { organizationId }),
          ...without(undoFields(before, after), ['oidc_config']),
          ...('oidc_config' in given && { oidc_config: undoFields(whole, made) }),
        },
      });
      const discovers =
        configurationType(connection.configuration_type) === 'DISCOVERY' &&
        ['issuer', 'discovery_endpoint'].some((name) => name in config);
      const body = {
        provider: provider ?? connection.provider ?? 'CUSTOM',
        type,
        ...(key_id !== undefined && { key_id }),
        configuration_type: configurationType(connection.configuration_type),
        // Whole but for the secret: whether what is left out stays is not published.
        oidc_config: cleared(mergeFields(whole, config), config),
      };
      return {
        summary: summarize(changes, target),
        targets: [target],
        changes,
        warnings: [
          ...(connection.enabled
            ? ['It is enabled: from now on people sign in with what is set here, or cannot if it is wrong.']
            : []),
          ...(discovers ? ['Scalekit reads the addresses that are not set from the issuer.'] : []),
        ],
        undo: undo(mergeFields(whole, config)),
        ask: connection.enabled ? 'the connection is enabled: it decides who gets in' : undefined,
        already: changes.length === 0 ? 'The connection says that already.' : undefined,
        async apply() {
          const request = { path, key: 'connection', entity: connectionEntity };
          const send = () => environment.send('PATCH', path, { body });
          const answer = await sendIfStill(environment, request, lasting, lasting(connection), send);
          const difference = warnOfDifference(
            {
              ...pick(after, ['provider', 'key_id']),
              ...('oidc_config' in given && { oidc_config: after.oidc_config ?? {} }),
            },
            answer,
            'connection',
          );
          const result = isMap(answer) ? ownValue(answer, 'connection') : undefined;
          const lost = hasSecret(connection) && isMap(result) && !hasSecret(result);
          return {
            warnings: [
              ...(difference?.warnings ?? []),
              ...(lost ? [`Scalekit no longer has the client secret. ${bySecret}`] : []),
            ],
            // With what Scalekit filled in.
            ...(isMap(result) && { undo: undo(settable(result)) }),
          };
        },
      };
    },
  }),
];

const bySecret =
  'The client secret is set by a person: in Scalekit’s dashboard, or, for an organization, in the admin portal (generate_admin_portal_link).';

/** @throws CastellanError `invalid_input` for what cannot be set, and for the secret, which no assistant should hold. */
function checkConfig(given: Fields): Fields {
  if (Object.keys(findSecrets(given)).length > 0) {
    throw wrong(
      'oidc_config.client_secret is a secret; secrets are not set through an assistant, and this one should be replaced if it was real.',
      `Leave it out; everything else can be set here. ${bySecret}`,
    );
  }
  const fixed = readOnly.filter((name) => name in given);
  if (fixed.length > 0) {
    throw wrong(
      `Scalekit’s API takes no oidc_config.${fixed[0]}: Scalekit itself sets it, and get_environment_connection shows it.`,
      'Leave it out, and enter that address at the identity provider. Where an application sends people after signing out: add_post_logout_redirect_uri.',
    );
  }
  const read = oidcConfig.partial().safeParse(given);
  if (read.success) return given;
  const problems = read.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `there is no oidc_config.${issue.keys.slice(0, 5).join(', ')}`
      : `oidc_config.${issue.path.join('.')} ${issue.message}`,
  );
  throw wrong(`${problems.join('; ')}.`, `oidc_config takes ${Object.keys(oidcConfig.shape).join(', ')}.`);
}

/** Whatever is, or looks like, a secret. */
function findSecrets(given: Fields): Fields {
  const shown = withoutSecrets(given);
  return Object.fromEntries(findChanges(given, shown).map(({ field }) => [field, true]));
}

/** What of a connection's configuration can be set here. */
function settable({ oidc_config }: Fields): Fields {
  return without(withoutEmpty(isMap(oidc_config) ? oidc_config : {}), ['client_secret', ...readOnly]);
}

/** What is to be gone must be said: an absent field stays as it is (google.protobuf.StringValue). */
function cleared(merged: Fields, given: Fields): Fields {
  const gone = Object.entries(given).flatMap(([name, value]) => (value === null ? [[name, emptyOf(name)]] : []));
  return { ...merged, ...Object.fromEntries(gone) };
}

function emptyOf(name: string): '' | false {
  return /_enabled$|_required$|^sync_/.test(name) ? false : '';
}

function configurationType(current: string | null | undefined): string {
  return isEmpty(current) || current === 'CONFIGURATION_TYPE_UNSPECIFIED' ? 'DISCOVERY' : (current ?? 'DISCOVERY');
}

function hasSecret(connection: unknown): boolean {
  const config = isMap(connection) ? ownValue(connection, 'oidc_config') : undefined;
  return isMap(config) && !isEmpty(config.client_secret);
}
