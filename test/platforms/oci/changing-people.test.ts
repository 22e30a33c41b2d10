// Changes of users in an identity domain where something stands in the way, or lets somebody in.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, ask, call } from '../../support/answers.ts';
import { type OciServer, openOciServer } from '../../support/oci.ts';
import { aUser } from '../../support/oci-changes.ts';

const oracle = 'urn:ietf:params:scim:schemas:oracle:idcs:extension';
const state = `${oracle}:userState:User`;
type Json = Record<string, unknown>;

let tenancy: OciServer;
let client: Client;
let says: 'yes' | 'no' = 'yes';
const asked: string[] = [];

beforeAll(async () => {
  tenancy = await openOciServer();
  client = await tenancy.server.connect('2026-07-28', 'http', (question) => {
    asked.push(question);
    return says;
  });
});
beforeEach(() => {
  says = 'yes';
  for (const list of [asked, tenancy.mutations, tenancy.bodies]) list.length = 0;
  tenancy.hooks.before = undefined;
  tenancy.hooks.after = undefined;
});
afterAll(() => tenancy?.close());

/** Refused, and nothing was sent to the domain. */
async function refused(tool: string, input: Json, why: RegExp): Promise<Answer> {
  const before = tenancy.mutations.length;
  const answer = await call(client, tool, input);
  expect(answer.isError, `${tool} ${JSON.stringify(input)}`).toBe(true);
  expect(answer.text).toMatch(why);
  expect(tenancy.mutations.slice(before)).toEqual([]);
  return answer;
}

/** Every answer of the domain's that shows users, with something else in them. */
function showUsersAs(more: Json): void {
  tenancy.hooks.after = (_method, path, answer) => {
    if (!path.startsWith('/admin/v1/Users')) return answer;
    const { Resources } = answer as { Resources?: Json[] };
    return Resources
      ? { ...answer, Resources: Resources.map((user) => ({ ...user, ...more })) }
      : { ...answer, ...more };
  };
}

it('what the undo of a change does not bring back is told: which number is the primary one, what is verified', async () => {
  const { id } = await aUser(tenancy, { phoneNumbers: [{ value: '+49 40 5550102', type: 'mobile', primary: true }] });
  const plain = { user_id: id, title: 'Clerk', remove: ['nick_name'] };
  expect((await ask(client, 'update_oci_user', { ...plain, dryRun: true })).value.undo).not.toHaveProperty('but');
  const input = { user_id: id, remove: ['mobile_phone', 'recovery_email'] };
  showUsersAs({ emails: [{ value: 'a@mail.example', type: 'recovery', verified: true }] });
  const { value } = await ask(client, 'update_oci_user', { ...input, dryRun: true });
  expect(value.undo).toMatchObject({
    tool: 'update_oci_user',
    but: 'mobile_phone is then not the primary one; recovery_email is then unverified',
  });
});

describe('create_oci_user', () => {
  const person = { family_name: 'Fender', given_name: 'Finn' };

  it('a login that somebody has is refused, in any letters; who is inactive is to be brought back', async () => {
    const { userName } = await aUser(tenancy);
    const email = 'finn@larkspur.example';
    await refused(
      'create_oci_user',
      { ...person, email, login: String(userName).toUpperCase() },
      /with this login already/,
    );
    const gone = await aUser(tenancy, { active: false });
    await refused('create_oci_user', { ...person, email, login: gone.userName }, /activate_oci_user brings/);
  });

  it('who was made inactive is removed by the undo call', async () => {
    const email = 'finn.later@larkspur.example';
    const { value } = await ask(client, 'create_oci_user', { ...person, email, activate: false });
    const undo = value.undo as { tool: string; arguments: Json; but?: string };
    expect(undo.but).toBeUndefined();
    const undone = await ask(client, undo.tool, undo.arguments);
    expect(undone.value.done).toBe(true);
    expect(await tenancy.read(`Users/${String(undo.arguments.user_id)}`)).toBeUndefined();
  });

  it('OCI is told whether to mail the person, and the answer whether it does', async () => {
    const email = 'finn.quiet@larkspur.example';
    const quiet = await ask(client, 'create_oci_user', { ...person, email, send_email: false });
    expect(tenancy.bodies).toMatchObject([{ userName: email, [`${oracle}:user:User`]: { bypassNotification: true } }]);
    expect(quiet.value.warnings).toEqual([expect.stringMatching(/^No mail is sent/)]);
    tenancy.bodies.length = 0;
    await ask(client, 'create_oci_user', { ...person, email: 'finn.loud@larkspur.example' });
    expect(JSON.stringify(tenancy.bodies)).not.toContain('bypassNotification');
  });

  it.each<[Json, RegExp]>([
    [{ email: 'finn@larkspur.example' }, /family_name/],
    [{ family_name: 'Fender' }, /email/],
    [{ family_name: 'Fender', email: 'no address' }, /email/],
    [{ family_name: ' ', email: 'finn@larkspur.example' }, /family_name is empty/],
    [{ ...person, email: 'finn@larkspur.example', title: '[hidden]' }, /only stands for a value/],
    [{ ...person, email: 'finn@larkspur.example', password: 'Secret123' }, /password/],
    [{ ...person, email: 'finn@larkspur.example', user_type: 'Boss' }, /user_type/],
  ])('%j is refused', async (input, why) => {
    await refused('create_oci_user', input, why);
  });
});

