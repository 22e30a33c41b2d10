// Where the services of OCI are: hosts are built from a service and a region, never taken from a URL.

import { CastellanError } from '../../core/errors.ts';

/** A service by the first word of its host, such as `identity`, `objectstorage`, `audit`, `iaas`. */
export type ServiceName = string;

const word = /^[a-z][a-z0-9-]{0,62}$/;

/** Second-level domains of the realms (docs.oracle.com, "Regions and Availability Domains"; the realm stands in every OCID). */
const realmDomains: Readonly<Record<string, string>> = {
  oc1: 'oraclecloud.com',
  oc2: 'oraclegovcloud.com',
  oc3: 'oraclegovcloud.com',
  oc4: 'oraclegovcloud.uk',
  oc8: 'oraclecloud8.com',
  oc9: 'oraclecloud9.com',
  oc10: 'oraclecloud10.com',
  oc14: 'oraclecloud14.com',
  oc15: 'oraclecloud15.com',
  oc19: 'oraclecloud.eu',
  oc20: 'oraclecloud20.com',
  oc21: 'oraclecloud21.com',
  oc23: 'oraclecloud23.com',
  oc24: 'oraclecloud24.com',
  oc26: 'oraclecloud26.com',
  oc29: 'oraclecloud29.com',
  oc35: 'oraclecloud35.com',
  oc42: 'oraclecloud42.com',
  oc51: 'oraclecloud51.com',
  oc52: 'oraclecloud52.com',
};

/** Versions that stand before each path of the services that Castellan's own tools use. */
const roots: Readonly<Record<ServiceName, readonly string[]>> = { identity: ['20160918'], audit: ['20190901'] };

/** Services without `oci` in their hosts, as the endpoint templates of Oracle's SDKs have them. */
const withoutOci = new Set([
  ...['objectstorage', 'audit', 'iaas', 'database', 'kms', 'resourcemanager', 'telemetry', 'containerengine'],
  ...['filestorage', 'incidentmanagement'],
]);

/** What stands before every path of a service: the version of its API; nothing for a service that Castellan has no tool for. */
export function rootOf(service: ServiceName): readonly string[] {
  return (Object.hasOwn(roots, service) && roots[service]) || [];
}

/** The realm of a tenancy: the third part of its OCID (docs.oracle.com, "Resource Identifiers"). */
export function realmOf(ocid: string): string {
  return /^ocid1\.[a-z0-9_]+\.([a-z0-9-]+)\./.exec(ocid)?.[1] ?? 'oc1';
}

/**
 * The origin of a service in a region.
 * @throws CastellanError `invalid_input` for a name that is none, `bad_configuration` for a realm that is not known
 */
export function originOf(service: ServiceName, region: string, realm: string): URL {
  for (const [what, name] of [
    ['service', service],
    ['region', region],
  ] as const) {
    if (word.test(name)) continue;
    throw new CastellanError({
      code: 'invalid_input',
      message: `${JSON.stringify(name.slice(0, 80))} is no name of a ${what}.`,
      hint: `Name a ${what} in small letters, such as ${what === 'service' ? 'identity' : 'eu-frankfurt-1'}.`,
    });
  }
  const domain = Object.hasOwn(realmDomains, realm) ? realmDomains[realm] : undefined;
  if (domain === undefined) {
    throw new CastellanError({
      code: 'bad_configuration',
      message: `The realm ${JSON.stringify(realm.slice(0, 40))} is not known to Castellan.`,
      hint: 'The operator can name the addresses of its regions: endpoints.',
    });
  }
  return new URL(`https://${service}.${region}${withoutOci.has(service) ? '' : '.oci'}.${domain}`);
}
