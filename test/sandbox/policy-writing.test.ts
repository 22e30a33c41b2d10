// Writing policies and their rules in the simulated Okta: what is made, replaced, moved, refused, and noted.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked, refusalOf } from './checked.ts';
import type { Item } from './kit.ts';

let sandbox: Sandbox;
let okta: Checked;

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  okta = createChecked(sandbox);
});
beforeEach(() => sandbox.okta.reset());
afterAll(() => sandbox.close());

const groupId = async (name: string) =>
  (await okta.list(`/api/v1/groups?q=${encodeURIComponent(name)}`))[0]?.id as string;
const policies = (type: string) => okta.list(`/api/v1/policies?type=${type}`);
const order = async (type: string) => (await policies(type)).map(({ name, priority }) => `${priority} ${name}`);
const rulesOf = (policy: Item) => okta.list(`/api/v1/policies/${policy.id}/rules`);
const signOnRule = (name: string, more: object = {}) => ({
  name,
  type: 'SIGN_ON',
  actions: { signon: { access: 'DENY' } },
  ...more,
});

describe('a policy', () => {
  it.each([
    ['OKTA_SIGN_ON', []],
    ['PASSWORD', []],
    ['MFA_ENROLL', []],
    ['ACCESS_POLICY', ['Catch-all Rule']],
    ['PROFILE_ENROLLMENT', ['Catch-all Rule']],
    ['DEVICE_SIGNAL_COLLECTION', []],
  ])('of type %s is made with its first rules, read again and deleted', async (type, rules) => {
    const before = await policies(type);
    const made = await okta.done('POST', '/api/v1/policies', { type, name: 'Night shift', description: 'After ten' });
    expect(made).toMatchObject({ name: 'Night shift', status: 'ACTIVE', system: false, description: 'After ten' });
    expect(await okta.done('GET', `/api/v1/policies/${made.id}`)).toEqual(made);
    expect((await rulesOf(made)).map((rule) => rule.name)).toEqual(rules);
    expect((await okta.send('DELETE', `/api/v1/policies/${made.id}`)).status).toBe(204);
    expect(await policies(type)).toEqual(before);
    expect(await okta.events(2)).toEqual(['policy.lifecycle.delete', 'policy.lifecycle.create']);
  });

  it('of a type that Okta alone makes is refused, as is one without a name or with a name in use', async () => {
    const make = async (body: object) => refusalOf(await okta.send('POST', '/api/v1/policies', body));
    expect(await make({ type: 'IDP_DISCOVERY', name: 'x' })).toEqual([
      400,
      'E0000001',
      expect.stringMatching(/^type:/),
    ]);
    expect(await make({ type: 'TEA', name: 'x' })).toEqual([400, 'E0000001', expect.stringMatching(/^type:/)]);
    expect(await make({ type: 'PASSWORD' })).toEqual([400, 'E0000001', 'name: The field cannot be left blank']);
    expect(await make({ type: 'PASSWORD', name: 'Default Policy' })).toEqual([
      400,
      'E0000001',
      'name: Policy name already in use',
    ]);
    expect(
      await make({ type: 'PASSWORD', name: 'x', conditions: { people: { groups: { include: ['00gNone'] } } } }),
    ).toEqual([400, 'E0000001', expect.stringMatching(/^conditions.people.groups.include:.*00gNone/)]);
  });

  it('is made inactive when asked, and goes on and off with one event each', async () => {
    const made = await okta.done('POST', '/api/v1/policies?activate=false', { type: 'OKTA_SIGN_ON', name: 'Later' });
    expect(made.status).toBe('INACTIVE');
    const path = `/api/v1/policies/${made.id}`;
    for (const [step, status] of [
      ['activate', 'ACTIVE'],
      ['activate', 'ACTIVE'],
      ['deactivate', 'INACTIVE'],
    ]) {
      expect((await okta.send('POST', `${path}/lifecycle/${step}`)).status).toBe(204);
      expect((await okta.done('GET', path)).status).toBe(status);
    }
    expect(await okta.events(3)).toEqual([
      'policy.lifecycle.deactivate',
      'policy.lifecycle.activate',
      'policy.lifecycle.create',
    ]);
  });

  it('takes the priority asked for; the others make room, and the default one stays last', async () => {
    const make = (name: string, priority?: number) =>
      okta.done('POST', '/api/v1/policies', { type: 'OKTA_SIGN_ON', name, ...(priority ? { priority } : {}) });
    await make('Last');
    const first = await make('First', 1);
    await make('Far', 99);
    expect(await order('OKTA_SIGN_ON')).toEqual(['1 First', '2 Administrators', '3 Last', '4 Far', '5 Default Policy']);
    const moved = { type: 'OKTA_SIGN_ON', name: 'First', priority: 3 };
    expect(await okta.done('PUT', `/api/v1/policies/${first.id}`, moved)).toMatchObject({ priority: 3 });
    expect(await order('OKTA_SIGN_ON')).toEqual(['1 Administrators', '2 Last', '3 First', '4 Far', '5 Default Policy']);
    await okta.send('DELETE', `/api/v1/policies/${first.id}`);
    expect(await order('OKTA_SIGN_ON')).toEqual(['1 Administrators', '2 Last', '3 Far', '4 Default Policy']);
  });

  it('is replaced as a whole: what is not sent is gone or as Okta has it at first', async () => {
    const [own] = await policies('PASSWORD');
    const finance = await groupId('Finance');
    const replaced = (await okta.done('PUT', `/api/v1/policies/${own?.id}`, {
      type: 'PASSWORD',
      name: 'Finance passwords',
      conditions: { people: { groups: { include: [finance] } } },
    })) as unknown as Item & { settings: { password: { complexity: { minLength: number } } } };
    expect(replaced).toMatchObject({ name: 'Finance passwords', description: '', priority: 1, status: 'ACTIVE' });
    expect((replaced.conditions as Item).people).toEqual({ groups: { include: [finance] } });
    expect(replaced.settings.password.complexity.minLength).toBe(8);
    const wrong = await okta.send('PUT', `/api/v1/policies/${own?.id}`, { type: 'OKTA_SIGN_ON', name: 'x' });
    expect(refusalOf(wrong)).toEqual([400, 'E0000001', 'type: The policy type cannot be changed.']);
    expect(await okta.done('GET', `/api/v1/policies/${own?.id}`)).toEqual(replaced);
  });

  it('of Okta itself keeps name, place, people and status, and is never deleted', async () => {
    const own = (await policies('PASSWORD')).find((policy) => policy.system) as Item;
    const path = `/api/v1/policies/${own.id}`;
    const put = (more: object) => okta.send('PUT', path, { type: 'PASSWORD', name: 'Default Policy', ...more });
    expect(refusalOf(await put({ name: 'Mine' }))).toEqual([403, 'E0000077']);
    expect(refusalOf(await put({ priority: 1 }))).toEqual([403, 'E0000077']);
    expect(refusalOf(await okta.send('DELETE', path))).toEqual([403, 'E0000111']);
    expect(refusalOf(await okta.send('POST', `${path}/lifecycle/deactivate`))).toEqual([403, 'E0000077']);
    expect(await okta.done('GET', path)).toEqual(own);
    const changed = await okta.done('PUT', path, {
      type: 'PASSWORD',
      name: 'Default Policy',
      priority: own.priority,
      description: 'Ours',
      settings: own.settings,
      conditions: { people: { groups: { include: [await groupId('Finance')] } } },
    });
    expect(changed).toMatchObject({ description: 'Ours', conditions: own.conditions, settings: own.settings });
  });
});

