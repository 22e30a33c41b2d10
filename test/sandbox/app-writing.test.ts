// Changing applications in the simulated Okta: a PUT replaces, assignments come by group or by themselves, and every write is in the System Log.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type Checked, createChecked, refusalOf } from './checked.ts';
import { type Item, q } from './kit.ts';

let sandbox: Sandbox;
let okta: Checked;

beforeAll(async () => {
  sandbox = await openSandbox({ rateLimits: 'off' });
  okta = createChecked(sandbox);
});
beforeEach(() => sandbox.okta.reset());
afterAll(() => sandbox.close());

interface App extends Item {
  label: string;
  name: string;
  signOnMode: string;
  status: string;
  lastUpdated: string;
  settings: Record<string, Record<string, unknown>>;
  credentials: { oauthClient?: Record<string, unknown> };
}

const appNamed = async (label: string) => (await okta.list(`/api/v1/apps?q=${q(label)}`))[0] as App;
const groupNamed = async (name: string) => (await okta.list(`/api/v1/groups?q=${q(name)}`))[0] as Item;
const pathOf = (app: Item) => `/api/v1/apps/${app.id}`;
const userNamed = (login: string) => okta.done('GET', `/api/v1/users/${login}`);
const isAssigned = async (app: Item, user: Item) =>
  (await okta.send('GET', `${pathOf(app)}/users/${user.id}`)).status === 200;

/** What an application says of itself when nobody has touched it since. */
const content = ({ lastUpdated: _, ...rest }: App) => rest;

describe('PUT of an application', () => {
  it('that sends back what was read changes nothing but lastUpdated, for every kind', async () => {
    const apps = (await okta.list('/api/v1/apps?limit=200')) as App[];
    expect(new Set(apps.map((app) => app.signOnMode)).size).toBe(6);
    for (const app of apps) {
      const written = (await okta.done('PUT', pathOf(app), app)) as App;
      expect(content(written)).toEqual(content(app));
      expect(written.lastUpdated > app.lastUpdated).toBe(true);
      expect(await okta.done('GET', pathOf(app))).toEqual(written);
    }
  });

  it('loses every setting that is left out', async () => {
    const app = await appNamed('Harbour CRM');
    expect(app.settings.signOn).toHaveProperty('ssoAcsUrl');
    const written = (await okta.done('PUT', pathOf(app), { label: 'Harbour', signOnMode: 'SAML_2_0' })) as App;
    expect(written.label).toBe('Harbour');
    for (const lost of ['ssoAcsUrl', 'audience', 'recipient', 'destination', 'subjectNameIdTemplate', 'idpIssuer'])
      expect(written.settings.signOn, lost).not.toHaveProperty(lost);
    expect(await okta.events(1)).toEqual(['application.lifecycle.update']);
    const groups = await okta.list('/api/v1/groups?q=crm-sales&expand=app');
    expect(groups[0]).toMatchObject({ source: { id: app.id }, _embedded: { app: { label: 'Harbour' } } });
  });

  it('of an OpenID Connect client sets back what is left out and keeps its id', async () => {
    const app = await appNamed('Drydock Code');
    const { oauthClient } = app.settings;
    const written = (await okta.done('PUT', pathOf(app), {
      name: app.name,
      label: app.label,
      signOnMode: app.signOnMode,
      credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_post' } },
      settings: { oauthClient: { grant_types: ['authorization_code'], redirect_uris: ['https://code.example/cb'] } },
    })) as App;
    expect(oauthClient).toMatchObject({ consent_method: 'REQUIRED', client_uri: expect.any(String) });
    expect(written.settings.oauthClient).not.toHaveProperty('client_uri');
    expect(written.settings.oauthClient).toMatchObject({ consent_method: 'TRUSTED', application_type: 'web' });
    expect(written.credentials.oauthClient).toMatchObject({
      client_id: app.id,
      token_endpoint_auth_method: 'client_secret_post',
    });
  });

  it.each<[string, string, (app: App) => unknown, string, string?]>([
    ['no label', 'Harbour CRM', ({ signOnMode }) => ({ signOnMode }), 'label: The field cannot be left blank'],
    [
      'another sign-on mode',
      'Harbour CRM',
      (app) => ({ ...app, signOnMode: 'BOOKMARK' }),
      'signOnMode: The field is immutable',
    ],
    ['another kind', 'Harbour CRM', (app) => ({ ...app, name: 'other' }), 'name: The field is immutable'],
    [
      'no URL for a bookmark',
      'Canteen Menu',
      ({ name, label, signOnMode }) => ({ name, label, signOnMode }),
      'settings.app.url: The field cannot be left blank',
    ],
    [
      'a word where a flag belongs',
      'Harbour CRM',
      (app) => ({ ...app, visibility: { autoLaunch: 'yes' } }),
      'visibility.autoLaunch: The value must be true or false',
    ],
    [
      'a SAML section with a hole',
      'Harbour CRM',
      ({ label, signOnMode }) => ({ label, signOnMode, settings: { signOn: { ssoAcsUrl: 'https://crm.example' } } }),
      'settings.signOn.allowMultipleAcsEndpoints: The field cannot be left blank',
    ],
    [
      'a client without redirect URI',
      'Drydock Code',
      (app) => ({ ...app, settings: { oauthClient: { ...app.settings.oauthClient, redirect_uris: [] } } }),
      'settings.oauthClient.redirect_uris: At least one redirect URI is needed for these grant types',
    ],
    [
      'another client id',
      'Drydock Code',
      (app) => ({ ...app, credentials: { oauthClient: { client_id: '0oaSomebodyElse00000' } } }),
      'credentials.oauthClient.client_id: The field is immutable',
    ],
  ])('with %s is refused and changes nothing', async (_what, label, bodyOf, cause) => {
    const app = await appNamed(label);
    const reply = await okta.send('PUT', pathOf(app), bodyOf(app));
    expect(refusalOf(reply)).toEqual([400, 'E0000001', cause]);
    expect(await okta.done('GET', pathOf(app))).toEqual(app);
  });

  it('refuses the label of another application', async () => {
    const app = await appNamed('Harbour CRM');
    const reply = await okta.send('PUT', pathOf(app), { ...app, label: 'postern MAIL' });
    expect(refusalOf(reply)).toEqual([400, 'E0000040']);
  });
});

