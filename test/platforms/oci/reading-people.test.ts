// Users of an identity domain, their factors and credentials, as the tools read them: by the domain's own view, well and badly.

import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask, askAll, call, idsOf, rowsOf } from '../../support/answers.ts';
import { domainAdmin, type OciServer, openOciServer } from '../../support/oci.ts';
import { aUser } from '../../support/oci-changes.ts';
import { doors } from '../../support/server.ts';

const oracle = 'urn:ietf:params:scim:schemas:oracle:idcs:extension';
const state = `${oracle}:userState:User`;
const mfa = `${oracle}:mfa:User`;
const appRoles = `${oracle}:user:User:appRoles`;
type Json = Record<string, unknown>;

let tenancy: OciServer;
let client: Client;
let all: Json[];

const stateOf = (user: Json) => (user[state] ?? {}) as { locked?: { on?: boolean }; lastSuccessfulLoginDate?: string };
const mfaOf = (user: Json) => (user[mfa] ?? {}) as { mfaStatus?: string; devices?: { value: string }[] };
const sorted = (ids: readonly unknown[]) => ids.map(String).toSorted();

async function idsFor(input: Json): Promise<string[]> {
  const answer = await ask(client, 'list_oci_users', { max_results: 500, ...input });
  const ids = idsOf(rowsOf(answer, 'users'));
  expect(answer.value).toMatchObject({ complete: true, total: ids.length });
  return sorted(ids);
}

/** Those of the domain for which it holds; some, but not all. */
function those(holds: (user: Json) => boolean): string[] {
  const found = all.filter(holds);
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThan(all.length);
  return sorted(found.map(({ id }) => id));
}

