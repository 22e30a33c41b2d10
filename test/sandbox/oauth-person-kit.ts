// Signing in as a person of the company, for the tests of the sandbox's authorization server.

import { expect } from 'vitest';
import { sandboxPassword as password, type Sandbox } from '../../src/sandbox/index.ts';
import { loadOktaContract } from '../contracts/okta-contract.ts';
import { createOAuthClient, type OAuthReply } from './oauth-kit.ts';

const contract = loadOktaContract('okta-oauth');

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
export const scopes = 'openid profile email offline_access okta.users.read okta.users.manage';

export const admin = 'helena.brandt@larkspur.example';
export const helpDesk = 'declan.kinsella@larkspur.example';
export const head = 'solveig.halvorsen@larkspur.example';
export const lockedOut = 'maya.lindqvist@larkspur.example';

/** Holds an answer of the authorization server against Okta's description. */
export function asPublished(method: string, path: string, reply: OAuthReply): OAuthReply {
  expect(contract?.checkResponse(method, path, reply.status, reply.body) ?? []).toEqual([]);
  return reply;
}

export function createPersonClient(sandbox: Sandbox, now: () => number) {
  const client = createOAuthClient(sandbox, now);
  const client_id = client.nativeClientId;

  async function startDevice(scope = scopes): Promise<Record<string, string>> {
    const path = '/oauth2/v1/device/authorize';
    return asPublished('POST', path, await client.post(path, { client_id, scope })).body as Record<string, string>;
  }

  const decide = (userCode: string | undefined, login: string, decision = 'allow') =>
    client.post('/activate', { user_code: userCode ?? '', login, password, decision });

  async function poll(deviceCode: string | undefined): Promise<OAuthReply> {
    const form = { grant_type: deviceGrant, device_code: deviceCode ?? '', client_id };
    return asPublished('POST', '/oauth2/v1/token', await client.askToken(form));
  }

  async function signIn(login: string, scope = scopes): Promise<Record<string, string>> {
    const device = await startDevice(scope);
    await decide(device.user_code, login);
    return (await poll(device.device_code)).body as Record<string, string>;
  }

  const refresh = (token: string | undefined, more: Record<string, string> = {}, dpop?: string) =>
    client.askToken({ grant_type: 'refresh_token', refresh_token: token ?? '', client_id, ...more }, dpop);

  return { ...client, startDevice, decide, poll, signIn, refresh };
}

export type PersonClient = ReturnType<typeof createPersonClient>;
