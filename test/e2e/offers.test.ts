// Resources, prompts and completions through every door.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/answers.ts';
import { type Facts, readFacts } from '../support/cases.ts';
import type { Entity } from '../support/organization.ts';
import { doors, openTestServer, type TestServer } from '../support/server.ts';

const addresses = [
  'server://info',
  'server://health',
  'okta://help/usage',
  'okta://prompts/system',
  'okta://workflows/troubleshooting',
  'okta://examples/log_queries',
  'okta://event-types',
  'okta://error-codes',
  'okta://templates/user_update',
  'okta://templates/application_config',
  'okta://templates/responses',
  'okta://org/info',
];
const families = ['users', 'groups', 'apps', 'policies', 'zones'].map((name) => `okta://${name}/{id}`);
const prompts = [
  'okta-cannot-sign-in',
  'okta-cannot-open-app',
  'okta-lost-phone',
  'okta-lost-device',
  'okta-onboarding',
  'okta-offboarding',
  'okta-suspicious-activity',
  'okta-lockout-wave',
  'okta-blocked-by-zone',
  'okta-what-happened',
  'okta-access-review',
  'okta-administrator-review',
  'okta-policy-review',
];

let server: TestServer;
let facts: Facts;
let app: Entity;

beforeAll(async () => {
  server = await openTestServer();
  facts = await readFacts(server.organization);
  app = facts.app;
});