describe.each(doors)('over $door, MCP $era', ({ door, era }) => {
  beforeAll(async () => {
    tenancy = await openOciServer();
    client = await tenancy.server.connect(era, door);
    await aUser(tenancy, { active: false });
    const wanted = `userName,displayName,name,active,emails,groups,${appRoles},${state}:locked,${state}:lastSuccessfulLoginDate,${mfa}:mfaStatus,${mfa}:devices`;
    all = await tenancy.readAll(`Users?attributes=${wanted}`);
  });
  afterAll(() => tenancy?.close());

  describe('list_oci_users', () => {
    it('gives everybody, page by page, each once, and tells how many there are with each', async () => {
      const answers = await askAll(client, 'list_oci_users', { max_results: 17 });
      expect(answers.length).toBeGreaterThan(2);
      const ids = answers.flatMap((answer) => idsOf(rowsOf(answer, 'users')));
      expect(new Set(ids).size).toBe(ids.length);
      expect(sorted(ids)).toEqual(sorted(all.map(({ id }) => id)));
      for (const { value } of answers) expect(value.total).toBe(all.length);
    });

    it('finds by state: inactive, locked and not locked, with and without a second factor', async () => {
      expect(await idsFor({ active: false })).toEqual(those(({ active }) => active === false));
      const isLocked = (user: Json) => stateOf(user).locked?.on === true;
      expect(await idsFor({ locked: true })).toEqual(those(isLocked));
      expect(await idsFor({ locked: false })).toEqual(those((user) => !isLocked(user)));
      const enrolled = (user: Json) => mfaOf(user).mfaStatus === 'ENROLLED';
      expect(await idsFor({ mfa: 'ENROLLED' })).toEqual(those(enrolled));
      expect(await idsFor({ mfa: 'NOT_ENROLLED' })).toEqual(those((user) => !enrolled(user)));
    });

    it('finds by the last sign-in, and those who never signed in', async () => {
      const logins = all.flatMap((user) => stateOf(user).lastSuccessfulLoginDate ?? []).toSorted();
      const middle = String(logins[Math.floor(logins.length / 2)]);
      const login = (user: Json) => stateOf(user).lastSuccessfulLoginDate;
      expect(await idsFor({ last_login_before: middle })).toEqual(those((user) => (login(user) ?? '~') < middle));
      expect(await idsFor({ last_login_after: middle })).toEqual(those((user) => (login(user) ?? '') > middle));
      expect(await idsFor({ never_signed_in: true })).toEqual(those((user) => login(user) === undefined));
      expect(await idsFor({ never_signed_in: false })).toEqual(those((user) => login(user) !== undefined));
    });

    it('finds by the beginning of names, login and address, or by any part of them', async () => {
      const words = (user: Json) => {
        const { givenName, familyName } = (user.name ?? {}) as { givenName?: string; familyName?: string };
        const emails = (user.emails ?? []) as { value: string }[];
        const texts = [user.userName, user.displayName, givenName, familyName, ...emails.map(({ value }) => value)];
        return texts.map((text) => String(text ?? '').toLowerCase());
      };
      expect(await idsFor({ query: 'Ma' })).toEqual(those((user) => words(user).some((word) => word.startsWith('ma'))));
      expect(await idsFor({ query: 'vi', match: 'contains' })).toEqual(
        those((user) => words(user).some((word) => word.includes('vi'))),
      );
      expect(await idsFor({ query: '") or (userName pr' })).toEqual([]);
    });

    it('finds the members of a group', async () => {
      const groups = all.flatMap((user) => (user.groups ?? []) as { value: string }[]);
      const group = String(groups[0]?.value);
      const isIn = (user: Json) => ((user.groups ?? []) as { value: string }[]).some(({ value }) => value === group);
      expect(await idsFor({ group_id: group })).toEqual(those(isIn));
    });

    it('joins conditions, and writes a table that names each state', async () => {
      const ids = await idsFor({ active: true, mfa: 'NOT_ENROLLED' });
      expect(ids).toEqual(those((user) => user.active !== false && mfaOf(user).mfaStatus !== 'ENROLLED'));
      const { text } = await ask(client, 'list_oci_users', { locked: true });
      expect(text).toMatch(/\blocked\b/);
    });

    it('shows the domain’s own resource on request, without passwords and without addresses of resources', async () => {
      const answer = await ask(client, 'list_oci_users', { view: 'full', max_results: 3 });
      const [{ full } = {}] = rowsOf(answer, 'users') as [{ full: Json }];
      expect(full).toMatchObject({ userName: expect.any(String), groups: expect.any(Array) });
      expect(JSON.stringify(answer.value)).not.toMatch(/"(?:password|\$ref|location)":/);
    });
  });

  describe('get_oci_user', () => {
    it('is the same by id, OCID, login in any letters, and email', async () => {
      const made = await aUser(tenancy, { userName: 'captain' });
      const { emails, ocid, id } = made as unknown as { emails: { value: string }[]; ocid: string; id: string };
      const answers: Answer[] = [];
      for (const user_id of [id, ocid, 'captain', 'CAPTAIN', String(emails[0]?.value)])
        answers.push(await ask(client, 'get_oci_user', { user_id }));
      for (const { value } of answers) expect(value).toEqual(answers[0]?.value);
      expect(answers[0]?.value).toMatchObject({ id, ocid, login: 'captain', active: true, email: emails[0]?.value });
    });

    it('means the login where an address is somebody’s login and another’s address, and asks where it is only theirs', async () => {
      const shared = 'desk@larkspur.example';
      const emails = [{ value: shared, type: 'work', primary: true }];
      const [one, other] = [await aUser(tenancy, { emails }), await aUser(tenancy, { emails })];
      const several = await call(client, 'get_oci_user', { user_id: shared });
      expect(several.isError).toBe(true);
      for (const { id } of [one, other]) expect(several.text).toContain(id);
      const owner = await aUser(tenancy, { userName: shared });
      expect((await ask(client, 'get_oci_user', { user_id: shared })).value.id).toBe(owner.id);
    });

    it('tells groups, roles of administration, sign-ins and capabilities', async () => {
      const { value } = await ask(client, 'get_oci_user', { user_id: domainAdmin });
      expect(value.administrator).toContain('Identity Domain Administrator');
      const user = all.find(({ userName }) => userName === domainAdmin) ?? {};
      const groups = ((user.groups ?? []) as { value: string }[]).map((each) => each.value);
      expect(sorted((value.groups as { id: string }[]).map(({ id }) => id))).toEqual(sorted(groups));
      expect(value.last_login).toBe(stateOf(user).lastSuccessfulLoginDate);
      const rolesOf = (each: Json) =>
        (each[`${oracle}:user:User`] as { appRoles?: { display: string; appName: string; adminRole: boolean }[] })
          ?.appRoles ?? [];
      const member = all.find((each) => rolesOf(each).some(({ adminRole }) => !adminRole)) ?? {};
      const named = rolesOf(member).filter(({ adminRole }) => !adminRole);
      const read = await ask(client, 'get_oci_user', { user_id: member.id });
      expect(read.value.app_roles).toEqual(named.map(({ appName, display }) => `${appName}: ${display}`));
    });

    it('of somebody in very many groups names a hundred, and says how many there are', async () => {
      const { id } = await aUser(tenancy);
      const groups = Array.from({ length: 130 }, (_, n) => ({ value: `g${n}`, display: `Group ${n}` }));
      tenancy.hooks.after = (_method, path, answer) => (path.includes(`/Users/${id}`) ? { ...answer, groups } : answer);
      const { value } = await ask(client, 'get_oci_user', { user_id: id });
      tenancy.hooks.after = undefined;
      expect(value.groups).toHaveLength(100);
      expect(value.group_count).toBe(130);
    });

    it('tells why somebody is locked, and since when (UserExtLocked.reason)', async () => {
      const { id } = all.find((user) => stateOf(user).locked?.on === true) ?? {};
      const user = await tenancy.read(`Users/${id}?attributes=${state}:locked`);
      const { locked } = (user?.[state] ?? {}) as { locked?: { reason: number; lockDate: string } };
      expect(locked?.reason).toBe(0);
      const answer = await ask(client, 'get_oci_user', { user_id: id });
      expect(answer.value).toMatchObject({
        locked: true,
        lock: { reason: 'failed passwords', since: locked?.lockDate },
      });
    });
  });

  describe('factors and credentials', () => {
    it('a user’s factors are the domain’s devices', async () => {
      const user = all.find((each) => (mfaOf(each).devices ?? []).length > 0) ?? {};
      const answer = await ask(client, 'list_oci_user_mfa_factors', { user_id: user.id });
      expect(idsOf(rowsOf(answer, 'factors'))).toEqual((mfaOf(user).devices ?? []).map(({ value }) => value));
      expect(answer.value).toMatchObject({ user: user.id, mfa: mfaOf(user).mfaStatus, complete: true });
      expect(user.id).toBeDefined();
      const bare = all.find((each) => (mfaOf(each).devices ?? []).length === 0) ?? {};
      const none = await ask(client, 'list_oci_user_mfa_factors', { user_id: bare.userName });
      expect(rowsOf(none, 'factors')).toEqual([]);
    });

    it('API keys are listed by fingerprint, of everybody and of one, without the key', async () => {
      const keys = await tenancy.readAll('ApiKeys?attributes=fingerprint,key,user');
      expect(keys.length).toBeGreaterThan(0);
      const everybody = await ask(client, 'list_oci_user_api_keys', { max_results: 500 });
      const rows = rowsOf(everybody, 'api_keys');
      expect(sorted(rows.map(({ fingerprint }) => fingerprint))).toEqual(sorted(keys.map((key) => key.fingerprint)));
      expect(everybody.value.total).toBe(keys.length);
      const [{ user } = {}] = keys as { user?: { value: string } }[];
      const owner = user?.value;
      const own = rowsOf(await ask(client, 'list_oci_user_api_keys', { user_id: owner }), 'api_keys');
      expect(own.length).toBeGreaterThan(0);
      for (const { user_id } of own) expect(user_id).toBe(owner);
      expect(JSON.stringify(everybody.result)).not.toMatch(/BEGIN|MII[A-Za-z0-9+/]{20}/);
    });

    it('auth tokens are listed by description and dates, without the token', async () => {
      const { id, userName } = await aUser(tenancy);
      const made = await tenancy.write('POST', 'AuthTokens', {
        schemas: ['urn:ietf:params:scim:schemas:oracle:idcs:authToken'],
        user: { value: id },
        description: 'Pulls images',
      });
      const answer = await ask(client, 'list_oci_user_auth_tokens', { user_id: userName });
      expect(rowsOf(answer, 'auth_tokens')).toMatchObject([{ id: made.id, description: 'Pulls images', user_id: id }]);
      expect(String(made.token).length).toBeGreaterThan(8);
      expect(JSON.stringify(answer.result)).not.toContain(String(made.token));
    });
  });

  describe('what cannot be', () => {
    it.each<[string, Json, RegExp]>([
      ['get_oci_user', { user_id: 'nobody@larkspur.example' }, /no such user/],
      ['get_oci_user', { user_id: 'f'.repeat(32) }, /knows no such thing/],
      ['get_oci_user', { user_id: 'ocid1.user.oc1..nobody' }, /no such user/],
      ['get_oci_user', { user_id: '../Groups' }, /no such user/],
      ['get_oci_user', { user_id: '" or userName pr or userName eq "' }, /no such user/],
      ['get_oci_user', { user_id: '' }, /user_id/],
      ['get_oci_user', {}, /user_id/],
      ['list_oci_users', { last_login_before: '90 days ago' }, /last_login_before is no time/],
      ['list_oci_users', { last_login_before: '2026-13-45' }, /no day 45/],
      ['list_oci_users', { never_signed_in: true, last_login_after: '2026-01-01' }, /never signed in/],
      ['list_oci_users', { mfa: 'yes' }, /mfa/],
      ['list_oci_users', { group_id: 'a" or id pr' }, /group_id/],
      ['list_oci_users', { cursor: 'xyz' }, /cursor/],
      ['list_oci_users', { filter: 'userName pr' }, /filter/],
      ['list_oci_users', { query: 'x'.repeat(201) }, /query/],
      ['list_oci_user_mfa_factors', { user_id: 'nobody' }, /no such user/],
      ['list_oci_user_api_keys', { user_id: 'nobody' }, /no such user/],
      ['list_oci_user_api_keys', { view: 'full' }, /view/],
    ])('%s %j', async (tool, input, says) => {
      const answer = await call(client, tool, input);
      expect(answer.isError).toBe(true);
      expect(answer.text).toMatch(says);
    });
  });
});
