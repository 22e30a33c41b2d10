// What describes a Scalekit tenant: one way in, all that it needs, and nothing that does not go with it.

import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { openScalekitServer } from '../../support/scalekit.ts';

const environment = {
  SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.com',
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'test_1',
};
const workspace = { SCALEKIT_WORKSPACE_URL: 'https://api.scalekit.example' };
const exchange = {
  SCALEKIT_EXCHANGE_URL: 'https://auth.scalekit.example/oauth/token',
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'test_1',
};

const load = (env: Record<string, string>) =>
  loadConfig({}, { env: { CASTELLAN_DATA: '/nonexistent', ...env }, folder: '/nonexistent' });

test.each([
  ['an environment with its client credentials', environment],
  ['the workspace, each caller’s token exchanged', { ...workspace, ...exchange }],
  [
    'the workspace, with a sign-in of one’s own',
    {
      ...workspace,
      SCALEKIT_AUTHORIZATION_SERVER: 'https://auth.scalekit.example/resources/r1',
      SCALEKIT_CLIENT_ID: 'c1',
    },
  ],
  ['the workspace with one person’s token', { ...workspace, SCALEKIT_ACCESS_TOKEN: 'eyJ' }],
])('%s is a tenant', (_what, env) => {
  const { config, faults } = load(env);
  expect(faults).toEqual([]);
  expect(config.tenants.map(({ name, platform }) => [name, platform])).toEqual([['scalekit', 'scalekit']]);
});

test.each([
  ['an environment without a secret', { ...environment, SCALEKIT_CLIENT_SECRET: '' }, 'SCALEKIT_CLIENT_SECRET'],
  ['an address without encryption', { ...environment, SCALEKIT_ENVIRONMENT_URL: 'http://acme.scalekit.com' }, 'https'],
  ['an address with a path', { ...environment, SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.com/api' }, 'path'],
  ['both addresses', { ...environment, ...workspace, ...exchange }, 'SCALEKIT_ENVIRONMENT_URL'],
  ['a workspace without a way in', workspace, 'SCALEKIT_EXCHANGE_URL'],
  [
    'a sign-in without a client',
    { ...workspace, SCALEKIT_AUTHORIZATION_SERVER: 'https://auth.scalekit.example/resources/r1' },
    'SCALEKIT_CLIENT_ID',
  ],
  ['two ways in', { ...workspace, ...exchange, SCALEKIT_ACCESS_TOKEN: 'eyJ' }, 'SCALEKIT_EXCHANGE_URL'],
  ['an exchange beside client credentials', { ...environment, ...exchange }, 'SCALEKIT_EXCHANGE_URL'],
])('%s is a fault that says where', (_what, env, says) => {
  const { faults } = load(env);
  expect(faults.length).toBeGreaterThan(0);
  expect(JSON.stringify(faults)).toContain(says);
  expect(JSON.stringify(faults)).not.toMatch(/test_1|eyJ/);
});

test.each([
  ['environment', /client credentials are accepted/, /hidden, for client credentials do not reach it/],
  ['workspace', /access token is accepted/, /workspace with all its environments/],
  ['caller', /each caller’s own rights/, /workspace with all its environments/],
] as const)('doctor tells what a tenant that is %s reaches', async (kind, credential, reach) => {
  const workspace = await openScalekitServer(kind);
  try {
    const tenant = workspace.server.app.connected
      .find(({ platform }) => platform.name === 'scalekit')
      ?.tenants.get('scalekit');
    const said = await Promise.all((tenant?.checks ?? []).map((check) => check.run(AbortSignal.timeout(5_000))));
    expect(said.every(({ ok }) => ok)).toBe(true);
    expect(said.map(({ says }) => says).join('\n')).toMatch(credential);
    expect(said.map(({ says }) => says).join('\n')).toMatch(reach);
  } finally {
    await workspace.close();
  }
});

test('doctor tells a wrong secret from an address where nothing answers', async () => {
  for (const [settings, says] of [
    [{ clientSecret: 'test_wrong' }, /gave no token \(invalid_client\)/],
    [{ environmentUrl: 'http://127.0.0.1:1' }, /^127\.0\.0\.1:1 does not answer/],
  ] as const) {
    const workspace = await openScalekitServer('environment', settings);
    try {
      const tenant = workspace.server.app.connected
        .find(({ platform }) => platform.name === 'scalekit')
        ?.tenants.get('scalekit');
      const check = tenant?.checks.find(({ name }) => name === 'credential');
      const result = await check?.run(AbortSignal.timeout(9_000));
      expect(result?.ok).toBe(false);
      expect(result?.says).toMatch(says);
      expect(result?.todo).toBeTruthy();
    } finally {
      await workspace.close();
    }
  }
});
