// Hosts of OCI's services are built from a service, a region and the realm of the tenancy, as Oracle's SDK builds them.

import { AuditClient } from 'oci-audit';
import { Realm, Region } from 'oci-common';
import { IdentityClient } from 'oci-identity';
import { ObjectStorageClient } from 'oci-objectstorage';
import { expect, test } from 'vitest';
import { originOf, realmOf, rootOf } from '../../../src/platforms/oci/hosts.ts';

const templates = {
  identity: (IdentityClient as unknown as { serviceEndpointTemplate: string }).serviceEndpointTemplate,
  objectstorage: (ObjectStorageClient as unknown as { serviceEndpointTemplate: string }).serviceEndpointTemplate,
  audit: (AuditClient as unknown as { serviceEndpointTemplate: string }).serviceEndpointTemplate,
};

test('every realm and region that Oracle’s SDK knows, for each service that tools use', () => {
  const regions = Region.values();
  expect(regions.length).toBeGreaterThan(40);
  for (const { regionId, realm } of regions) {
    for (const [service, template] of Object.entries(templates)) {
      // Oracle's SDK leaves what is for dual-stack hosts empty, unless it is asked for.
      const plain = template.replace(/\{dualStack\?[^}]*\}/, '');
      const theirs = plain.replace('{region}', regionId).replace('{secondLevelDomain}', realm.secondLevelDomain);
      expect(originOf(service, regionId, realm.realmId).origin).toBe(new URL(theirs).origin);
    }
  }
  expect(Realm.values().length).toBeGreaterThan(10);
});

test('a service that no tool uses has the host that its kind has', () => {
  expect(originOf('apigateway', 'eu-frankfurt-1', 'oc1').host).toBe('apigateway.eu-frankfurt-1.oci.oraclecloud.com');
  expect(originOf('iaas', 'us-langley-1', 'oc2').host).toBe('iaas.us-langley-1.oraclegovcloud.com');
  expect([rootOf('identity'), rootOf('apigateway'), rootOf('constructor')]).toEqual([['20160918'], [], []]);
});

test('the realm is the one in the OCID of the tenancy', () => {
  expect(realmOf('ocid1.tenancy.oc1..aaaa')).toBe('oc1');
  expect(realmOf('ocid1.tenancy.oc19..aaaa')).toBe('oc19');
});

test.each([
  ['identity.evil', 'eu-frankfurt-1', 'oc1'],
  ['identity', 'eu-frankfurt-1.evil.example', 'oc1'],
  ['identity', 'eu-frankfurt-1/..', 'oc1'],
  ['identity', '', 'oc1'],
  ['Identity', 'eu-frankfurt-1', 'oc1'],
  ['identity', 'eu-frankfurt-1', 'oc0'],
  ['identity', 'eu-frankfurt-1', 'constructor'],
])('%s in %s of %s is nowhere', (service, region, realm) => {
  expect(() => originOf(service, region, realm)).toThrow(/no name of a|is not known/);
});
