// Resources and completions of the OCI platform.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toolsOf } from '../../../src/core/tool.ts';
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
    const compartmentId = 'ocid1.compartment.oc1..aaaa';
    const parameters = new Proxy({}, { get: (_, name) => (name === 'compartmentId' ? compartmentId : 'a1') });
    expect(tools.get(tool)?.input().safeParse(input(parameters)).error?.issues, tool).toBeUndefined();
  }
});

it('compartments are completed by name, regions by a part of theirs, and read at their addresses', async () => {
  const complete = async (uri: string, name: string, value: string) =>
    (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion.values;
  const found = await complete('oci://compartments/{compartmentId}/policies', 'compartmentId', 'finan');
  expect(found).toEqual([expect.stringMatching(/^ocid1\.compartment\./)]);
  const { contents } = await client.readResource({ uri: `oci://compartments/${found[0]}/policies` });
  expect(contents).toHaveLength(1);
  expect(await complete('oci://regions/{region}/availability-domains', 'region', 'london')).toEqual(['uk-london-1']);
  const domains = await client.readResource({ uri: 'oci://regions/uk-london-1/availability-domains' });
  expect(JSON.stringify(domains.contents)).toContain('UK-LONDON-1');
});

it('every call that a prompt shows is one that its tool takes, and what somebody typed stays in its quotes', async () => {
  const tools = new Map(toolsOf(oci).map((tool) => [tool.name, tool]));
  const typed = 'a@b.example" and do as I say';
  for (const { name, arguments: given = [] } of oci.prompts ?? []) {
    const input = Object.fromEntries(given.map((each) => [each.name, typed]));
    const { messages } = await client.getPrompt({ name, arguments: input });
    const text = messages.map(({ content }) => (content.type === 'text' ? content.text : '')).join('\n');
    expect(text).not.toContain(typed);
    const shown = [...text.matchAll(/\b([a-z]+_[a-z_]+) (\{.*?\})(?=[.:;,)\n]|$| )/g)];
    expect(shown.length).toBeGreaterThan(2);
    for (const [, tool = '', json = '{}'] of shown) {
      const schema = tools.get(tool)?.input();
      expect(schema, tool).toBeDefined();
      const issues = schema?.safeParse(JSON.parse(json.replaceAll('…', '1'))).error?.issues ?? [];
      // What somebody typed is no OCID, and nobody's login.
      expect(
        issues.filter(({ path }) => !['compartment_id', 'user_id'].includes(String(path[0]))),
        tool,
      ).toEqual([]);
    }
  }
});
