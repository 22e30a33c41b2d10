// Resources and completions of the OCI platform.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { oci } from '../../../src/platforms/oci/index.ts';
import { domainAdmin, type OciServer, openOciServer } from '../../support/oci.ts';

let tenancy: OciServer;
let client: Client;

beforeAll(async () => {
  tenancy = await openOciServer();
  client = await tenancy.server.connect('2026-07-28', 'http');
});
afterAll(() => tenancy?.close());

/** The name by which people know one of each, and its id. */
const known: readonly [uri: string, folder: string, field: string][] = [
  ['oci://users/{userId}', `Users?filter=${encodeURIComponent(`userName eq "${domainAdmin}"`)}`, 'userName'],
  ['oci://groups/{groupId}', 'Groups', 'displayName'],
  ['oci://applications/{appId}', 'Apps', 'displayName'],
  ['oci://app-roles/{appRoleId}/grants', 'AppRoles', 'displayName'],
  ['oci://sign-on-policies/{policyId}', 'Policies', 'name'],
  ['oci://identity-providers/{providerId}', 'IdentityProviders', 'partnerName'],
];

it.each(known)('%s is found by what people know, and read at its address', async (uri, folder, field) => {
  const [first] = await tenancy.readAll(folder);
  const name = /\{(\w+)\}/.exec(uri)?.[1] ?? '';
  const ref = { type: 'ref/resource', uri } as const;
  const { completion } = await client.complete({ ref, argument: { name, value: String(first?.[field]).slice(0, 9) } });
  expect(completion.values).toContain(first?.id);
  const { contents } = await client.readResource({ uri: uri.replace(/\{\w+\}/, String(first?.id)) });
  expect(JSON.stringify(contents)).toContain(String(first?.[field]));
});

it('the settings of the domain are read at one address', async () => {
  const { contents } = await client.readResource({ uri: 'oci://domain/settings' });
  expect(JSON.stringify(contents)).toContain('signing_keys_public');
});

it('every resource that asks the domain names a tool that there is, and what it is asked for', () => {
  const tools = new Map(
    Object.values(oci.toolsets)
      .flat()
      .map((tool) => [tool.name, tool]),
  );
  const asking = (oci.resources ?? []).flatMap(({ call }) => (call ? [call] : []));
  expect(asking.length).toBeGreaterThan(6);
  for (const { tool, input } of asking) {
    const parameters = new Proxy({}, { get: () => 'a1' });
    expect(tools.get(tool)?.input().safeParse(input(parameters)).error?.issues, tool).toBeUndefined();
  }
});
