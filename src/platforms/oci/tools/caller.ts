// Who requests are made as: the caller in the identity domain and in the tenancy, and what their tokens say of them.

import { z } from 'zod';
import { CastellanError } from '../../../core/errors.ts';
import { quoted } from '../../../core/plain.ts';
import { hidden } from '../../../core/privacy.ts';
import { defineTools } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { flag, text } from './scim-views.ts';
import { present, referenceEntity, referenceView, viewReference } from './shared.ts';

const tool = defineTools<OciClient>();

const extension = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User';
const meEntity = z.looseObject({
  id: z.string(),
  userName: text,
  displayName: text,
  active: flag,
  emails: z
    .array(z.looseObject({ value: text, primary: flag }))
    .nullish()
    // What the operator hides stands there as text.
    .or(z.string()),
  groups: z.array(referenceEntity).nullish(),
  [extension]: z.looseObject({ appRoles: z.array(referenceEntity).nullish() }).nullish(),
});

/** Of the tokens of a domain, and of sessions: what they are for and whom they are about. Nothing that proves anything. */
const domainClaims = [
  ...['iss', 'sub', 'sub_type', 'sub_mappingattr', 'aud', 'scope', 'client_id', 'client_name', 'tenant', 'ca_ocid'],
  ...['ca_name', 'domain', 'domain_id', 'domain_home', 'user_id', 'user_ocid', 'user_displayname', 'groups'],
  ...['idp_name', 'idp_type', 'amr', 'auth_time', 'iat', 'nbf', 'exp'],
];
const sessionClaims = ['iss', 'sub', 'aud', 'tenant', 'ptype', 'ttype', 'mfa_verified', 'iat', 'exp', 'sess_exp'];
/** Claims that hold what a field of a person does. */
const personal: Readonly<Record<string, string>> = { sub: 'userName', user_displayname: 'displayName' };

const claimsView = z.record(z.string(), z.unknown()).optional();

export const callerTools = [
  tool({
    name: 'get_oci_caller',
    title: 'Who am I at OCI',
    description:
      'Whom requests to OCI are made as: the person, their tenancy and home region, their groups and administrator roles in the identity domain.',
    access: 'read',
    scopes: ['oci:read'],
    aliases: { whoami: (input) => input, get_current_user: (input) => input },
    input: () => z.strictObject({}),
    output: () =>
      z.object({
        user: z.string().describe('OCID'),
        tenancy: z.string().describe('OCID'),
        region: z.string(),
        credential: z.string().describe('caller, session or api_key'),
        id: z.string().optional().describe('in the identity domain'),
        login: z.string().optional(),
        name: z.string().optional(),
        email: z.string().optional(),
        active: z.boolean().optional(),
        groups: z.array(referenceView).optional(),
        roles: z.array(referenceView).optional(),
        note: z.string().optional(),
      }),
    async run(_input, { client }) {
      const { user, tenancy, region, kind } = await client.identity();
      const base = { user, tenancy, region, credential: kind };
      const attributes = ['userName', 'displayName', 'active', 'emails', 'groups', `${extension}:appRoles`];
      const me = await client.domain.get({ path: ['Me'], attributes, entity: meEntity }).catch((error: unknown) => {
        if (!(error instanceof CastellanError) || error.retry.again) throw error;
        return error;
      });
      if (me instanceof CastellanError)
        return { ...base, note: `The identity domain does not tell more: ${quoted(me.message, 300)}.` };
      const { id, userName, displayName, active, emails, groups, [extension]: more } = me;
      const email = Array.isArray(emails) ? (emails.find(({ primary }) => primary) ?? emails[0])?.value : emails;
      const roles = more as { appRoles?: z.output<typeof referenceEntity>[] | null } | null | undefined;
      return {
        ...base,
        id,
        ...present({
          login: userName,
          name: displayName,
          email,
          active,
          groups: groups?.map(viewReference),
          roles: roles?.appRoles?.map(viewReference),
        }),
      };
    },
  }),

  tool({
    name: 'get_oci_token_claims',
    title: 'What the caller’s tokens say',
    description:
      'Claims of the caller’s token of the identity domain and of their session at OCI: for whom, by whom, until when. The tokens themselves are never shown.',
    access: 'read',
    scopes: ['oci:read'],
    aliases: { get_access_token_claims: (input) => input },
    input: () => z.strictObject({}),
    output: () =>
      z.object({
        domain_token: claimsView.describe('of the sign-in at the identity domain'),
        session_token: claimsView.describe('of the session that requests are signed with'),
        session_ends: z.string().optional().describe('UTC'),
        note: z.string().optional(),
      }),
    async run(_input, { client }) {
      const { domain, session } = await client.claims();
      const ends = typeof session?.exp === 'number' ? new Date(session.exp * 1000).toISOString() : undefined;
      return {
        ...(domain && { domain_token: choose(domain, domainClaims, client) }),
        ...(session && { session_token: choose(session, sessionClaims, client) }),
        ...present({ session_ends: ends }),
        ...(!domain && !session && { note: 'Requests are signed with an API key: there is no token.' }),
      };
    },
  }),
];

function choose(claims: Readonly<Record<string, unknown>>, names: readonly string[], { hides }: OciClient) {
  const shown = names.filter((name) => claims[name] !== undefined && claims[name] !== null);
  return Object.fromEntries(
    shown.map((name) => [name, hides(name) || hides(personal[name] ?? name) ? hidden : claims[name]]),
  );
}
