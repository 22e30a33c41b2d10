// Reading through whom people can sign in: https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/IdentityProvider/

import { z } from 'zod';
import { fullObject, listInput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { and, where } from '../filter.ts';
import { viewCertificate } from './certificates.ts';
import { count, domainListOutput, flag, fullOf, metaEntity, text, type View } from './scim-views.ts';
import { domainId, listAliases, present, referenceEntity, viewReference } from './shared.ts';

const tool = defineTools<OciClient>();
const texts = z.array(z.string()).nullish();

const social = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:social:IdentityProvider';
const x509 = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:x509:IdentityProvider';

const providerEntity = z.looseObject({
  id: z.string().min(1),
  partnerName: z.string(),
  description: text,
  type: text,
  enabled: flag,
  shownOnLoginPage: flag,
  partnerProviderId: text,
  idpSsoUrl: text,
  logoutRequestUrl: text,
  logoutEnabled: flag,
  nameIdFormat: text,
  authnRequestBinding: text,
  signatureHashAlgorithm: text,
  signingCertificate: text,
  encryptionCertificate: text,
  requireForceAuthn: flag,
  requiresEncryptedAssertion: flag,
  requestedAuthenticationContext: texts,
  userMappingMethod: text,
  userMappingStoreAttribute: text,
  assertionAttribute: text,
  jitUserProvEnabled: flag,
  jitUserProvCreateUserEnabled: flag,
  jitUserProvAttributeUpdateEnabled: flag,
  jitUserProvGroupAssignmentMethod: text,
  jitUserProvAssignedGroups: z.array(referenceEntity).nullish(),
  jitUserProvGroupMappings: z.array(z.looseObject({ value: text, idpGroup: text })).nullish(),
  meta: metaEntity,
  [social]: z
    .looseObject({
      serviceProviderName: text,
      consumerKey: text,
      discoveryUrl: text,
      authzUrl: text,
      accessTokenUrl: text,
      scope: texts,
      accountLinkingEnabled: flag,
      registrationEnabled: flag,
      autoRedirectEnabled: flag,
      clockSkewInSeconds: count,
    })
    .nullish(),
  [x509]: z
    .looseObject({
      certMatchAttribute: text,
      userMatchAttribute: text,
      signingCertificateChain: texts,
      ocspEnabled: flag,
      crlEnabled: flag,
    })
    .nullish(),
});
type Provider = z.output<typeof providerEntity>;

/** The secret of a social provider's client, parameters that are passed on to one, and what is only long. */
const leftOut = [
  'consumerSecret',
  'relayIdpParamMappings',
  'metadata',
  'signingCertificate',
  'encryptionCertificate',
  'signingCertificateChain',
  'ocspTrustCertChain',
  'iconUrl',
];

const providerView = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string().optional().describe('SAML, SOCIAL, X509, IWA, LOCAL'),
  enabled: z.boolean(),
  shown_on_login_page: z.boolean().optional(),
  description: z.string().optional(),
  full: fullObject,
});

function viewProvider(provider: Provider, view: View): z.output<typeof providerView> {
  const { id, partnerName, type, enabled, shownOnLoginPage, description } = provider;
  return {
    id,
    name: partnerName,
    enabled: enabled ?? false,
    ...present({ type, shown_on_login_page: shownOnLoginPage, description }),
    ...fullOf(provider, view, leftOut),
  };
}

/** What these say is ours to choose (below); their schemas say little, since all conversations pay for them. */
const facts = z.record(z.string(), z.unknown());
type Facts = z.output<typeof facts>;

