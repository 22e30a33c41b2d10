// The front door of an identity domain: with nothing but the variables by which it is known, people sign in there, and what they
// ask of OCI is asked as them.

import { afterEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../../src/sandbox/index.ts';
import { type OciDoor, openOciDoor } from '../../support/oci-door.ts';

const admin = 'helena.brandt@larkspur.example';
const other = 'declan.kinsella@larkspur.example';
let sandbox: Sandbox;
let oci: SandboxOci;
let door: OciDoor;

afterEach(async () => {
  await door?.stop();
  await sandbox?.close();
});

async function open(env: Record<string, string> = {}): Promise<void> {
  sandbox = await openSandbox({ users: 60 });
  oci = await sandbox.oci();
  door = await openOciDoor(oci, env);
}

describe('a server with the six variables and a public address', { timeout: 60_000 }, () => {
  test('signs people in at the domain, exchanges their token, and asks OCI as them', async () => {
    await open();
    const [one, two] = await Promise.all([door.signIn(admin), door.signIn(other)]);
    const me = await door.call(one, 'whoami');
    expect(me).toMatchObject({ failed: false, value: { login: admin, credential: 'caller', region: oci.homeRegion } });
    expect((await door.call(two, 'get_current_user')).value).toMatchObject({ login: other, tenancy: oci.tenancyId });
    expect((await door.call(one, 'get_os_namespace')).value.namespace).toMatch(/^\w+$/);
    const claims = await door.call(one, 'get_access_token_claims');
    expect(claims.value).toMatchObject({
      domain_token: { sub: admin, tenant: oci.tenant },
      session_token: { sub: me.value.user, tenant: oci.tenancyId },
    });
    expect(claims.text).not.toMatch(/eyJ|jwk/);
  });

  test('nothing is done to the applications that people sign in with, and that exchanges their tokens', async () => {
    await open({ CASTELLAN_AUTH_EVERYBODY: 'castellan:read,castellan:write' });
    const token = await door.signIn(admin, 'castellan:read castellan:write');
    const own: unknown[] = [];
    for (const client_id of [oci.client.id, oci.exchange.clientId]) {
      const { value } = await door.call(token, 'list_oci_applications', { client_id });
      own.push(...(value.applications as { id: string }[]).map(({ id }) => id));
    }
    expect(own).toHaveLength(2);
    for (const app_id of own) {
      const answer = await door.call(token, 'activate_oci_application', { app_id, dryRun: true });
      expect(answer.failed).toBe(true);
      expect(answer.text).toMatch(/is the application that Castellan itself runs on/);
    }
  });

  test('has no tool that gives out a token, and says why', async () => {
    await open();
    const token = await door.signIn(admin);
    const failed = await door.call(token, 'get_token').catch((error: Error) => error);
    expect(String(failed)).toMatch(/A token is never shown to an assistant/);
  });
});
