// What grants access, or may hold it, is in no answer about applications, identity providers and trusts: each attribute of
// Oracle's models that can hold such a thing has a canary, and the views are asked for all they have. And what the simulated
// domain has not got: certificates, and groups of conditions.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewCertificate } from '../../../src/platforms/oci/tools/certificates.ts';
import { ask } from '../../support/answers.ts';
import { type OciServer, openOciServer } from '../../support/oci.ts';
import { openWrittenDomain, type WrittenDomain } from '../../support/oci-domain.ts';

type Json = Record<string, unknown>;

const oracle = 'urn:ietf:params:scim:schemas:oracle:idcs:extension';
/** Public, of a key that nobody has; good until 2036-11-18. */
const certificate =
  'MIIBzjCCAXWgAwIBAgIUfGLK6IRR9iuO0kdiZY5MKcvwxIcwCgYIKoZIzj0EAwIwPTEbMBkGA1UECgwSTGFya3NwdXIgTG9naXN0aWNzMR4wHAYDVQQDDBVva3RhLmxhcmtzcHVyLmV4YW1wbGUwHhcNMjYxMTIxMTYxMjEzWhcNMzYxMTE4MTYxMjEzWjA9MRswGQYDVQQKDBJMYXJrc3B1ciBMb2dpc3RpY3MxHjAcBgNVBAMMFW9rdGEubGFya3NwdXIuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLuBDmu8/ptZKYVrPJvwFuDo4tLO7AU1DT0edaWj7lt/+o5RMbHeHcMDqzNlCTTSYxG04WwS/nf507xb17/h6DujUzBRMB0GA1UdDgQWBBQRll45u72kgjpETIhm01LqSKVU4TAfBgNVHSMEGDAWgBQRll45u72kgjpETIhm01LqSKVU4TAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIBGgapxnMbHRFQUmdiuoWUwydX06sNFIFObqxiN8j5DRAiBhabIZQkUfv6d86ilPjCqwvggU+S+nTbnKA/JD0BTRwA==';
const fingerprint = 'B1:33:CB:64:24:76:61:95:7B:89:27:CC:F5:15:6D:E3:FF:2C:4A:E2:01:4B:6E:7C:94:AF:C7:B6:E1:8C:C9:59';

const app: Json = {
  displayName: 'Harbour gates',
  name: 'client-of-the-gates',
  active: true,
  isOAuthClient: true,
  clientSecret: 'canary-client-secret',
  hashedClientSecret: 'canary-hashed',
  serviceParams: [{ name: 'upstream', value: 'canary-parameter' }],
  certificates: [{ certAlias: 'gates', sha1Thumbprint: 'ab12', x509Base64Certificate: 'canary-certificate' }],
  [`${oracle}:radiusApp:App`]: {
    clientIP: '10.0.0.1',
    secretKey: 'canary-radius',
    secretKeyTemporary: 'canary-shared',
  },
  [`${oracle}:kerberosRealm:App`]: { realmName: 'LARKSPUR', masterKey: 'canary-kerberos' },
  [`${oracle}:managedapp:App`]: {
    connected: true,
    threeLeggedOAuthCredential: { accessToken: 'canary-access', refreshToken: 'canary-refresh' },
    bundleConfigurationProperties: [
      { name: 'bindAs', icfType: 'GuardedString', required: true, confidential: true, value: ['canary-bundle'] },
    ],
    flatFileBundleConfigurationProperties: [
      { name: 'pass', icfType: 'String', required: true, confidential: false, value: ['canary-file'] },
    ],
  },
  [`${oracle}:formFillApp:App`]: { formType: 'WebApplication', configuration: '{"field":"canary-form"}' },
  [`${oracle}:formFillAppTemplate:AppTemplate`]: { configuration: '{"field":"canary-template"}' },
};

const provider: Json = {
  partnerName: 'Larkspur Okta',
  type: 'SAML',
  enabled: true,
  signingCertificate: certificate,
  encryptionCertificate: 'no certificate at all',
  [`${oracle}:social:IdentityProvider`]: {
    serviceProviderName: 'Google',
    consumerKey: 'harbour-client',
    consumerSecret: 'canary-consumer',
    relayIdpParamMappings: [{ relayParamKey: 'hint', relayParamValue: 'canary-relay' }],
  },
};

const trust: Json = {
  name: 'Gates',
  type: 'JWT',
  issuer: 'https://issuer.example/',
  active: true,
  publicCertificate: certificate,
  keytab: { secretOcid: 'canary-keytab', secretVersion: 1 },
};

const condition = (attributeName: string, operator: string, attributeValue: string): Json => ({
  name: attributeName,
  attributeName,
  operator,
  attributeValue,
});

let tenancy: OciServer;
let domain: WrittenDomain;
let client: Client;