export const identityProviderTools = [
  tool({
    name: 'list_oci_identity_providers',
    title: 'List OCI identity providers',
    description: 'Through whom people can sign in to the identity domain. Next: get_oci_identity_provider.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, search: 'query' },
    input: () =>
      z.strictObject({
        query: z.string().min(1).max(255).optional().describe('In the name'),
        type: z.enum(['SAML', 'SOCIAL', 'X509', 'IWA', 'LOCAL']).optional(),
        enabled: z.boolean().optional(),
        ...listInput,
      }),
    output: () => domainListOutput('identity_providers', providerView),
    table: tableOf<z.output<typeof providerView>>('identity_providers', {
      id: (provider) => provider.id,
      name: (provider) => provider.name,
      type: (provider) => provider.type,
      enabled: (provider) => provider.enabled,
      shown: (provider) => provider.shown_on_login_page,
    }),
    async run({ query, type, enabled, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.domain.list({
        path: ['IdentityProviders'],
        filter: and(
          query === undefined ? undefined : where.co('partnerName', query),
          type === undefined ? undefined : where.eq('type', type),
          enabled === undefined ? undefined : where.eq('enabled', enabled),
        ),
        attributeSets: ['default'],
        sortBy: 'partnerName',
        entity: providerEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { identity_providers: items.map((provider) => viewProvider(provider, view)), ...tail };
    },
  }),

  tool({
    name: 'get_oci_identity_provider',
    title: 'Get an OCI identity provider',
    description:
      'One identity provider: addresses, how its people become users (just in time, groups), and until when its certificates hold. No secrets.',
    access: 'read',
    scopes: ['oci:read'],
    input: () => z.strictObject({ identity_provider_id: domainId('Identity provider'), ...viewInput }),
    output: () =>
      providerView.extend({
        created: z.string().optional(),
        last_modified: z.string().optional(),
        user_mapping: z.string().optional().describe('how somebody there is found here'),
        saml: facts.optional(),
        social: facts.optional(),
        x509: facts.optional(),
        just_in_time: facts.describe('whether and how its people become users'),
      }),
    async run({ identity_provider_id, view }, { client, now }) {
      const provider = await client.domain.get({
        path: ['IdentityProviders', identity_provider_id],
        attributeSets: ['default'],
        entity: providerEntity,
      });
      const { type, meta, userMappingMethod, assertionAttribute, userMappingStoreAttribute } = provider;
      const mapping = [userMappingMethod, assertionAttribute, userMappingStoreAttribute].filter(Boolean).join(' → ');
      return {
        ...viewProvider(provider, view),
        ...present({ created: meta?.created, last_modified: meta?.lastModified, user_mapping: mapping }),
        ...(type === 'SAML' && { saml: viewSaml(provider, now()) }),
        ...(provider[social] && { social: viewSocial(provider[social]) }),
        ...(provider[x509] && { x509: viewX509(provider[x509], now()) }),
        just_in_time: viewJit(provider),
      };
    },
  }),
];

function viewSaml(provider: Provider, now: number): Facts {
  const { signingCertificate: signing, encryptionCertificate: encryption } = provider;
  return {
    ...present({
      provider_id: provider.partnerProviderId,
      sso_url: provider.idpSsoUrl,
      logout_url: provider.logoutRequestUrl,
      logout: provider.logoutEnabled,
      binding: provider.authnRequestBinding,
      name_id_format: provider.nameIdFormat,
      signature_hash: provider.signatureHashAlgorithm,
      force_sign_in: provider.requireForceAuthn,
      encrypted_assertions_only: provider.requiresEncryptedAssertion,
      requested_contexts: provider.requestedAuthenticationContext,
    }),
    ...(signing && { signing_certificate: viewCertificate(signing, now) }),
    ...(encryption && { encryption_certificate: viewCertificate(encryption, now) }),
  };
}

function viewSocial(provider: NonNullable<Provider[typeof social]>): Facts {
  return present({
    kind: provider.serviceProviderName,
    client_id: provider.consumerKey,
    discovery_url: provider.discoveryUrl,
    authorization_url: provider.authzUrl,
    token_url: provider.accessTokenUrl,
    scopes: provider.scope,
    links_accounts: provider.accountLinkingEnabled,
    registers_people: provider.registrationEnabled,
    redirects_at_once: provider.autoRedirectEnabled,
  });
}

function viewX509(provider: NonNullable<Provider[typeof x509]>, now: number): Facts {
  return present({
    certificate_attribute: provider.certMatchAttribute,
    user_attribute: provider.userMatchAttribute,
    chain: provider.signingCertificateChain?.map((certificate) => viewCertificate(certificate, now)),
    ocsp: provider.ocspEnabled,
    crl: provider.crlEnabled,
  });
}

function viewJit(provider: Provider): Facts {
  return {
    enabled: provider.jitUserProvEnabled ?? false,
    ...present({
      creates_users: provider.jitUserProvCreateUserEnabled,
      updates_attributes: provider.jitUserProvAttributeUpdateEnabled,
      groups: provider.jitUserProvAssignedGroups?.map(viewReference),
      group_assignment: provider.jitUserProvGroupAssignmentMethod,
      group_mappings: provider.jitUserProvGroupMappings?.map(({ value, idpGroup }) =>
        present({ theirs: idpGroup, group_id: value }),
      ),
    }),
  };
}
