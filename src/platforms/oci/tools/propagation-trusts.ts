// Reading whose tokens an identity domain exchanges for session tokens of OCI.
// https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/IdentityPropagationTrust/

import { z } from 'zod';
import { fullObject, listInput, viewInput } from '../../../core/listing.ts';
import { defineTools, tableOf } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { and, where } from '../filter.ts';
import { loadNames } from '../names.ts';
import { orUnseen } from '../seeing.ts';
import { certificateFacts, viewCertificate } from './certificates.ts';
import { count, domainListOutput, flag, fullOf, metaEntity, text, type View } from './scim-views.ts';
import { domainId, listAliases, present } from './shared.ts';

const tool = defineTools<OciClient>();
const texts = z.array(z.string()).nullish();

const trustEntity = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  description: text,
  type: text,
  issuer: text,
  active: flag,
  subjectType: text,
  subjectClaimName: text,
  subjectMappingAttribute: text,
  clientClaimName: text,
  clientClaimValues: texts,
  oauthClients: texts,
  publicKeyEndpoint: text,
  publicCertificate: text,
  allowImpersonation: flag,
  clockSkewSeconds: count,
  claimValidations: z.array(z.looseObject({ name: text, value: text })).nullish(),
  claimPropagations: texts,
  CACertChain: z.looseObject({ rootCAs: texts, intermediateCAs: texts }).nullish(),
  impersonationServiceUsers: z.array(z.looseObject({ value: z.string(), rule: text })).nullish(),
  meta: metaEntity,
});
type Trust = z.output<typeof trustEntity>;

/** Long, or where a secret lies. */
const leftOut = ['publicCertificate', 'CACertChain', 'keytab'];

const trustView = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string().optional().describe('JWT, SAML, SPNEGO, AWS, X509'),
  active: z.boolean(),
  issuer: z.string().optional(),
  impersonates: z.boolean().optional().describe('becomes a service user instead of the person'),
  description: z.string().optional(),
  full: fullObject,
});

function viewTrust(trust: Trust, view: View): z.output<typeof trustView> {
  const { id, name, type, active, issuer, allowImpersonation, description } = trust;
  return {
    id,
    name,
    active: active ?? false,
    ...present({ type, issuer, impersonates: allowImpersonation || undefined, description }),
    ...fullOf(trust, view, leftOut),
  };
}