describe('update_oci_user', () => {
  it('what cannot be is refused by name', async () => {
    const { id } = await aUser(tenancy);
    const other = await aUser(tenancy);
    await refused('update_oci_user', { user_id: id }, /Nothing is to be changed/);
    await refused('update_oci_user', { user_id: id, title: 'Cook', remove: ['title'] }, /both set and removed/);
    await refused('update_oci_user', { user_id: id, remove: ['login'] }, /remove/);
    await refused('update_oci_user', { user_id: id, login: other.userName }, /with this login already/);
    await refused('update_oci_user', { user_id: id, title: ' ' }, /title is empty/);
    await refused('update_oci_user', { user_id: id, active: false }, /active/);
  });

  it('what is so already is not sent again', async () => {
    const { id } = await aUser(tenancy, { title: 'Cook' });
    const answer = await ask(client, 'update_oci_user', { user_id: id, title: 'Cook', remove: ['nick_name'] });
    expect(answer.value).toMatchObject({ done: false, changes: [], note: expect.stringMatching(/like that already/) });
    expect(tenancy.mutations).toEqual([]);
  });

  it('what somebody else changed in the meantime is not overwritten (If-Match, RFC 7644 §3.14)', async () => {
    const { id } = await aUser(tenancy, { title: 'Cook' });
    tenancy.hooks.before = async (method) => {
      if (method !== 'PATCH') return;
      tenancy.hooks.before = undefined;
      await tenancy.write('PATCH', `Users/${id}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'title', value: 'Mate' }],
      });
    };
    const answer = await call(client, 'update_oci_user', { user_id: id, title: 'Captain' });
    expect(answer.isError).toBe(true);
    expect(answer.text).toMatch(/changed by somebody else in the meantime/);
    expect((await tenancy.read(`Users/${id}?attributes=title`))?.title).toBe('Mate');
  });
});

describe('states', () => {
  it('what an administrator locked deliberately is unlocked only when a person agrees', async () => {
    const { id } = await aUser(tenancy);
    showUsersAs({ [state]: { locked: { on: true, reason: 1, lockDate: '2026-08-01T08:00:00.000Z' } } });
    says = 'no';
    await refused('unlock_oci_user', { user_id: id }, /not/);
    expect(asked).toEqual([expect.stringMatching(/an administrator locked the account/)]);
    expect(asked[0]).toMatch(/by an administrator.* since 2026-08-01/s);
  });

  it('a lock of the recovery alone is one, and goes with the other', async () => {
    const { id } = await aUser(tenancy);
    await tenancy.write('PATCH', `Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: `${state}:recoveryLocked.on`, value: true }],
    });
    const { value } = await ask(client, 'unlock_oci_user', { user_id: id });
    expect(value).toMatchObject({
      done: true,
      changes: [{ field: `${state}.recoveryLocked.on`, before: true, after: false }],
    });
    expect(tenancy.bodies).toMatchObject([
      { Operations: [{ op: 'replace', path: `${state}:recoveryLocked.on`, value: false }] },
    ]);
    const user = await tenancy.read(`Users/${id}?attributes=${state}:recoveryLocked`);
    expect(user?.[state]).toMatchObject({ recoveryLocked: { on: false } });
  });

  it('who has administrator rights is let in again only when a person agrees', async () => {
    const { id } = await aUser(tenancy, { active: false });
    const appRoles = [{ value: 'r1', display: 'User Administrator', adminRole: true }];
    showUsersAs({ [`${oracle}:user:User`]: { appRoles } });
    says = 'no';
    await refused('activate_oci_user', { user_id: id }, /not/);
    expect(asked).toEqual([expect.stringMatching(/administrator rights \(User Administrator\)/)]);
  });

  it('where nothing is to be done nothing is sent, and nobody is asked', async () => {
    const { id } = await aUser(tenancy);
    const gone = await aUser(tenancy, { active: false });
    for (const [tool, user_id] of [
      ['activate_oci_user', id],
      ['deactivate_oci_user', gone.id],
      ['unlock_oci_user', id],
      ['remove_oci_user_mfa_factor', id],
    ] as const) {
      const { value } = await ask(client, tool, { user_id });
      expect(value).toMatchObject({ done: false, note: expect.any(String) });
    }
    expect(tenancy.mutations).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('an active user is not deleted; an inactive one is, by force only where that is said', async () => {
    const { id } = await aUser(tenancy);
    await refused('delete_oci_user', { user_id: id, force: true }, /Call deactivate_oci_user first/);
    await ask(client, 'deactivate_oci_user', { user_id: id });
    asked.length = 0;
    tenancy.mutations.length = 0;
    await ask(client, 'delete_oci_user', { user_id: id, force: true });
    expect(tenancy.mutations).toEqual([`DELETE /admin/v1/Users/${id}?forceDelete=true`]);
    expect(asked).toEqual([expect.stringMatching(/removes every reference to the user/)]);
    const other = await aUser(tenancy, { active: false });
    tenancy.mutations.length = 0;
    await ask(client, 'delete_oci_user', { user_id: other.id });
    expect(tenancy.mutations).toEqual([`DELETE /admin/v1/Users/${other.id}`]);
  });

  it('a preview counts what hangs on the user', async () => {
    const { id } = await aUser(tenancy);
    const groups = await tenancy.readAll('Groups?attributes=displayName');
    const group_id = groups.find(({ displayName }) => displayName === 'Service Desk')?.id;
    await ask(client, 'add_oci_group_members', { group_id, user_ids: [id] });
    const { value } = await ask(client, 'deactivate_oci_user', { user_id: id, dryRun: true });
    expect(value.touches).toMatchObject({ groups: 1, api_keys: 0, auth_tokens: 0 });
    const grants = await tenancy.readAll(`Grants?filter=${encodeURIComponent(`grantee.value eq "${id}"`)}`);
    expect((value.touches as Json).grants).toBe(grants.length);
  });
});

