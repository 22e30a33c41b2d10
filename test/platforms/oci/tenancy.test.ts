// Reading the tenancy and the audit log, and whatever else a service answers to GET, with each request held against the models of
// Oracle's SDKs.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, call, type Row, rowsOf } from '../../support/answers.ts';
import { domainAdmin, type OciServer, openOciServer } from '../../support/oci.ts';

let server: OciServer;
let client: Client;

beforeAll(async () => {
  server = await openOciServer({ parts: { tools: { toolsets: ['all', 'oci.api'] } } });
  client = await server.server.connect('2026-07-28', 'http');
});
afterAll(() => server.close());

type Input = Record<string, unknown>;
const read = (name: string, input: Input = {}) => call(client, name, input);
const value = async (name: string, input: Input = {}) => (await ask(client, name, input)).value;
const rows = async (name: string, list: string, input: Input = {}) => rowsOf(await ask(client, name, input), list);

describe('the tenancy', () => {
  test.each(['get_oci_tenancy', 'get_tenancy', 'get_current_tenancy'])('by the name %s', async (name) => {
    expect(await value(name)).toMatchObject({ id: server.oci.tenancyId, name: 'larkspur', home_region_key: 'AMS' });
  });

  test('another one than the own is there for nobody, and OCI does not tell which of both it is', async () => {
    const { isError, text } = await read('get_tenancy', { tenancy_id: 'ocid1.tenancy.oc1..aaaaother' });
    expect(isError).toBe(true);
    expect(text).toMatch(/Either there is no such thing, or .* may not see it: OCI does not tell which/);
  });

  test('its regions, the home one marked', async () => {
    const regions = await rows('list_subscribed_regions', 'regions', { tenancy_id: server.oci.tenancyId });
    expect(regions.map(({ name }) => name)).toEqual(server.oci.regions);
    expect(regions.filter(({ home }) => home)).toEqual([expect.objectContaining({ name: server.oci.homeRegion })]);
  });

  test('availability domains are those of the region that is asked', async () => {
    const at = async (region?: string) =>
      (await rows('list_availability_domains', 'availability_domains', { ...(region && { region }) })).map(({ name }) =>
        String(name),
      );
    expect((await at()).join()).toContain('EU-AMSTERDAM-1');
    expect((await at('uk-london-1')).join()).toContain('UK-LONDON-1');
  });

  test.each(['list_availability_domains', 'get_os_namespace'])(
    '%s asks nothing in a region that it is not subscribed to',
    async (name) => {
      const { isError, text } = await read(name, { region: 'us-phoenix-1' });
      expect(isError).toBe(true);
      expect(text).toMatch(/not subscribed to the region us-phoenix-1[\s\S]*uk-london-1/);
    },
  );

  test('its namespace is the same in each region', async () => {
    const [here, there] = [await value('get_os_namespace'), await value('get_os_namespace', { region: 'uk-london-1' })];
    expect(here.namespace).toMatch(/^\w+$/);
    expect(there).toEqual(here);
  });

  test('policies with their statements, by compartment and by name', async () => {
    const policies = await rows('list_oci_policies', 'policies');
    expect(policies.flatMap(({ statements }) => statements).join('\n')).toMatch(/Allow group/);
    const [first] = policies;
    expect(await rows('list_oci_policies', 'policies', { name: first?.name })).toEqual([first]);
  });
});

