// What `castellan doctor` says of an OCI tenant: of an application that exchanges tokens and the trust it needs, and of a profile.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../../src/sandbox/index.ts';
import { domainVariables } from '../../support/oci-door.ts';
import { runCastellan } from '../../trials/castellan.ts';

let sandbox: Sandbox;
let oci: SandboxOci;

beforeEach(async () => {
  sandbox = await openSandbox({ users: 60 });
  oci = await sandbox.oci();
});
afterEach(() => sandbox.close());

/** Its lines about the tenant, each with what to do. */
async function diagnose(env: Record<string, string>): Promise<string> {
  const { stdout, stderr } = await runCastellan(['doctor'], { env });
  if (!stdout.includes('oci clock')) throw new Error(stderr || stdout);
  for (const secret of [oci.exchange.clientSecret, oci.client.secret]) expect(stdout).not.toContain(secret);
  return stdout;
}

describe('callers act with their own rights', { timeout: 30_000 }, () => {
  const variables = (over: Record<string, string> = {}) => ({
    ...domainVariables(oci),
    CASTELLAN_PUBLIC_URL: 'http://127.0.0.1:3000/mcp',
    ...over,
  });

  test('all is well: domain, application, keys with the way to open them, clock; sign-in comes from the same variables', async () => {
    const said = await diagnose(variables());
    expect(said).toMatch(/✓ oci domain: .* answers as an identity domain/);
    expect(said).toMatch(
      new RegExp(`✓ oci exchange client: the domain takes the application ${oci.exchange.clientId}`),
    );
    expect(said).toMatch(/✓ oci domain keys: closed to the public.*Edit domain settings > Configure client access/);
    expect(said).toMatch(/✓ oci clock: this machine’s clock agrees/);
    expect(said).toMatch(new RegExp(`✓ sign-in client: the provider takes the client ${oci.client.id}`));
    oci.setPublicKeysOpen(true);
    expect(await diagnose(variables())).toMatch(/✓ oci domain keys: anybody may read/);
  });

  test('a missing trust comes with the command that makes it, filled in', async () => {
    oci.setTrust(false);
    const said = await diagnose(variables());
    expect(said).toMatch(/✗ oci trust: the domain does not trust its own tokens/);
    const [command = ''] = /oci identity-domains identity-propagation-trust create [^\n]+/.exec(said) ?? [];
    expect(command).toContain(`--endpoint "https://${oci.tenant}.identity.oraclecloud.com"`);
    expect(command).toContain(`--oauth-clients '["${oci.exchange.clientId}"]'`);
    expect(command).toContain('--issuer "https://identity.oraclecloud.com/"');
    expect(command).not.toMatch(/[{}]/);
  });

  test('an application that the domain does not know, or whose secret is wrong', async () => {
    const said = await diagnose(variables({ IAM_TOKENEXCHANGE_CLIENT_SECRET: 'not-it' }));
    expect(said).toMatch(/✗ oci exchange client: .*invalid_client[\s\S]*IAM_TOKENEXCHANGE_CLIENT_SECRET/);
  });

  test('an address that is no identity domain', async () => {
    const said = await diagnose(variables({ IAM_DOMAIN: sandbox.okta.url }));
    expect(said).toMatch(/✗ oci domain: .* is no identity domain[\s\S]*Set domainUrl \(IAM_DOMAIN\)/);
  });
});

describe('a profile', { timeout: 30_000 }, () => {
  test('is tried at the services and at the domain, and told with its user', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'castellan-oci-'));
    const { privateKey, ...facts } = oci.apiKeyOf('helena.brandt@larkspur.example');
    writeFileSync(join(folder, 'key.pem'), privateKey);
    const write = (fingerprint: string) => {
      const lines = Object.entries({ ...facts, fingerprint }).map(([name, value]) => `${name}=${value}`);
      writeFileSync(join(folder, 'config'), ['[DEFAULT]', ...lines, 'key_file=key.pem'].join('\n'));
    };
    const { OCI_ENDPOINTS = '' } = domainVariables(oci);
    const files = { OCI_CLI_CONFIG_FILE: join(folder, 'config'), OCI_CLI_PROFILE: 'DEFAULT' };
    const env = { ...files, OCI_ENDPOINTS, OCI_DOMAIN_URL: oci.url };
    write(facts.fingerprint);
    const said = await diagnose(env);
    expect(said).toContain(`✓ oci credential: ${oci.homeRegion} takes an API key of ${facts.user}`);
    expect(said).toMatch(/✓ oci domain: .* shows its users/);
    write(facts.fingerprint.replace(/^../, 'ff'));
    expect(await diagnose(env)).toMatch(/✗ oci credential: OCI does not accept the signature/);
    rmSync(folder, { recursive: true });
  });
});