describe('an application', () => {
  it('is switched off, then deleted, and is named in the System Log all the same', async () => {
    const app = await appNamed('Fathom Analytics');
    expect(refusalOf(await okta.send('DELETE', pathOf(app)))).toEqual([403, 'E0000056']);
    expect(await okta.done('POST', `${pathOf(app)}/lifecycle/deactivate`)).toEqual({});
    const off = (await okta.done('GET', pathOf(app))) as App;
    expect([off.status, off.lastUpdated > app.lastUpdated]).toEqual(['INACTIVE', true]);
    expect(await okta.done('POST', `${pathOf(app)}/lifecycle/activate`)).toEqual({});
    expect(((await okta.done('GET', pathOf(app))) as App).status).toBe('ACTIVE');
    await okta.done('POST', `${pathOf(app)}/lifecycle/deactivate`);
    expect((await okta.send('DELETE', pathOf(app))).status).toBe(204);
    expect((await okta.send('GET', pathOf(app))).status).toBe(404);
    expect((await okta.list('/api/v1/apps?limit=200')).map((other) => other.id)).not.toContain(app.id);
    const managers = await groupNamed('Managers');
    expect((await okta.list(`/api/v1/groups/${managers.id}/apps`)).map((other) => other.id)).not.toContain(app.id);
    const [event] = await okta.list('/api/v1/logs?sortOrder=DESCENDING&limit=1');
    expect(event).toMatchObject({
      eventType: 'application.lifecycle.delete',
      target: [{ id: app.id, displayName: 'Fathom Analytics' }],
    });
    const [later, group] = [await appNamed('Logbook Expenses'), await groupNamed('VPN')];
    await okta.done('PUT', `${pathOf(later)}/groups/${group.id}`);
    const [assigned] = await okta.list(
      `/api/v1/logs?sortOrder=DESCENDING&limit=1&filter=${q('eventType eq "group.application_assignment.add"')}`,
    );
    expect(assigned).toMatchObject({ target: [{ displayName: 'Logbook Expenses' }, { displayName: 'VPN Users' }] });
  });
});