describe('a rule', () => {
  const defaultPolicy = async (type: string) => (await policies(type)).find((policy) => policy.system) as Item;

  it('is made before the default rule, moved, replaced and deleted', async () => {
    const policy = await defaultPolicy('OKTA_SIGN_ON');
    const path = `/api/v1/policies/${policy.id}/rules`;
    const names = async () => (await rulesOf(policy)).map(({ name, priority }) => `${priority} ${name}`);
    const before = await names();
    const made = await okta.done('POST', path, signOnRule('Closed', { priority: 2 }));
    expect(made).toMatchObject({
      status: 'ACTIVE',
      system: false,
      conditions: { network: { connection: 'ANYWHERE' } },
    });
    expect(await names()).toEqual([
      '1 Offices without second factor',
      '2 Closed',
      '3 Second factor by device',
      '4 Default Rule',
    ]);
    const offices = (await okta.list('/api/v1/zones')).find((zone) => zone.name === 'Offices') as Item;
    const network = { connection: 'ZONE', exclude: [offices.id] };
    const replaced = await okta.done(
      'PUT',
      `${path}/${made.id}`,
      signOnRule('Closed outside', { priority: 1, conditions: { network } }),
    );
    expect(replaced).toMatchObject({ priority: 1, conditions: { network } });
    expect(await okta.done('GET', `${path}/${made.id}`)).toEqual(replaced);
    expect((await okta.send('DELETE', `${path}/${made.id}`)).status).toBe(204);
    expect(await names()).toEqual(before);
    expect(await okta.events(3)).toEqual(['policy.rule.delete', 'policy.rule.update', 'policy.rule.add']);
  });

  it('goes on and off', async () => {
    const policy = await defaultPolicy('OKTA_SIGN_ON');
    const path = `/api/v1/policies/${policy.id}/rules`;
    const made = await okta.done('POST', `${path}?activate=false`, signOnRule('Off'));
    expect(made.status).toBe('INACTIVE');
    expect((await okta.send('POST', `${path}/${made.id}/lifecycle/activate`)).status).toBe(204);
    expect((await okta.done('GET', `${path}/${made.id}`)).status).toBe('ACTIVE');
    expect((await okta.send('POST', `${path}/${made.id}/lifecycle/deactivate`)).status).toBe(204);
    expect((await okta.done('GET', `${path}/${made.id}`)).status).toBe('INACTIVE');
    expect(await okta.events(2)).toEqual(['policy.rule.deactivate', 'policy.rule.activate']);
  });

  it('is refused without an action, of another type, with a name in use, with zones that are not there', async () => {
    const policy = await defaultPolicy('OKTA_SIGN_ON');
    const [offices] = await okta.list('/api/v1/zones');
    const make = async (body: object) =>
      refusalOf(await okta.send('POST', `/api/v1/policies/${policy.id}/rules`, body)).slice(2)[0];
    const network = (more: object) => signOnRule('x', { conditions: { network: { connection: 'ZONE', ...more } } });
    expect(await make({ name: 'x' })).toBe('actions.signon: The field cannot be left blank');
    expect(await make({ name: 'x', actions: { signon: { access: 'PERHAPS' } } })).toMatch(/^actions.signon.access:/);
    expect(await make(signOnRule('x', { type: 'PASSWORD' }))).toMatch(/^type:/);
    expect(await make(signOnRule('Default Rule'))).toBe('name: Policy rule name already in use');
    expect(await make(signOnRule('x'.repeat(51)))).toMatch(/^name:/);
    expect(await make(signOnRule('x', { priority: 0 }))).toMatch(/^priority:/);
    const both = 'conditions.network: You should either include or exclude network zones';
    expect(await make(network({}))).toContain(both);
    expect(await make(network({ include: [offices?.id], exclude: [offices?.id] }))).toContain(both);
    expect(await make(network({ include: ['nzoNone'] }))).toContain('nzoNone');
    expect(await rulesOf(policy)).toHaveLength(3);
  });

  it('of Okta itself keeps its name, place and conditions; of enrolment it cannot be changed at all', async () => {
    const policy = await defaultPolicy('OKTA_SIGN_ON');
    const rule = (await rulesOf(policy)).at(-1) as Item;
    const path = `/api/v1/policies/${policy.id}/rules/${rule.id}`;
    expect(refusalOf(await okta.send('DELETE', path))).toEqual([403, 'E0000111']);
    expect(refusalOf(await okta.send('POST', `${path}/lifecycle/deactivate`))).toEqual([403, 'E0000077']);
    expect(refusalOf(await okta.send('PUT', path, signOnRule('Mine')))).toEqual([403, 'E0000077']);
    expect(refusalOf(await okta.send('PUT', path, signOnRule('Default Rule', { priority: 1 })))).toEqual([
      403,
      'E0000077',
    ]);
    expect(await okta.done('PUT', path, signOnRule('Default Rule'))).toMatchObject({
      conditions: rule.conditions,
      actions: { signon: { access: 'DENY' } },
    });
    const enrolment = await defaultPolicy('MFA_ENROLL');
    const [only] = await rulesOf(enrolment);
    const body = { name: 'Default Rule', type: 'MFA_ENROLL', actions: { enroll: { self: 'NEVER' } } };
    const refused = await okta.send('PUT', `/api/v1/policies/${enrolment.id}/rules/${only?.id}`, body);
    expect(refusalOf(refused)).toEqual([403, 'E0000111']);
  });

  it('cannot be added to a profile enrolment policy, and is not found elsewhere', async () => {
    const [enrolment] = await policies('PROFILE_ENROLLMENT');
    const body = { name: 'x', type: 'PROFILE_ENROLLMENT', actions: { profileEnrollment: { access: 'ALLOW' } } };
    expect(refusalOf(await okta.send('POST', `/api/v1/policies/${enrolment?.id}/rules`, body))[1]).toBe('E0000001');
    const [rule] = await rulesOf(await defaultPolicy('PASSWORD'));
    for (const method of ['PUT', 'DELETE'])
      expect(
        refusalOf(await okta.send(method, `/api/v1/policies/${enrolment?.id}/rules/${rule?.id}`, { name: 'x' }))[1],
      ).toBe('E0000007');
  });
});