export const propagationTrustTools = [
  tool({
    name: 'list_oci_propagation_trusts',
    title: 'List OCI identity propagation trusts',
    description:
      'Whose tokens the identity domain exchanges for session tokens (UPST). Next: get_oci_propagation_trust.',
    access: 'read',
    scopes: ['oci:read'],
    parameterAliases: { ...listAliases, search: 'query' },
    input: () =>
      z.strictObject({
        query: z.string().min(1).max(255).optional().describe('In the name'),
        issuer: z.string().min(1).max(1_000).optional(),
        active: z.boolean().optional(),
        ...listInput,
      }),
    output: () => domainListOutput('trusts', trustView),
    table: tableOf<z.output<typeof trustView>>('trusts', {
      id: (trust) => trust.id,
      name: (trust) => trust.name,
      type: (trust) => trust.type,
      active: (trust) => trust.active,
      issuer: (trust) => trust.issuer,
      impersonates: (trust) => trust.impersonates,
    }),
    async run({ query, issuer, active, max_results, cursor, view }, { client, progress }) {
      const { items, ...tail } = await client.domain.list({
        path: ['IdentityPropagationTrusts'],
        filter: and(
          query === undefined ? undefined : where.co('name', query),
          issuer === undefined ? undefined : where.eq('issuer', issuer),
          active === undefined ? undefined : where.eq('active', active),
        ),
        attributeSets: ['default'],
        sortBy: 'name',
        entity: trustEntity,
        max: max_results,
        cursor,
        progress,
      });
      return { trusts: items.map((trust) => viewTrust(trust, view)), ...tail };
    },
  }),

  tool({
    name: 'get_oci_propagation_trust',
    title: 'Get an OCI identity propagation trust',
    description:
      'One trust: which clients may exchange tokens by it, how the person is found, and whom it may become instead.',
    access: 'read',
    scopes: ['oci:read'],
    input: () => z.strictObject({ trust_id: domainId('Trust'), ...viewInput }),
    output: () =>
      trustView.extend({
        created: z.string().optional(),
        last_modified: z.string().optional(),
        clients: z
          .array(z.object({ client_id: z.string(), name: z.string().optional(), active: z.boolean().optional() }))
          .describe('OAuth clients that may exchange tokens'),
        client_claim: z.string().optional(),
        client_claim_values: z.array(z.string()).optional(),
        subject_type: z.string().optional(),
        subject_claim: z.string().optional(),
        subject_attribute: z.string().optional().describe('of the user, whose value the claim holds'),
        keys: z.string().optional().describe('where the issuer’s keys are'),
        certificate: certificateFacts.optional(),
        root_certificates: z.array(certificateFacts).optional(),
        clock_skew_seconds: z.number().optional(),
        required_claims: z.array(z.object({ name: z.string().optional(), value: z.string().optional() })).optional(),
        propagated_claims: z.array(z.string()).optional(),
        service_users: z
          .array(z.object({ id: z.string(), login: z.string().optional(), rule: z.string().optional() }))
          .optional()
          .describe('whom it becomes, by which rule'),
      }),
    async run({ trust_id, view }, { client, now }) {
      const trust = await client.domain.get({
        path: ['IdentityPropagationTrusts', trust_id],
        attributeSets: ['default'],
        attributes: ['impersonationServiceUsers'],
        entity: trustEntity,
      });
      const [clients, users] = await Promise.all([
        viewClients(client, trust.oauthClients ?? []),
        viewServiceUsers(client, trust.impersonationServiceUsers ?? []),
      ]);
      const { meta, publicCertificate, CACertChain } = trust;
      return {
        ...viewTrust(trust, view),
        clients,
        ...present({
          created: meta?.created,
          last_modified: meta?.lastModified,
          client_claim: trust.clientClaimName,
          client_claim_values: trust.clientClaimValues,
          subject_type: trust.subjectType,
          subject_claim: trust.subjectClaimName,
          subject_attribute: trust.subjectMappingAttribute,
          keys: trust.publicKeyEndpoint,
          certificate: publicCertificate ? viewCertificate(publicCertificate, now()) : undefined,
          root_certificates: CACertChain?.rootCAs?.map((certificate) => viewCertificate(certificate, now())),
          clock_skew_seconds: trust.clockSkewSeconds,
          required_claims: trust.claimValidations?.map(({ name, value }) => present({ name, value })),
          propagated_claims: trust.claimPropagations,
          service_users: users,
        }),
      };
    },
  }),
];

const appEntity = z.looseObject({ id: z.string(), name: text, displayName: text, active: flag });

/** An application's `name` is its client id. One that is not there any more exchanges nothing. */
async function viewClients(client: OciClient, clientIds: readonly string[]) {
  const found = await Promise.all(
    [...new Set(clientIds)].map(async (name) => {
      const request = { path: ['Apps'], filter: where.eq('name', name), entity: appEntity, max: 1 };
      const found = await orUnseen(client.domain.list({ ...request, attributes: ['name', 'displayName', 'active'] }));
      return { name, app: found?.items[0] };
    }),
  );
  return found.map(({ name, app }) => ({
    client_id: name,
    ...present({ name: app?.displayName, active: app ? (app.active ?? false) : undefined }),
  }));
}

async function viewServiceUsers(client: OciClient, users: NonNullable<Trust['impersonationServiceUsers']>) {
  const ids = users.map(({ value }) => value);
  const logins = await loadNames(
    client,
    ids.map((id) => ['Users', id] as const),
  );
  return users.map(({ value, rule }) => ({ id: value, ...present({ login: logins.get(value), rule }) }));
}