describe('a person at an application', () => {
  it('is assigned, written to and taken off again', async () => {
    const app = await appNamed('Tidewater Payroll');
    const user = await userNamed('maya.lindqvist');
    expect(await isAssigned(app, user)).toBe(false);
    const assigned = await okta.done('POST', `${pathOf(app)}/users`, {
      id: user.id,
      scope: 'USER',
      credentials: { userName: 'maya', password: { value: 'Correct-Horse-9' } },
      profile: { costCode: 'LS-7' },
    });
    expect(assigned).toMatchObject({ scope: 'USER', credentials: { userName: 'maya', password: {} } });
    expect(JSON.stringify(assigned)).not.toContain('Correct-Horse');
    expect(assigned.profile).toMatchObject({ costCode: 'LS-7', email: 'maya.lindqvist@larkspur.example' });
    expect(await okta.events(1)).toEqual(['application.user_membership.add']);
    expect(await okta.done('GET', `${pathOf(app)}/users/${user.id}`)).toEqual(assigned);
    const changed = await okta.done('POST', `${pathOf(app)}/users/${user.id}`, {
      profile: { costCode: null, tier: 2 },
    });
    expect(changed.profile).not.toHaveProperty('costCode');
    expect(changed.profile).toMatchObject({ tier: 2 });
    expect(changed.credentials).toMatchObject({ userName: 'maya' });
    expect(await okta.events(1)).toEqual(['application.user_membership.update']);
    await okta.done('POST', `${pathOf(app)}/users/${user.id}`, { credentials: { userName: 'm.lindqvist' } });
    expect(await okta.events(1)).toEqual(['application.user_membership.change_username']);
    expect((await okta.send('DELETE', `${pathOf(app)}/users/${user.id}?sendEmail=true`)).status).toBe(204);
    expect(await isAssigned(app, user)).toBe(false);
    expect(await okta.events(1)).toEqual(['application.user_membership.remove']);
    const again = await okta.done('POST', `${pathOf(app)}/users`, { id: user.id });
    expect(again.profile).not.toHaveProperty('tier');
  });

  it('who also has it by a group is left with that', async () => {
    const app = await appNamed('Harbour CRM');
    const user = await userNamed('maya.lindqvist');
    const scope = async () => (await okta.done('GET', `${pathOf(app)}/users/${user.id}`)).scope;
    expect(await scope()).toBe('GROUP');
    expect(refusalOf(await okta.send('DELETE', `${pathOf(app)}/users/${user.id}`))).toEqual([403, 'E0000046']);
    const latest = await okta.list('/api/v1/logs?sortOrder=DESCENDING&limit=1');
    await okta.done('POST', `${pathOf(app)}/users`, { id: user.id });
    expect(await scope()).toBe('USER');
    expect((await okta.send('DELETE', `${pathOf(app)}/users/${user.id}`)).status).toBe(204);
    expect(await scope()).toBe('GROUP');
    // Nobody came to the application or left it.
    expect(await okta.list('/api/v1/logs?sortOrder=DESCENDING&limit=1')).toEqual(latest);
    await okta.done('POST', `${pathOf(app)}/users`, { id: user.id });
    await okta.done('POST', `${pathOf(app)}/users`, { id: user.id, scope: 'GROUP' });
    expect(await scope()).toBe('GROUP');
  });

  it('is refused when deactivated, and at an application that is switched off', async () => {
    const [left] = await okta.list(`/api/v1/users?search=${q('status eq "DEPROVISIONED"')}&limit=1`);
    const maya = await userNamed('maya.lindqvist');
    const app = await appNamed('Tidewater Payroll');
    const users = `${pathOf(app)}/users`;
    expect(refusalOf(await okta.send('POST', users, { id: left?.id }))).toEqual([403, 'E0000117']);
    expect((await okta.send('POST', users, { id: 'nobody' })).status).toBe(404);
    expect(refusalOf(await okta.send('POST', users, {}))).toEqual([
      400,
      'E0000001',
      'id: The field cannot be left blank',
    ]);
    expect(refusalOf(await okta.send('POST', users, { id: maya.id, scope: 'GROUP' })).slice(0, 2)).toEqual([
      400,
      'E0000001',
    ]);
    expect((await okta.send('PUT', `${users}/${maya.id}`, {})).status).toBe(405);
    expect((await okta.send('DELETE', `${users}/${maya.id}`)).status).toBe(404);
    const off = await appNamed('Old Anchor Warehouse');
    expect(refusalOf(await okta.send('POST', `${pathOf(off)}/users`, { id: maya.id }))).toEqual([404, 'E0000007']);
    const vpn = await groupNamed('VPN');
    expect(refusalOf(await okta.send('PUT', `${pathOf(off)}/groups/${vpn.id}`, {}))).toEqual([404, 'E0000007']);
  });

  it('loses it when deactivated; activation brings back what the groups give', async () => {
    const user = await userNamed('maya.lindqvist');
    const [crm, payroll] = [await appNamed('Harbour CRM'), await appNamed('Tidewater Payroll')];
    await okta.done('POST', `${pathOf(payroll)}/users`, { id: user.id });
    await okta.done('POST', `/api/v1/users/${user.id}/lifecycle/deactivate`);
    expect([await isAssigned(crm, user), await isAssigned(payroll, user)]).toEqual([false, false]);
    const listed = await okta.list(`${pathOf(crm)}/users?limit=500`);
    expect(listed.map((one) => one.id)).not.toContain(user.id);
    await okta.done('POST', `/api/v1/users/${user.id}/lifecycle/activate?sendEmail=false`);
    expect([await isAssigned(crm, user), await isAssigned(payroll, user)]).toEqual([true, false]);
  });
});

