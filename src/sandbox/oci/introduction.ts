// What the simulated OCI identity domain and the services behind it tell of themselves to whoever points a client at them.

import type { Sandbox } from '../index.ts';
import type { Circumstances, Introduction } from '../introduction.ts';
import { sandboxPassword } from '../oidc/sign-in-form.ts';

export async function introduceOci(sandbox: Sandbox, { latencyMs, faults }: Circumstances): Promise<Introduction> {
  const oci = await sandbox.oci();
  oci.setLatency(latencyMs);
  oci.setFaults(faults);
  oci.setDomainLatency(latencyMs);
  oci.setDomainFaults(faults);
  const { url, tenant, tenancyId, services, regions, homeRegion, exchange } = oci;
  const home = services[homeRegion] ?? '';
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
        says: [
          'People’s tokens of the domain are exchanged for session tokens by this client of it, whose secret opens nothing but',
          `the simulation. Everybody signs in with the password ${sandboxPassword}`,
        ],
        settings: {
          IAM_DOMAIN: url,
          IAM_GUID: tenant,
          IAM_TOKENEXCHANGE_CLIENT_ID: exchange.clientId,
          IAM_TOKENEXCHANGE_CLIENT_SECRET: exchange.clientSecret,
        },
      },
    ],
  };
}

function noteOf(region: string, [home, ...others]: readonly string[]): string {
  if (region === home) return ' (home)';
  return others.includes(region) ? '' : ' (not subscribed)';
}
