// What the simulated OCI identity domain and the services behind it tell of themselves to whoever points a client at them.

import type { Sandbox } from '../index.ts';
import type { Circumstances, Introduction } from '../introduction.ts';

export async function introduceOci(sandbox: Sandbox, { latencyMs, faults }: Circumstances): Promise<Introduction> {
  const oci = await sandbox.oci();
  oci.setLatency(latencyMs);
  oci.setFaults(faults);
  oci.setDomainLatency(latencyMs);
  oci.setDomainFaults(faults);
  const { url, tenancyId, services, regions, homeRegion } = oci;
  const home = services[homeRegion] ?? '';
  const tenant = {
    platform: 'oci',
    profile: 'DEFAULT',
    configFile: 'FOLDER/config',
    domainUrl: url,
    endpoints: services,
  };
  return {
    what: 'A simulated OCI identity domain, and the services of its tenancy',
    url,
    ways: [
      {
        says: [
          `IAM, Object Storage and Audit of each region are at one address, requests to them signed as OCI has it:`,
          ...Object.entries(services).map(([region, at]) => `  ${region.padEnd(16)} ${at}${noteOf(region, regions)}`),
          `The tenancy is ${tenancyId}`,
          'To call them, start with --oci-config FOLDER: it writes a configuration file with keys for Oracle’s own tools, as in',
        ],
        commands: [
          `oci --config-file FOLDER/config --endpoint ${home} os ns get`,
          `oci --config-file FOLDER/config --endpoint ${url} identity-domains groups list`,
        ],
      },
      {
        says: ['Castellan itself has it as a tenant with this in castellan.json:'],
        commands: [JSON.stringify({ tenants: { oci: tenant } })],
      },
    ],
  };
}

function noteOf(region: string, [home, ...others]: readonly string[]): string {
  if (region === home) return ' (home)';
  return others.includes(region) ? '' : ' (not subscribed)';
}
