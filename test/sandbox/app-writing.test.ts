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
    const full = {
      ...app,
      accessibility: { selfService: true, errorRedirectUrl: 'https://crm.example/error' },
      visibility: { autoLaunch: true, hide: { iOS: true, web: true } },
      settings: { ...app.settings, notes: { admin: 'Ask Sales' } },
    };
    const { accessibility, visibility, settings } = full;
    expect(await okta.done('PUT', pathOf(app), full)).toMatchObject({ accessibility, visibility, settings });
    const written = (await okta.done('PUT', pathOf(app), { label: 'Harbour', signOnMode: 'SAML_2_0' })) as App;
    expect(written).toMatchObject({ visibility: { autoLaunch: false, hide: { iOS: false, web: false } } });
    expect([written.accessibility, written.settings.notes]).toEqual([{ selfService: false }, {}]);
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