describe('compartments', () => {
  test('directly below the root, or with in_subtree all of them', async () => {
    const direct = await rows('list_oci_compartments', 'compartments');
    const all = await rows('list_compartments', 'compartments', {
      compartment_id: server.oci.tenancyId,
      compartment_id_in_subtree: true,
    });
    expect(all.length).toBeGreaterThan(direct.length);
    expect(new Set(direct.map(({ parent }) => parent))).toEqual(new Set([server.oci.tenancyId]));
  });

  test('include_root shows the compartment itself among them, on the first page only', async () => {
    const page = await value('list_compartments', { include_root: true, max_results: 2 });
    const [root] = page.compartments as readonly Row[];
    expect(root).toMatchObject({ id: server.oci.tenancyId });
    const next = await value('list_compartments', { include_root: true, max_results: 2, cursor: page.next_cursor });
    expect((next.compartments as readonly Row[]).map(({ id }) => id)).not.toContain(server.oci.tenancyId);
  });

  test('by name, with the parameters of Oracle’s server', async () => {
    const [any] = await rows('list_oci_compartments', 'compartments');
    const found = await rows('get_compartment_by_name', 'compartments', {
      name: any?.name,
      parent_compartment_id: server.oci.tenancyId,
    });
    expect(found).toEqual([any]);
  });

  test('page by page each once, and a cursor continues no other list', async () => {
    const whole = await rows('list_oci_compartments', 'compartments', { in_subtree: true });
    const seen: unknown[] = [];
    let cursor: unknown;
    do {
      const page = await value('list_oci_compartments', {
        in_subtree: true,
        max_results: 2,
        ...(cursor !== undefined && { cursor }),
      });
      seen.push(...(page.compartments as readonly Row[]).map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(whole.map(({ id }) => id));
    const { next_cursor } = await value('list_oci_compartments', { in_subtree: true, max_results: 2 });
    const other = await read('list_oci_compartments', { max_results: 2, cursor: next_cursor });
    expect(other.text).toMatch(/cursor belongs to a list with other parameters/);
  });
});

describe('the audit log', () => {
  const week = { since: '7 days ago' };

  test('tells who did what, in a window in words', async () => {
    const events = await rows('list_oci_audit_events', 'events', week);
    expect(events.length).toBeGreaterThan(0);
    for (const { event, time } of events)
      expect([typeof event, String(time)]).toEqual(['string', expect.stringMatching(/Z$/)]);
  });

  test('of one actor, by name or OCID, of one kind of event, and of one resource', async () => {
    const events = await rows('list_oci_audit_events', 'events', week);
    const one = events.find(({ actor, actor_id }) => actor && actor_id) as Row;
    const byName = await rows('list_oci_audit_events', 'events', { ...week, actor: String(one.actor).toUpperCase() });
    expect(byName.length).toBeGreaterThan(0);
    expect(byName).toEqual(events.filter(({ actor }) => actor === one.actor));
    expect(await rows('list_oci_audit_events', 'events', { ...week, actor: one.actor_id })).toEqual(byName);
    const kind = String(one.event).toLowerCase().slice(0, 8);
    for (const { event, type } of await rows('list_oci_audit_events', 'events', { ...week, event: kind }))
      expect(`${event} ${type}`.toLowerCase()).toContain(kind);
    expect(await rows('list_oci_audit_events', 'events', { ...week, resource: 'nothing of the sort' })).toEqual([]);
  });

  test('page by page the same, though the window ends now at each call', async () => {
    const first = await value('list_oci_audit_events', { ...week, max_results: 3 });
    const next = await value('list_oci_audit_events', { ...week, max_results: 3, cursor: first.next_cursor });
    const both = await value('list_oci_audit_events', { ...week, max_results: 6 });
    const ids = (page: Row) => (page.events as readonly Row[]).map(({ id }) => id);
    expect([...ids(first), ...ids(next)]).toEqual(ids(both));
    // OCI tells a window by whole minutes, and all pages of a list are of one.
    const windows = server.asked.filter((line) => line.includes('auditEvents'));
    for (const line of windows) expect(line).toMatch(/startTime=[^&]*%3A00\.000Z&endTime=[^&]*%3A00\.000Z/);
  });

  test('in full leaves out what was sent and what proved the right to it', async () => {
    const events = await rows('list_oci_audit_events', 'events', { ...week, view: 'full', max_results: 20 });
    expect(JSON.stringify(events)).not.toMatch(/"headers"|"payload"|"credentials"|"parameters"/);
  });

  test.each([
    [{ since: 'now', until: '1 hour ago' }, /The window is empty/],
    [{ since: '900 days ago', until: '800 days ago' }, /365 days/],
    [{ compartment_id: 'x' }, /no OCID of a compartment/],
  ])('%j is refused with what to do', async (input, says) => {
    const { isError, text } = await read('list_oci_audit_events', input);
    expect(isError).toBe(true);
    expect(text).toMatch(says);
  });
});

describe('any service by GET', () => {
  const query = (input: Input) => read('query_oci_api', input);

  test('answers what the service answers, page by page', async () => {
    const input = {
      service: 'identity',
      path: '/20160918/compartments',
      query: { compartmentId: server.oci.tenancyId, limit: 1 },
    };
    const first = await value('query_oci_api', input);
    expect(first).toMatchObject({ complete: false, next_page: expect.any(String) });
    const next = await value('query_oci_api', { ...input, query: { ...input.query, page: first.next_page } });
    expect(next.answer).not.toEqual(first.answer);
  });

  test.each([
    [{ service: 'identity.evil.example/', path: '/x' }, /no such name/],
    [{ service: 'identity@evil', path: '/x' }, /no such name/],
    [{ service: 'identity', region: 'eu-amsterdam-1.evil.example', path: '/x' }, /no such name/],
    [{ service: 'identity', region: 'us-phoenix-1', path: '/x' }, /not subscribed to the region us-phoenix-1/],
    [{ service: 'identity', path: 'https://evil.example/x' }, /has a part that is none/],
    [{ service: 'identity', path: '//evil.example/x' }, /has a part that is none/],
    [{ service: 'identity', path: '/20160918/../../x' }, /cannot be an id/],
    [{ service: 'identity', path: '/20160918/%2e%2e/x' }, /has a part that is none/],
    [{ service: 'identity', path: '/x?y=1' }, /has a part that is none/],
    [{ service: 'identity', path: '/x#y' }, /has a part that is none/],
    [{ service: 'identity', path: '/x\\y' }, /has a part that is none/],
    [{ service: 'identity', path: '/x', query: { 'a&b': '1' } }, /query/],
  ])('%j goes nowhere', async (input, says) => {
    const before = server.asked.filter((line) => !line.includes('regionSubscriptions')).length;
    const { isError, text } = await query(input);
    expect(isError).toBe(true);
    expect(text).toMatch(says);
    expect(server.asked.filter((line) => !line.includes('regionSubscriptions'))).toHaveLength(before);
  });

  test('shows no secret of a service: keys of circuits, contents of vaults, private keys, scripts of instances', async () => {
    const secrets = {
      crossConnectMappings: [{ bgpMd5AuthKey: 'canary-circuit', vlan: 4 }],
      secretBundleContent: { contentType: 'BASE64', content: 'canary-vault' },
      metadata: { user_data: 'canary-script', ssh_authorized_keys: 'ssh-rsa AAAA' },
      notes: 'key: -----BEGIN PRIVATE KEY-----\ncanary-key\n-----END PRIVATE KEY-----',
    };
    server.hooks.after = (_method, _path, answer) => ({ ...answer, ...secrets });
    const { text, value: shown } = await query({
      service: 'identity',
      path: `/20160918/tenancies/${server.oci.tenancyId}`,
    });
    server.hooks.after = undefined;
    expect(text + JSON.stringify(shown)).not.toContain('canary');
    expect(shown.answer).toMatchObject({
      name: 'larkspur',
      crossConnectMappings: [{ vlan: 4 }],
      metadata: { ssh_authorized_keys: 'ssh-rsa AAAA' },
    });
  });

  test('has no way to change anything', async () => {
    const { text } = await query({ service: 'identity', path: '/20160918/regions', method: 'DELETE' });
    expect(text).toMatch(/method/);
    expect(server.mutations).toEqual([]);
  });
});

test('the caller by all names, with groups and administrator roles', async () => {
  for (const name of ['get_oci_caller', 'whoami', 'get_current_user']) {
    const me = await value(name);
    expect(me).toMatchObject({ login: domainAdmin, credential: 'api_key', active: true });
    expect((me.roles as readonly Row[]).map(({ name: role }) => role)).toContain('Identity Domain Administrator');
  }
  expect(await value('get_access_token_claims')).toEqual({
    note: expect.stringMatching(/API key/),
    notice: expect.anything(),
  });
});
