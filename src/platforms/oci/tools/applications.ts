// Reading the applications of an identity domain: https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/App/
// Nothing here grants access: secrets are left out by name, whatever a view asks for.

import { z } from 'zod';
import type { Target } from '../../../core/change.ts';
import { fullObject, listInput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { and, where } from '../filter.ts';
import { count, domainListOutput, flag, fullOf, metaEntity, preventedEntity, text, type View } from './scim-views.ts';
import { appId, listAliases, present, referenceEntity } from './shared.ts';

const tool = defineTools<OciClient>();
const texts = z.array(z.string()).nullish();

export const appEntity = z.looseObject({
  id: z.string().min(1),
  ocid: text,
  name: text,
  displayName: z.string(),
  description: text,
  active: flag,
  infrastructure: flag,
  isOPCService: flag,
  isOAuthClient: flag,
  isOAuthResource: flag,
  isSamlServiceProvider: flag,
  isFormFill: flag,
  isRadiusApp: flag,
  isEnterpriseApp: flag,
  isManagedApp: flag,
  isMobileTarget: flag,
  clientType: text,
  allowedGrants: texts,
  allowedOperations: texts,
  redirectUris: texts,
  postLogoutRedirectUris: texts,
  audience: text,
  secondaryAudiences: texts,
  accessTokenExpiry: count,
  refreshTokenExpiry: count,
  allowAccessControl: flag,
  showInMyApps: flag,
  trustScope: text,
  bypassConsent: flag,
  scopes: z.array(z.looseObject({ value: text, fqs: text, description: text, requiresConsent: flag })).nullish(),
  allowedScopes: z.array(z.looseObject({ fqs: text })).nullish(),
  grantedAppRoles: z
    .array(z.looseObject({ value: z.string(), display: text, appName: text, adminRole: flag }))
    .nullish(),
  certificates: z.array(z.looseObject({ certAlias: text, sha1Thumbprint: text, kid: text })).nullish(),
  basedOnTemplate: z.looseObject({ value: text, wellKnownId: text }).nullish(),
  signonPolicy: referenceEntity.nullish(),
  idpPolicy: referenceEntity.nullish(),
  meta: metaEntity,
  idcsPreventedOperations: preventedEntity,
});
export type App = z.output<typeof appEntity>;

/**
 * What lets somebody in, or may hold it: client and RADIUS secrets, Kerberos keys, the passwords and tokens with which a
 * managed application is provisioned, what a form is filled in with. And pictures and rendering hints, which tell nothing.
 */
const secretAttributes = [
  'clientSecret',
  'hashedClientSecret',
  'secretKey',
  'secretKeyTemporary',
  'masterKey',
  'threeLeggedOAuthCredential',
  'bundleConfigurationProperties',
  'flatFileBundleConfigurationProperties',
  'urn:ietf:params:scim:schemas:oracle:idcs:extension:formFillApp:App',
  'urn:ietf:params:scim:schemas:oracle:idcs:extension:formFillAppTemplate:AppTemplate',
  'serviceParams',
  'x509Base64Certificate',
  'attrRenderingMetadata',
  'appIcon',
  'appThumbnail',
  'icon',
];

const kinds = {
  oauth_client: 'isOAuthClient',
  oauth_resource: 'isOAuthResource',
  saml: 'isSamlServiceProvider',
  enterprise: 'isEnterpriseApp',
  form_fill: 'isFormFill',
  radius: 'isRadiusApp',
  managed: 'isManagedApp',
  oracle_service: 'isOPCService',
} as const;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as [Kind, ...Kind[]];

const appView = z.object({
  id: z.string(),
  name: z.string(),
  active: z.boolean(),
  kinds: z.array(z.string()),
  client_id: z.string().optional(),
  description: z.string().optional(),
  full: fullObject,
});
const roleView = z.object({
  id: z.string(),
  name: z.string().optional(),
  app: z.string().optional(),
  administrator: z.boolean().optional(),
});

function viewApp(app: App, view: View): z.output<typeof appView> {
  const { id, displayName, active, name, description, isOAuthClient } = app;
  return {
    id,
    name: displayName,
    active: active ?? false,
    kinds: kindNames.filter((kind) => app[kinds[kind]]),
    ...present({ client_id: isOAuthClient ? name : undefined, description }),
    ...fullOf(app, view, secretAttributes),
  };
}

export function loadApp(client: OciClient, id: string): Promise<App> {
  return client.domain.get({
    path: ['Apps', id],
    attributes: ['idcsPreventedOperations'],
    attributeSets: ['default'],
    entity: appEntity,
  });
}

export function targetApp({ id, displayName }: Pick<App, 'id' | 'displayName'>): Target {
  return { type: 'application', id, name: displayName };
}

export const applicationTools = [
  tool({
    name: 'list_oci_applications',
    title: 'List OCI applications',
    description:
      'Applications of the identity domain, by words in the name, kind or state. Next: get_oci_application, list_oci_grants with app_id for who may use one.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, search: 'query' },
    input: () =>
      z.strictObject({
        query: z.string().min(1).max(255).optional().describe('In the name'),
        client_id: z.string().min(1).max(255).optional().describe('OAuth client id'),
        active: z.boolean().optional(),
        kind: z.enum(kindNames).optional(),
        ...listInput,
      }),
    output: () => domainListOutput('applications', appView),
    table: tableOf<z.output<typeof appView>>('applications', {
      id: (app) => app.id,
      name: (app) => app.name,
      active: (app) => app.active,
      kinds: (app) => app.kinds.join(' '),
      client_id: (app) => app.client_id,
    }),
    async run({ query, client_id, active, kind, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.domain.list({
        path: ['Apps'],
        filter: and(
          query === undefined ? undefined : where.co('displayName', query),
          client_id === undefined ? undefined : where.eq('name', client_id),
          active === undefined ? undefined : where.eq('active', active),
          kind === undefined ? undefined : where.eq(kinds[kind], true),
        ),
        attributeSets: ['default'],
        sortBy: 'displayName',
        entity: appEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { applications: items.map((app) => viewApp(app, view)), ...tail };
    },
  }),

  tool({
    name: 'get_oci_application',
    title: 'Get an OCI application',
    description:
      'One application: its OAuth set-up, scopes, the app roles it was itself granted, certificates and policies; never its secret.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { application_id: 'app_id' },
    input: () => z.strictObject({ app_id: appId, ...viewInput }),
    output: () =>
      appView.extend({
        ocid: z.string().optional(),
        created: z.string().optional(),
        last_modified: z.string().optional(),
        template: z.string().optional(),
        client_type: z.string().optional(),
        allowed_grants: z.array(z.string()).optional(),
        allowed_operations: z.array(z.string()).optional(),
        redirect_uris: z.array(z.string()).optional(),
        post_logout_redirect_uris: z.array(z.string()).optional(),
        audience: z.string().optional(),
        access_token_seconds: z.number().optional(),
        refresh_token_seconds: z.number().optional(),
        trust_scope: z.string().optional().describe('whose scopes it may ask for'),
        bypasses_consent: z.boolean().optional(),
        only_granted: z.boolean().optional().describe('only who was granted it may use it'),
        scopes: z.array(z.string()).optional().describe('that it defines'),
        allowed_scopes: z.array(z.string()).optional().describe('that it may ask for'),
        granted_app_roles: z.array(roleView).optional().describe('what it may do itself'),
        certificates: z.array(z.object({ alias: z.string().optional(), sha1: z.string().optional() })).optional(),
        sign_on_policy: z.string().optional().describe('id'),
        identity_provider_policy: z.string().optional().describe('id'),
        prevented: z.array(z.string()).optional().describe('what only Oracle may do with it'),
      }),
    async run({ app_id, view }, { client }) {
      const app = await loadApp(client, app_id);
      const { scopes, allowedScopes, grantedAppRoles, certificates } = app;
      return {
        ...viewApp(app, view),
        ...present({
          ocid: app.ocid,
          created: app.meta?.created,
          last_modified: app.meta?.lastModified,
          template: app.basedOnTemplate?.wellKnownId ?? app.basedOnTemplate?.value,
          client_type: app.clientType,
          allowed_grants: app.allowedGrants,
          allowed_operations: app.allowedOperations,
          redirect_uris: app.redirectUris,
          post_logout_redirect_uris: app.postLogoutRedirectUris,
          audience: app.audience,
          access_token_seconds: app.accessTokenExpiry,
          refresh_token_seconds: app.refreshTokenExpiry,
          trust_scope: app.trustScope,
          bypasses_consent: app.bypassConsent,
          only_granted: app.allowAccessControl,
          scopes: scopes?.flatMap(({ fqs, value }) => fqs ?? value ?? []),
          allowed_scopes: allowedScopes?.flatMap(({ fqs }) => fqs ?? []),
          granted_app_roles: grantedAppRoles?.map(({ value, display, appName, adminRole }) => ({
            id: value,
            ...present({ name: display, app: appName, administrator: adminRole || undefined }),
          })),
          certificates: certificates?.map(({ certAlias, sha1Thumbprint }) =>
            present({ alias: certAlias, sha1: sha1Thumbprint }),
          ),
          sign_on_policy: app.signonPolicy?.value,
          identity_provider_policy: app.idpPolicy?.value,
          prevented: app.idcsPreventedOperations,
        }),
      };
    },
  }),
];