afterAll(() => server.close());

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  let client: Client;

  beforeAll(async () => {
    client = await server.connect(era, door);
  });

  async function read(uri: string): Promise<string> {
    const { contents } = await client.readResource({ uri }, { cacheMode: 'bypass' });
    expect(contents).toHaveLength(1);
    const [content] = contents;
    expect(content?.uri).toBe(uri);
    return content && 'text' in content ? content.text : '';
  }

  async function complete(
    ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string },
    name: string,
    value: string,
    others: Record<string, string> = {},
  ): Promise<readonly string[]> {
    const context = Object.keys(others).length > 0 ? { context: { arguments: others } } : {};
    const { completion } = await client.complete({ ref, argument: { name, value }, ...context });
    expect(completion.values.length).toBeLessThanOrEqual(100);
    return completion.values;
  }
  const prompt = (name: string) => ({ type: 'ref/prompt', name }) as const;

  it('the instructions name only tools and parameters that there are', async () => {
    const { tools } = await client.listTools();
    const parameters = tools.flatMap(({ inputSchema, outputSchema }) =>
      [inputSchema, outputSchema].flatMap((schema) => Object.keys(schema?.properties ?? {})),
    );
    const known = new Set([...tools.map(({ name }) => name), ...parameters]);
    const words = (client.getInstructions() ?? '').match(/\b[a-z]+(?:_[a-z]+)+\b/g) ?? [];
    expect(words.length).toBeGreaterThan(2);
    expect(words.filter((word) => !known.has(word))).toEqual([]);
  });

  describe('resources', () => {
    it('are listed, and each can be read', async () => {
      const { resources } = await client.listResources();
      expect(resources.map(({ uri }) => uri).toSorted()).toEqual(addresses.toSorted());
      for (const { uri, mimeType, description } of resources) {
        expect(description, uri).toMatch(/\w/);
        const text = await read(uri);
        expect(text.length, uri).toBeGreaterThan(100);
        expect(text, uri).not.toMatch(/undefined|\[object/);
        if (mimeType === 'application/json') expect(() => JSON.parse(text)).not.toThrow();
      }
      const { resourceTemplates } = await client.listResourceTemplates();
      expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(families);
    });

    it('of the organization say what its tools say, marked as data', async () => {
      const { id, login } = { id: facts.user.id, login: facts.login };
      const { text } = await ask(client, 'get_okta_user', { user_id: id });
      expect(await read(`okta://users/${id}`)).toBe(text);
      expect(await read(`okta://users/${encodeURIComponent(login)}`)).toBe(text);
      expect(text).toMatch(/^⟦data /);
      for (const [family, entity] of [
        ['groups', facts.group],
        ['apps', app],
        ['policies', facts.policy],
        ['zones', facts.zone],
      ] as const) {
        expect(await read(`okta://${family}/${entity.id}`)).toContain(entity.id);
      }
      const org = await server.organization.read<Entity>('/api/v1/org');
      expect(await read('okta://org/info')).toContain(String(org.companyName));
    });

    it('that do not exist are not found', async () => {
      for (const uri of [
        'okta://users/00uNobodyHasThisId00',
        'okta://nothing/here',
        'okta://users',
        'server://secrets',
        'file:///etc/passwd',
        'okta://other/users/00u1',
      ]) {
        await expect(client.readResource({ uri })).rejects.toThrow(/not found|no such|not exist/i);
      }
    });

    it('with addresses that lead elsewhere reach nothing', async () => {
      const before = server.organization.asked.length;
      const odd = [
        'okta://users/..%2fgroups',
        'okta://users/%2e%2e',
        'okta://users/%',
        'okta://users/a%00b',
        `okta://users/${'a'.repeat(5_000)}`,
        'okta://groups/00g1?limit=2',
        'okta://{tenant}/users/1',
        '__proto__',
      ];
      for (const uri of odd) await expect(client.readResource({ uri }), uri).rejects.toThrow();
      expect(server.organization.asked.slice(before)).toEqual([]);
      expect(await read('okta://help/usage')).toContain('Castellan');
    });

    it('tell about the server, without secrets', async () => {
      const info = JSON.parse(await read('server://info'));
      expect(info).toMatchObject({
        name: 'castellan',
        tenants: [{ name: 'okta', platform: 'okta', read_only: false }],
      });
      const { tools } = await client.listTools();
      expect(info.tools).toBe(tools.length);
      expect(info.changes).toBe(tools.filter(({ annotations }) => !annotations?.readOnlyHint).length);
      const health = JSON.parse(await read('server://health'));
      expect(health).toMatchObject({ status: 'ok', tenants: [{ name: 'okta', ok: true }] });
      expect(health.parts).toContainEqual({ name: 'store', ok: true });
      expect(JSON.stringify([info, health])).not.toContain(server.organization.token);
    });
  });

  describe('prompts', () => {
    it('are listed, and each is written', async () => {
      const listed = await client.listPrompts();
      expect(listed.prompts.map(({ name }) => name)).toEqual(prompts);
      for (const { name, arguments: args = [] } of listed.prompts) {
        const given = Object.fromEntries(args.map((each) => [each.name, `${each.name}-value`]));
        const { messages, description } = await client.getPrompt({ name, arguments: given });
        expect(description, name).toMatch(/\w/);
        const text = messages.map(({ content }) => (content.type === 'text' ? content.text : '')).join('\n');
        for (const { name: argument } of args) expect(text, name).toContain(`"${argument}-value"`);
        expect(text).not.toContain('cannot be used here');
      }
    });

    it('want what they need, and no more than fits', async () => {
      await expect(client.getPrompt({ name: 'okta-lost-phone', arguments: {} })).rejects.toThrow(/needs: user/);
      await expect(client.getPrompt({ name: 'okta-lost-phone', arguments: { user: ' ' } })).rejects.toThrow(/user/);
      await expect(client.getPrompt({ name: 'okta-lost-phone', arguments: { user: 'a'.repeat(501) } })).rejects.toThrow(
        /500/,
      );
      await expect(client.getPrompt({ name: 'okta-lost-car' })).rejects.toThrow(/no such prompt/);
    });
  });

  describe('completions', () => {
    it('of people, groups, applications, policies and zones come from the organization', async () => {
      const found = await complete(prompt('okta-offboarding'), 'user', facts.login.slice(0, 4));
      expect(found).toContain(facts.login);
      // Okta finds by any of the names; what begins like what was typed comes first.
      const begins = (await complete(prompt('okta-offboarding'), 'user', 'ma')).map((login) => login.startsWith('ma'));
      expect(begins).toEqual(begins.toSorted((a, b) => Number(b) - Number(a)));
      expect(new Set(begins).size).toBe(2);
      const [everyone] = await complete(prompt('okta-access-review'), 'group', 'every');
      expect(everyone).toBe('Everyone');
      const label = String(app.label);
      expect(await complete(prompt('okta-access-review'), 'app', label.slice(0, 3))).toContain(label);
      const policy = String(facts.policy.name);
      const type = { type: 'OKTA_SIGN_ON' };
      expect(await complete(prompt('okta-policy-review'), 'policy', policy.slice(0, 3), type)).toContain(policy);
      const zone = String(facts.zone.name);
      expect(await complete(prompt('okta-blocked-by-zone'), 'zone', zone.slice(0, 3).toLowerCase())).toContain(zone);
    });

    it('of our own words need nobody', async () => {
      const before = server.organization.asked.length;
      const types = await complete(prompt('okta-what-happened'), 'event_type', 'user.account.l');
      expect(types.slice(0, 2)).toEqual(['user.account.lock', 'user.account.lock.limit']);
      expect(await complete(prompt('okta-policy-review'), 'type', 'okta')).toEqual(['OKTA_SIGN_ON']);
      expect(await complete(prompt('okta-what-happened'), 'since', '')).toContain('24 hours ago');
      expect(server.organization.asked.length).toBe(before);
    });

    it('of addresses are ids by the names that people know', async () => {
      const at = (family: string) => ({ type: 'ref/resource', uri: `okta://${family}/{id}` }) as const;
      expect(await complete(at('users'), 'id', facts.login.slice(0, 4))).toContain(facts.login);
      expect(await complete(at('groups'), 'id', 'Everyone')).toEqual([facts.group.id]);
      expect(await complete(at('apps'), 'id', String(app.label))).toContain(app.id);
      expect(await complete(at('zones'), 'id', String(facts.zone.name))).toContain(facts.zone.id);
    });

    it('of what does not exist, or is too long, are empty', async () => {
      for (const [ref, name, value] of [
        [prompt('okta-lost-car'), 'user', 'a'],
        [prompt('okta-lost-phone'), 'app', 'a'],
        [prompt('okta-lost-phone'), '__proto__', 'a'],
        [prompt('okta-lost-phone'), 'user', 'a'.repeat(1_000)],
        [prompt('okta-lost-phone'), 'user', 'zzzzzzzz'],
        [prompt('okta-onboarding'), 'email', 'a'],
        [prompt('okta-lost-phone'), 'tenant', ''],
        [{ type: 'ref/resource', uri: 'okta://users/{id}' }, 'constructor', 'a'],
        [{ type: 'ref/resource', uri: 'okta://org/info' }, 'id', 'a'],
        [{ type: 'ref/resource', uri: 'okta://nothing/{id}' }, 'id', 'a'],
      ] as const) {
        expect(await complete(ref, name, value), `${name} ${value.slice(0, 9)}`).toEqual([]);
      }
    });
  });
});