describe('a group at an application', () => {
  it('gives it to its members, and takes it', async () => {
    const app = await appNamed('Seawall VPN');
    const group = await groupNamed('Customer Service');
    const user = await userNamed('maya.lindqvist');
    const path = `${pathOf(app)}/groups/${group.id}`;
    const had = await isAssigned(app, user);
    const assigned = await okta.done('PUT', path);
    expect(assigned).toMatchObject({ id: group.id, priority: 1, profile: {} });
    expect(await okta.done('GET', path)).toEqual(assigned);
    expect(await isAssigned(app, user)).toBe(true);
    expect(await okta.events(200)).toContain('group.application_assignment.add');
    expect((await okta.send('DELETE', path)).status).toBe(204);
    expect((await okta.send('GET', path)).status).toBe(404);
    expect((await okta.send('DELETE', path)).status).toBe(404);
    expect(await isAssigned(app, user)).toBe(had);
    expect(await okta.events(200)).toContain('application.user_membership.remove');
  });

  it('has a place among the others and a profile for its members', async () => {
    const app = await appNamed('Harbour CRM');
    const [first, second, third] = await okta.list(`${pathOf(app)}/groups`);
    const order = async () => (await okta.list(`${pathOf(app)}/groups`)).map((one) => [one.id, one.priority]);
    const path = `${pathOf(app)}/groups/${third?.id}`;
    const put = await okta.done('PUT', path, { priority: 0, profile: { role: 'agent', tier: 1 } });
    expect(put).toMatchObject({ priority: 0, profile: { role: 'agent', tier: 1 } });
    expect(await order()).toEqual([
      [third?.id, 0],
      [first?.id, 1],
      [second?.id, 2],
    ]);
    expect(await okta.events(1)).toEqual(['group.application_assignment.update']);
    const user = await userNamed('maya.lindqvist');
    const seen = await okta.done('GET', `${pathOf(app)}/users/${user.id}`);
    expect(seen).toMatchObject({ scope: 'GROUP', profile: { role: 'agent' } });
    const patched = await okta.done('PATCH', path, [
      { op: 'replace', path: '/profile/role', value: 'lead' },
      { op: 'remove', path: '/profile/tier' },
      { op: 'replace', path: '/priority', value: 2 },
    ]);
    expect(patched).toMatchObject({ priority: 2, profile: { role: 'lead' } });
    expect(patched.profile).not.toHaveProperty('tier');
    // PUT replaces: what is left out is lost, the place is kept.
    expect(await okta.done('PUT', path)).toMatchObject({ priority: 2, profile: {} });
    for (const step of [
      { op: 'add', path: '/priority', value: 1 },
      { op: 'replace', path: '/id', value: 'x' },
    ])
      expect((await okta.send('PATCH', path, [step])).status).toBe(400);
    expect((await okta.send('PUT', path, { priority: -1 })).status).toBe(400);
  });
});
