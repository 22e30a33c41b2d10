// Reading the settings of an identity domain that decide who gets in and what gets out.
// https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/Setting/

import { z } from 'zod';
import { fullObject, viewInput } from '../../../core/listing.ts';
import { defineTools } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { count, flag, fullOf, text } from './scim-views.ts';
import { present } from './shared.ts';

const tool = defineTools<OciClient>();
const texts = z.array(z.string()).nullish();

const settingEntity = z.looseObject({
  id: z.string(),
  cloudAccountName: text,
  issuer: text,
  signingCertPublicAccess: flag,
  csrAccess: text,
  defaultTrustScope: text,
  accountAlwaysTrustScope: flag,
  subMappingAttr: text,
  iamUpstSessionExpiry: count,
  reAuthWhenChangingMyAuthenticationFactors: flag,
  reAuthFactor: texts,
  serviceAdminCannotListOtherUsers: flag,
  maxNoOfAppRoleMembersToReturn: count,
  maxNoOfAppCMVAToReturn: count,
  auditEventRetentionPeriod: count,
  diagnosticLevel: count,
  diagnosticTracingUpto: text,
  contactEmails: texts,
  allowedDomains: texts,
  allowedForgotPasswordFlowReturnUrls: texts,
  allowedNotificationRedirectUrls: texts,
  locale: text,
  preferredLanguage: text,
  timezone: text,
  enableTermsOfUse: flag,
  termsOfUseUrl: text,
  privacyPolicyUrl: text,
  isHostedPage: flag,
  tenantCustomClaims: z
    .array(z.looseObject({ name: z.string(), tokenType: text, mode: text, allScopes: flag, scopes: texts }))
    .nullish(),
  certificateValidation: z.looseObject({ crlEnabled: flag, ocspEnabled: flag }).nullish(),
  cloudGateCorsSettings: z
    .looseObject({ cloudGateCorsEnabled: flag, cloudGateCorsAllowNullOrigin: flag, cloudGateCorsAllowedOrigins: texts })
    .nullish(),
});

/** Looks, and texts in many languages. */
const leftOut = [
  'defaultCompanyNames',
  'defaultLoginTexts',
  'defaultImages',
  'companyNames',
  'loginTexts',
  'images',
  'customTranslation',
];

export const domainSettingTools = [
  tool({
    name: 'get_oci_domain_settings',
    title: 'Get the settings of the OCI identity domain',
    description:
      'What the identity domain is set to: access to its signing keys, issuer, session length, access of Oracle’s support, trust between applications, claims in tokens, contacts, language, addresses that people may be sent to.',
    access: 'read',
    scopes: ['oci:read'],
    input: () => z.strictObject(viewInput),
    output: () =>
      z.object({
        account: z.string().optional(),
        issuer: z.string().optional(),
        signing_keys_public: z
          .boolean()
          .describe('false: whoever verifies tokens must authenticate for the keys (JWKS)'),
        oracle_support_access: z.string().optional().describe('whether Oracle’s support may sign in: none, readOnly'),
        trust_scope: z.string().optional().describe('whose scopes applications may ask for'),
        always_trusts_account: z.boolean().optional(),
        subject_attribute: z.string().optional().describe('what sub in tokens is'),
        session_token_expiry: z.number().optional().describe('longest life of a UPST; Oracle names no unit'),
        sign_in_again_to_change_factors: z.boolean().optional(),
        factors_to_sign_in_again: z.array(z.string()).optional(),
        service_administrators_cannot_list_users: z.boolean().optional(),
        most_role_members_returned: z.number().optional(),
        audit_days: z.number().optional(),
        diagnostic_level: z.number().optional(),
        diagnostics_until: z.string().optional(),
        contacts: z.array(z.string()).optional(),
        locale: z.string().optional(),
        language: z.string().optional(),
        timezone: z.string().optional(),
        mail_domains: z.array(z.string()).optional(),
        password_return_urls: z.array(z.string()).optional(),
        notification_redirect_urls: z.array(z.string()).optional(),
        terms_of_use: z.string().optional(),
        privacy_policy: z.string().optional(),
        own_sign_in_page: z.boolean().optional(),
        custom_claims: z
          .array(
            z.object({
              name: z.string(),
              token: z.string().optional().describe('AT: access, IT: ID, BOTH'),
              mode: z.string().optional(),
              scopes: z.array(z.string()).optional().describe('absent: all'),
            }),
          )
          .optional(),
        crl: z.boolean().optional(),
        ocsp: z.boolean().optional(),
        cors_origins: z.array(z.string()).optional(),
        full: fullObject,
      }),
    async run({ view }, { client }) {
      const setting = await client.domain.get({
        // The domain has one, of this name.
        path: ['Settings', 'Settings'],
        attributeSets: ['default'],
        entity: settingEntity,
      });
      const { certificateValidation, cloudGateCorsSettings: cors, tenantCustomClaims } = setting;
      return {
        signing_keys_public: setting.signingCertPublicAccess ?? false,
        ...present({
          account: setting.cloudAccountName,
          issuer: setting.issuer,
          oracle_support_access: setting.csrAccess,
          trust_scope: setting.defaultTrustScope,
          always_trusts_account: setting.accountAlwaysTrustScope,
          subject_attribute: setting.subMappingAttr,
          session_token_expiry: setting.iamUpstSessionExpiry,
          sign_in_again_to_change_factors: setting.reAuthWhenChangingMyAuthenticationFactors,
          factors_to_sign_in_again: setting.reAuthFactor,
          service_administrators_cannot_list_users: setting.serviceAdminCannotListOtherUsers,
          most_role_members_returned: setting.maxNoOfAppRoleMembersToReturn,
          audit_days: setting.auditEventRetentionPeriod,
          diagnostic_level: setting.diagnosticLevel,
          diagnostics_until: setting.diagnosticTracingUpto,
          contacts: setting.contactEmails,
          locale: setting.locale,
          language: setting.preferredLanguage,
          timezone: setting.timezone,
          mail_domains: setting.allowedDomains,
          password_return_urls: setting.allowedForgotPasswordFlowReturnUrls,
          notification_redirect_urls: setting.allowedNotificationRedirectUrls,
          terms_of_use: setting.enableTermsOfUse ? setting.termsOfUseUrl : undefined,
          privacy_policy: setting.privacyPolicyUrl,
          own_sign_in_page: setting.isHostedPage,
          custom_claims: tenantCustomClaims?.map(({ name, tokenType, mode, allScopes, scopes }) => ({
            name,
            ...present({ token: tokenType, mode, scopes: allScopes ? undefined : scopes }),
          })),
          crl: certificateValidation?.crlEnabled,
          ocsp: certificateValidation?.ocspEnabled,
          cors_origins: cors?.cloudGateCorsEnabled ? cors.cloudGateCorsAllowedOrigins : undefined,
        }),
        ...fullOf(setting, view, leftOut),
      };
    },
  }),
];