describe('reset_oci_user_password', () => {
  it('who has no password at OCI, or cannot use one, is not given one', async () => {
    const federated = await aUser(tenancy, { [`${oracle}:user:User`]: { isFederatedUser: true } });
    await refused('reset_oci_user_password', { user_id: federated.id }, /another identity provider/);
    const gone = await aUser(tenancy, { active: false });
    await refused('reset_oci_user_password', { user_id: gone.id }, /inactive.*activate_oci_user/s);
  });

  /** What lies in the handover folder, newest last. */
  function handedOver(): string[] {
    const folder = join(tenancy.server.home, 'handover');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.map((name) => readFileSync(join(folder, name), 'utf8'));
  }

  it('who has no address gets a one-time password, which goes to a person: into a file, and nowhere else', async () => {
    const users = await tenancy.readAll('Users?attributes=userName,emails');
    const { id } = users.find(({ emails }) => ((emails ?? []) as unknown[]).length === 0) ?? {};
    let password = '';
    tenancy.hooks.after = (method, _path, answer) => {
      if (method === 'PUT') password = String(answer.oneTimePassword);
      return answer;
    };
    const answer = await ask(client, 'reset_oci_user_password', { user_id: id });
    expect(asked).toEqual([expect.stringMatching(/whoever holds the one-time password gets into the account/)]);
    expect(tenancy.bodies).toMatchObject([{ bypassNotification: false }]);
    expect(password.length).toBeGreaterThan(7);
    expect(handedOver()).toEqual([expect.stringContaining(password)]);
    expect(answer.value.note).toMatch(/The one-time password: in the file/);
    expect(JSON.stringify([answer.result, asked]) + tenancy.server.log()).not.toContain(password);
  });

  it('what lets somebody in goes to a person also where a mail was to be sent', async () => {
    const { id } = await aUser(tenancy);
    const token = 'zk9-canary-user-token';
    tenancy.hooks.after = (method, _path, answer) =>
      method === 'PUT' ? { ...answer, userToken: { value: token } } : answer;
    const answer = await ask(client, 'reset_oci_user_password', { user_id: id });
    expect(answer.value.warnings).toContain('OCI mails the person a link to set a new one.');
    expect(handedOver().join('')).toContain(token);
    expect(JSON.stringify([answer.result, asked]) + tenancy.server.log()).not.toContain(token);
  });
});

describe('credentials', () => {
  it('a key is deleted only with its owner’s name: an id alone could be anybody’s', async () => {
    const keys = await tenancy.readAll('ApiKeys?attributes=fingerprint,user');
    const { id } = await aUser(tenancy);
    await refused('delete_oci_user_api_key', { user_id: id, key: keys[0]?.id }, /has no such credential/);
    await refused('delete_oci_user_auth_token', { user_id: id, token_id: keys[0]?.id }, /has no such credential/);
    await refused('delete_oci_user_api_key', { key: keys[0]?.id }, /user_id/);
  });
});