beforeAll(async () => {
  domain = await openWrittenDomain({
    Apps: { app1: app },
    IdentityProviders: { idp1: provider },
    IdentityPropagationTrusts: { trust1: trust },
    Policies: {
      policy1: {
        name: 'Gates',
        active: true,
        policyType: { value: 'SignOn' },
        rules: [{ value: 'rule1', sequence: 1 }],
      },
    },
    Rules: {
      rule1: {
        name: 'Some',
        return: [
          { name: 'effect', value: 'ALLOW' },
          { name: '2FAFactors', value: '["EMAIL","TOTP"]' },
        ],
        conditionGroup: { type: 'ConditionGroup', value: 'group1' },
      },
    },
    ConditionGroups: {
      group1: {
        operator: 'or',
        conditions: [
          { type: 'Condition', value: 'crew' },
          { type: 'ConditionGroup', value: 'group2' },
        ],
      },
      group2: {
        operator: 'and',
        conditions: [
          { type: 'Condition', value: 'away' },
          { type: 'ConditionGroup', value: 'gone' },
        ],
      },
    },
    Conditions: {
      crew: condition('subject.groups[*].value', 'coany', '["g1","g2"]'),
      away: condition('subject.ipAddress', 'nin', '["offices"]'),
    },
    Groups: { g1: { displayName: 'Crew' } },
    NetworkPerimeters: { offices: { name: 'Offices' } },
  });
  tenancy = await openOciServer({ settings: { domainUrl: domain.url } });
  client = await tenancy.server.connect('2026-07-28', 'http');
});
afterAll(async () => {
  await tenancy?.close();
  await domain?.close();
});

describe('secrets', () => {
  const calls: [string, Json][] = [
    ['list_oci_applications', { view: 'full' }],
    ['get_oci_application', { app_id: 'app1', view: 'full' }],
    ['list_oci_identity_providers', { view: 'full' }],
    ['get_oci_identity_provider', { identity_provider_id: 'idp1', view: 'full' }],
    ['list_oci_propagation_trusts', { view: 'full' }],
    ['get_oci_propagation_trust', { trust_id: 'trust1', view: 'full' }],
  ];

  it.each(calls)('%s tells none, whatever it is asked for', async (tool, input) => {
    const { result } = await ask(client, tool, input);
    const told = JSON.stringify(result);
    expect(told.match(/canary-[a-z]+/g) ?? []).toEqual([]);
    expect(told).not.toContain(certificate.slice(0, 40));
  });

  it('what is no secret is there: client ids, thumbprints, the form of a realm', async () => {
    const { value } = await ask(client, 'get_oci_application', { app_id: 'app1', view: 'full' });
    expect(value).toMatchObject({ client_id: 'client-of-the-gates', certificates: [{ alias: 'gates', sha1: 'ab12' }] });
    expect(JSON.stringify(value.full)).toContain('LARKSPUR');
    const social = (await ask(client, 'get_oci_identity_provider', { identity_provider_id: 'idp1' })).value.social;
    expect(social).toEqual({ kind: 'Google', client_id: 'harbour-client' });
  });
});

describe('certificates', () => {
  it('are told by whose they are and until when they hold; what is none is called so', async () => {
    const { value } = await ask(client, 'get_oci_identity_provider', { identity_provider_id: 'idp1' });
    const { signing_certificate, encryption_certificate } = value.saml as Json;
    expect(signing_certificate).toEqual({
      subject: 'CN=okta.larkspur.example, O=Larkspur Logistics',
      issuer: 'CN=okta.larkspur.example, O=Larkspur Logistics',
      expires: '2036-11-18T16:12:13.000Z',
      expired: false,
      sha256: fingerprint,
    });
    expect(encryption_certificate).toEqual({ unreadable: true });
    const trusted = (await ask(client, 'get_oci_propagation_trust', { trust_id: 'trust1' })).value.certificate;
    expect(trusted).toEqual(signing_certificate);
  });

  it('are expired once their time is over, with and without the frame of PEM', () => {
    const framed = `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
    for (const text of [certificate, framed]) {
      expect(viewCertificate(text, Date.parse('2036-11-18T16:12:12Z')).expired).toBe(false);
      expect(viewCertificate(text, Date.parse('2036-11-18T16:12:14Z')).expired).toBe(true);
    }
  });
});

it('conditions in groups are one sentence, with names where they are known and ids where not', async () => {
  const { value } = await ask(client, 'get_oci_sign_on_policy', { policy_id: 'policy1' });
  const [rule] = value.rules as Json[];
  expect(rule?.when).toEqual([
    '(subject.groups[*].value contains any of “Crew” (g1), “g2” or (subject.ipAddress is none of “Offices” (offices) and the condition group “gone”, which cannot be read))',
  ]);
  expect(rule?.outcome).toEqual({ effect: 'ALLOW', '2FAFactors': ['EMAIL', 'TOTP'] });
});
