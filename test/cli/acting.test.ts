// What cannot work with tenants that act as the caller is refused at start.

import { expect, test } from 'vitest';
import { findActingFaults } from '../../src/cli/acting.ts';
import { loadConfig } from '../../src/config.ts';

const organization = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com', OKTA_ACT_AS: 'caller' };
const signIn = (issuer: string) => ({
  CASTELLAN_PUBLIC_URL: 'https://mcp.example.com/mcp',
  CASTELLAN_SIGN_IN_ISSUER: issuer,
  CASTELLAN_SIGN_IN_PROVIDER: 'okta',
  CASTELLAN_SIGN_IN_CLIENT_ID: 'client',
  CASTELLAN_SIGN_IN_CLIENT_SECRET: 'secret',
});

function faultsOf(env: Record<string, string>, signsIn = true): string[] {
  const { config, faults } = loadConfig({}, { env, folder: '/nowhere' });
  expect(faults).toEqual([]);
  return findActingFaults(config, signsIn).map(({ where, problem }) => `${where} ${problem}`);
}

test('where nobody signs in', () => {
  expect(faultsOf(organization, false)).toEqual(['tenant okta acts as the caller, and here nobody signs in']);
});

test('where people sign in elsewhere than at the organization itself, and nothing is exchanged', () => {
  const elsewhere = faultsOf({ ...organization, ...signIn('https://acme.okta.com/oauth2/default') });
  expect(elsewhere).toEqual([expect.stringContaining('people do not sign in there')]);
  expect(faultsOf({ ...organization, ...signIn('https://acme.okta.com') })).toEqual([]);
});

test('not where tokens are exchanged, nor where the configured credential acts', () => {
  const exchange = {
    OKTA_EXCHANGE_URL: 'https://acme.okta.com/oauth2/api/v1/token',
    OKTA_EXCHANGE_AUDIENCE: 'api://gateway',
    OKTA_CLIENT_ID: 'exchanger',
    OKTA_CLIENT_SECRET: 'secret',
  };
  const elsewhere = signIn('https://acme.okta.com/oauth2/default');
  expect(faultsOf({ ...organization, ...exchange, ...elsewhere })).toEqual([]);
  expect(faultsOf({ ...organization, OKTA_ACT_AS: 'service', OKTA_API_TOKEN: 'token', ...elsewhere })).toEqual([]);
});
