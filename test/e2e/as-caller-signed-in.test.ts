// Acting as the caller behind the broker: people sign in at the organization itself, and Castellan uses the token that it got
// there, for them alone; or exchanges it.

import { afterEach, expect, test } from 'vitest';
import { openSandbox } from '../../src/sandbox/index.ts';
import { type ApiGateway, openApiGateway } from '../support/api-gateway.ts';
import { brokerParts, obtain } from '../support/broker.ts';
import { ask, call } from '../support/messages.ts';
import { openOrganization } from '../support/organization.ts';
import { anyPort, openTestServer, type TestServer } from '../support/server.ts';
import { actAs, openBrowser } from '../support/sign-in.ts';

const admin = 'helena.brandt@larkspur.example';
const traveller = 'solveig.halvorsen@larkspur.example';

let close: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of close.reverse()) await each();
  close = [];
});

async function signIn(server: TestServer, login: string): Promise<string> {
  const { origin } = new URL(server.url);
  const { access_token: token } = await obtain(origin, openBrowser(), actAs(login));
  return token;
}

async function read(server: TestServer, token: string, user = admin) {
  const { body, status } = await ask(server.url, 'tools/call', call('get_okta_user', { user_id: user }), { token });
  expect(status).toBe(200);
  return { failed: body.result?.isError === true, text: body.result?.content?.[0]?.text ?? '' };
}

/** Castellan in front of an organization, which is where people sign in as well, or one of its other servers. */
async function openAtOrganization(at: 'itself' | 'another server'): Promise<TestServer> {
  const sandbox = await openSandbox({ users: 60, rateLimits: 'off' });
  close.push(() => sandbox.close());
  const custom = sandbox.okta.oauth.customServer('default');
  const { gateway } = custom.clients;
  const own = ['okta.users.read', 'okta.groups.read'];
  sandbox.okta.oauth.setScopes(own, gateway.id);
  const base = ['openid', 'profile', 'email'];
  const signIn = { clientId: gateway.id, clientSecret: gateway.secret };
  const server = await openTestServer({
    tenantSettings: { orgUrl: sandbox.okta.url, apiToken: undefined, actAs: 'caller' },
    parts: {
      auth: { publicUrl: `${anyPort}/mcp` },
      signIn:
        at === 'itself'
          ? { ...signIn, issuer: sandbox.okta.url, scopes: [...base, ...own] }
          : { ...signIn, issuer: custom.issuer, scopes: base, provider: 'okta' },
    },
  });
  close.push(() => server.close());
  custom.setGatewayRedirectUris([`${new URL(server.url).origin}/oauth/callback`]);
  return server;
}

test('people act with the token that Castellan got when they signed in at this organization, each with their own', async () => {
  const server = await openAtOrganization('itself');
  const [one, other] = [await signIn(server, admin), await signIn(server, traveller)];
  const answers = await Promise.all([read(server, one), read(server, other), read(server, one), read(server, other)]);
  expect(answers.map(({ failed }) => failed)).toEqual([false, true, false, true]);
  expect(answers[0]?.text).toContain('Helena');
  expect(answers[1]?.text).toContain('admin role');
});

test('a token of another issuer is not sent to the organization', async () => {
  const server = await openAtOrganization('another server');
  expect((await read(server, await signIn(server, admin))).text).toContain('so it is not sent there');
});

test('the token of their sign-in is exchanged where that is set, and the broker’s own goes nowhere (RFC 8693)', async () => {
  const organization = await openOrganization();
  const gateway: ApiGateway = await openApiGateway(organization.sandbox, 'Logistics APIs', [admin]);
  const { api } = gateway.server.clients;
  const server = await openTestServer({
    tenantSettings: {
      orgUrl: gateway.url,
      apiToken: undefined,
      actAs: 'caller',
      exchangeUrl: gateway.tokenUrl,
      exchangeAudience: gateway.server.audience,
      exchangeScopes: ['shipments:read'],
      clientId: api.id,
      clientSecret: api.secret,
    },
    parts: { ...brokerParts(organization), auth: { publicUrl: `${anyPort}/mcp` } },
  });
  close.push(
    () => organization.close(),
    () => gateway.close(),
    () => server.close(),
  );
  const { origin } = new URL(server.url);
  organization.sandbox.okta.oauth.customServer('default').setGatewayRedirectUris([`${origin}/oauth/callback`]);
  const [one, other] = [await signIn(server, admin), await signIn(server, traveller)];
  expect(await read(server, one)).toMatchObject({ failed: false, text: expect.stringContaining('Helena') });
  expect((await read(server, other)).failed).toBe(true);
  const sent = JSON.stringify(gateway.seen);
  for (const token of [one, other]) expect(sent).not.toContain(token);
  const subjects = new Set(gateway.exchanges().map(({ form }) => form.subject_token));
  expect(subjects.size).toBe(2);
  for (const subject of subjects) expect(JSON.stringify(gateway.api())).not.toContain(subject);
});
