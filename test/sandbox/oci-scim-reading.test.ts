// Reading the simulated domain's SCIM API: filters, order, pages, and which attributes are given.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox, type SandboxOci } from '../../src/sandbox/index.ts';
import { createScimClient, refusalOf, type ScimClient, urns } from './oci-scim-kit.ts';
import { admin, head, helpDesk, lockedOut } from './oidc-kit.ts';

let sandbox: Sandbox;
let oci: SandboxOci;
let scim: ScimClient;

beforeAll(async () => {
  sandbox = await openSandbox({ users: 60 });
  oci = await sandbox.oci();
  scim = createScimClient(oci);
});
afterAll(() => sandbox.close());

const logins = async (filter: string) => (await scim.find('Users', filter, 'userName')).map(({ userName }) => userName);
const refused = async (filter: string, kind = 'Users') =>
  refusalOf(await scim.ask('GET', `${kind}?${new URLSearchParams({ filter })}`));

describe('filters (RFC 7644 §3.4.2.2)', () => {
  it('eq, ne, co, sw, ew and pr; capitals are the same as small letters where the schema does not say caseExact', async () => {
    expect(await logins('userName eq "HELENA.brandt@larkspur.example"')).toEqual([admin]);
    expect(await logins('USERNAME EQ "helena.brandt@larkspur.example"')).toEqual([admin]);
    expect(await logins('userName sw "solveig.h"')).toEqual([head]);
    expect(await logins('userName co "n.kinsella@"')).toEqual([helpDesk]);
    expect(await logins('name.familyName ew "indqvist"')).toEqual([lockedOut]);
    expect(await logins('userName ne "helena.brandt@larkspur.example"')).toHaveLength(59);
    expect(await logins('title pr')).toHaveLength(60);
    expect(await logins('nickName pr')).toEqual([]);
    const [{ id }] = await scim.find('Users', `userName eq "${admin}"`);
    const [group] = await scim.find('Groups', `members.value eq "${id}"`);
    expect(group.displayName).toBe('IT');
    expect(await scim.find('Groups', `members.value eq "${id.toUpperCase()}"`)).toEqual([]);
  });

  it('and goes before or, not and brackets say otherwise', async () => {
    const two = await logins(`userName eq "${admin}" or userName eq "${head}" and title eq "Nobody"`);
    expect(two).toEqual([admin]);
    expect(await logins(`(userName eq "${admin}" or userName eq "${head}") and title eq "Nobody"`)).toEqual([]);
    expect(await logins(`not (userName sw "h") and (userName eq "${admin}" or userName eq "${head}")`)).toEqual([head]);
  });

  it('an entry of many is chosen by its parts together', async () => {
    expect(await logins(`emails[type eq "work" and value eq "${admin}"]`)).toEqual([admin]);
    expect(await logins(`emails[type eq "home" and value eq "${admin}"]`)).toEqual([]);
    expect(await logins(`emails.type eq "work" and emails.value eq "${admin}"`)).toEqual([admin]);
    expect(await logins(`emails co "helena.brandt"`)).toEqual([admin]);
  });

  it('attributes of extensions are named by their URN, and are compared as what they are', async () => {
    expect(await logins(`${urns.state}:locked.on eq true`)).toEqual([lockedOut]);
    expect(await logins(`${urns.enterprise}:department eq "it" and title eq "Identity Administrator"`)).toEqual([
      admin,
    ]);
    const [{ meta }] = await scim.find('Users', `userName eq "${admin}"`);
    expect(await logins(`userName eq "${admin}" and meta.created ge "${meta.created}"`)).toEqual([admin]);
    expect(await logins(`userName eq "${admin}" and meta.created gt "${meta.created}"`)).toEqual([]);
    const sameMoment = meta.created.replace(/\.\d+Z$/, (text: string) => `${text.slice(0, -1)}+00:00`);
    expect(await logins(`userName eq "${admin}" and meta.created le "${sameMoment}"`)).toEqual([admin]);
  });

  it('quotes, strokes and other alphabets in values are read as JSON', async () => {
    const displayName = 'He said "no" \\ (nothing) [else] or null – 人';
    await scim.create('Groups', urns.group, { displayName });
    const found = await scim.find('Groups', `displayName eq ${JSON.stringify(displayName)}`);
    expect(found.map((group) => group.displayName)).toEqual([displayName]);
  });

  it('what is derived can be filtered by: groups of a user, members of an app role', async () => {
    const [{ id }] = await scim.find('Groups', 'displayName eq "Service Desk"');
    expect(await logins(`groups.value eq "${id}"`)).toContain(helpDesk);
    const roles = await scim.find('AppRoles', `members.value eq "${id}"`, 'displayName');
    expect(roles.map(({ displayName }) => displayName)).toEqual(['Help Desk Administrator']);
  });

  it.each([
    ['an attribute that is not idcsSearchable', 'description eq "x"', 'error.common.filter.attributeNotSearchable'],
    ['a part that is not', `${urns.state}:loginAttempts gt 1`, 'error.common.filter.attributeNotSearchable'],
    ['an attribute that there is not', 'shoeSize eq "44"', 'error.common.filter.invalidFilter'],
    ['no operator', 'userName', 'error.common.filter.invalidFilter'],
    ['an unknown operator', 'userName like "x"', 'error.common.filter.invalidFilter'],
    ['no quotes', 'userName eq helena', 'error.common.filter.invalidFilter'],
    ['an open bracket', '(userName eq "x"', 'error.common.filter.invalidFilter'],
    ['more than a filter', 'userName eq "x" "y"', 'error.common.filter.invalidFilter'],
    ['a text where there is a boolean', 'active eq "true"', 'error.common.filter.invalidFilter'],
    ['an order among booleans', 'active gt true', 'error.common.filter.invalidFilter'],
    ['a complex attribute by itself', 'name eq "x"', 'error.common.filter.invalidFilter'],
  ])('refuses %s', async (_, filter, messageId) => {
    expect(await refused(filter)).toBe(`400 ${messageId}`);
  });

  it('refuses what is nested without an end', async () => {
    expect(await refused(`${'('.repeat(60)}userName pr${')'.repeat(60)}`)).toMatch(/^400 .*invalidFilter/);
  });
});

describe('pages and order', () => {
  it('startIndex from 1 and count, of which 50 is usual and 1,000 the most; totalResults counts all', async () => {
    const all = await scim.get('Users');
    expect(all).toMatchObject({ totalResults: 60, startIndex: 1, itemsPerPage: 50 });
    expect(all.Resources).toHaveLength(50);
    const rest = await scim.get('Users?startIndex=51&count=1000');
    expect(rest).toMatchObject({ totalResults: 60, startIndex: 51, itemsPerPage: 1000 });
    expect(rest.Resources).toHaveLength(10);
    expect(new Set([...all.Resources, ...rest.Resources].map(({ id }) => id)).size).toBe(60);
    expect((await scim.get('Users?count=0')).totalResults).toBe(60);
    expect((await scim.get('Users?startIndex=0&count=1')).startIndex).toBe(1);
    expect((await scim.get('Users?startIndex=500')).Resources).toEqual([]);
    expect(refusalOf(await scim.ask('GET', 'Users?count=1001'))).toBe(
      '400 error.common.validation.invalidQueryParameter',
    );
    expect(refusalOf(await scim.ask('GET', 'Users?count=ten'))).toBe(
      '400 error.common.validation.invalidQueryParameter',
    );
  });

  it('limit and page as Oracle’s SDKs have them: the next page is told in a header', async () => {
    const seen: string[] = [];
    let page: string | null = null;
    do {
      const query = new URLSearchParams({ limit: '25', attributes: 'userName', ...(page && { page }) });
      const { body, headers } = await scim.ask('GET', `Users?${query}`);
      seen.push(...body.Resources.map(({ userName }: { userName: string }) => userName));
      page = headers.get('opc-next-page');
    } while (page);
    expect(new Set(seen).size).toBe(60);
    expect(refusalOf(await scim.ask('GET', 'Users?page=2'))).toBe('400 error.common.validation.invalidQueryParameter');
  });

  it('sortBy and sortOrder, in small letters or as the SDK writes it; not by what cannot be searched', async () => {
    const namesIn = async (query: string) =>
      (await scim.get(`Users?attributes=name.familyName&count=1000&${query}`)).Resources.map(
        ({ name }: { name: { familyName: string } }) => name.familyName.toLowerCase(),
      );
    const rising = await namesIn('sortBy=name.familyName');
    expect(rising).toEqual(rising.toSorted());
    expect(await namesIn('sortBy=name.familyName&sortOrder=DESCENDING')).toEqual(rising.toReversed());
    expect(await namesIn('sortBy=name.familyName&sortOrder=descending')).toEqual(rising.toReversed());
    expect(refusalOf(await scim.ask('GET', 'Users?sortBy=description'))).toMatch(/attributeNotSearchable/);
    expect(refusalOf(await scim.ask('GET', 'Users?sortBy=userName&sortOrder=up'))).toMatch(/invalidQueryParameter/);
  });

  it('POST /.search asks the same in a body (RFC 7644 §3.4.3)', async () => {
    const search = (more: object) => scim.ask('POST', 'Users/.search', { schemas: [urns.search], ...more });
    const { body } = await search({
      filter: 'userName sw "h"',
      attributes: ['userName'],
      sortBy: 'userName',
      sortOrder: 'DESCENDING',
      count: 2,
    });
    const query = 'filter=userName+sw+%22h%22&attributes=userName&sortBy=userName&sortOrder=DESCENDING&count=2';
    expect(body).toEqual(await scim.get(`Users?${query}`));
    expect(body.Resources).toHaveLength(2);
    expect(refusalOf(await scim.ask('POST', 'Users/.search', { filter: 'userName pr' }))).toMatch(
      /^400 .*invalidSchema/,
    );
    expect(refusalOf(await search({ filter: 'description pr' }))).toMatch(/attributeNotSearchable/);
  });
});

describe('which attributes are given (Oracle’s "returned", RFC 7643 §7)', () => {
  it('without a word those that are given always or by default, and none that must be asked for', async () => {
    const [user] = await scim.find('Users', `userName eq "${admin}"`);
    expect(user).toMatchObject({ userName: admin, active: true, [urns.ext]: { isFederatedUser: false } });
    expect(user).not.toHaveProperty('groups');
    expect(user[urns.ext]).not.toHaveProperty('appRoles');
    expect(user).not.toHaveProperty(urns.password);
    expect(user[urns.mfa]).not.toHaveProperty('devices');
    const [group] = await scim.find('Groups', 'displayName eq "IT"');
    expect(group).not.toHaveProperty('members');
  });

  it('those that are named and those given always, whole or in part', async () => {
    const query = `Users?filter=userName+eq+%22${admin}%22&attributes=`;
    const asked = async (attributes: string) => (await scim.get(query + attributes)).Resources[0];
    const { id } = await asked('id');
    expect(await asked('title')).toEqual({ id, userName: admin, title: 'Identity Administrator' });
    expect(await asked('name.familyName')).toEqual({ id, userName: admin, name: { familyName: 'Brandt' } });
    expect(Object.keys(await asked('emails.value'))).toEqual(['id', 'userName', 'emails']);
    expect((await asked('emails.value')).emails[0]).toEqual({ value: admin });
    const { groups } = await asked('groups');
    expect(groups.map(({ display }: { display: string }) => display)).toEqual(['IT', 'Identity Administrators']);
    expect(groups[0]).not.toHaveProperty('type');
    expect((await asked('groups.type')).groups[0]).toEqual({ value: groups[0].value, type: 'direct' });
    expect((await asked(`${urns.ext}:appRoles`))[urns.ext].appRoles[0]).toMatchObject({
      display: 'Identity Domain Administrator',
      adminRole: true,
    });
    expect(await asked('email')).toEqual({ id, userName: admin });
  });

  it('attributeSets by what is said of returned, together with attributes; never what is never given', async () => {
    const whole = await scim.user(admin);
    expect(whole).toMatchObject({ groups: expect.any(Array), [urns.password]: { mustChange: false } });
    expect(JSON.stringify(whole)).not.toContain('bypassNotification');
    const { id } = whole;
    const always = await scim.get(`Users/${id}?attributeSets=always`);
    expect(always).toEqual({ id, userName: admin });
    const some = await scim.get(`Users/${id}?attributeSets=always&attributes=title`);
    expect(some).toEqual({ id, userName: admin, title: 'Identity Administrator' });
    const requested = await scim.get(`Users/${id}?attributeSets=request`);
    expect(requested).toMatchObject({ groups: expect.any(Array) });
    expect(requested).not.toHaveProperty('title');
    expect(await scim.get(`Users/${id}?attributeSets=never`)).toEqual({ id, userName: admin });
    expect(refusalOf(await scim.ask('GET', `Users/${id}?attributeSets=most`))).toMatch(/invalidQueryParameter/);
  });

  it('whatever was ever kept of a password, a token or a secret key is not given back', async () => {
    const [token] = (await scim.get('AuthTokens?attributeSets=all')).Resources;
    expect(token).toMatchObject({ description: 'registry login' });
    expect(token).not.toHaveProperty('token');
    const [key] = (await scim.get('CustomerSecretKeys?attributeSets=all')).Resources;
    expect(key).toMatchObject({ accessKey: expect.any(String) });
    expect(key).not.toHaveProperty('secretKey');
  });
});

it('what the API is, it tells itself (RFC 7644 §4): schemas, kinds of resources, what it supports', async () => {
  const schemas = await scim.get('Schemas?count=100');
  const user = schemas.Resources.find(({ id }: { id: string }) => id === urns.user);
  expect(user.attributes.find(({ name }: { name: string }) => name === 'groups')).toMatchObject({
    returned: 'request',
    mutability: 'readOnly',
    idcsSearchable: true,
    subAttributes: expect.any(Array),
  });
  expect((await scim.get(`Schemas/${encodeURIComponent(urns.state)}`)).attributes).toContainEqual(
    expect.objectContaining({ name: 'locked', type: 'complex' }),
  );
  expect((await scim.get('ResourceTypes/User')).endpoint).toBe('/Users');
  expect(await scim.get('ServiceProviderConfig')).toMatchObject({
    bulk: { supported: false },
    etag: { supported: true },
  });
  expect(refusalOf(await scim.ask('GET', 'Schemas/urn:none'))).toMatch(/^404/);
});

it('stories are there to be found: locked out, left and still active, without a factor, unused, open to all, without an owner', async () => {
  expect(await logins(`${urns.state}:locked.on eq true and active eq true`)).toEqual([lockedOut]);
  const year = new Date(Date.now() - 180 * 86_400_000).toISOString();
  const [leaver, ...others] = await logins(`active eq true and ${urns.state}:lastSuccessfulLoginDate lt "${year}"`);
  expect(others).toEqual([]);
  const left = await scim.user(leaver as string);
  expect(left[urns.credentials].apiKeys).toHaveLength(2);
  const [role] = await scim.find('AppRoles', 'displayName eq "Identity Domain Administrator"', 'members');
  const [bare] = role.members.filter(({ type }: { type: string }) => type === 'User');
  expect(await scim.get(`Users/${bare.value}?attributes=${urns.mfa}:mfaStatus`)).not.toHaveProperty(urns.mfa);
  expect((await scim.user(admin))[urns.mfa].mfaStatus).toBe('ENROLLED');
  const apps = await scim.find('Apps', 'active eq true and isOAuthClient eq true', 'displayName,grants');
  const unused = apps.filter(({ grants }) => !grants).map(({ displayName }) => displayName);
  expect(unused).toContain('Freight Quotes (legacy)');
  const open = await scim.find('Grants', 'grantee.value eq "AllUsersId"', 'entitlement');
  const roleId = open[0].entitlement.attributeValue;
  expect((await scim.get(`AppRoles/${roleId}`)).displayName).toBe('Payment Approver');
  const groups = (await scim.get(`Groups?attributes=displayName,${urns.owned}:owners&count=100`)).Resources;
  const orphans = groups.filter((group: Record<string, unknown>) => !group[urns.owned]);
  expect(orphans.map(({ displayName }: { displayName: string }) => displayName)).toEqual(
    expect.arrayContaining(['All Domain Users']),
  );
  expect(orphans.length).toBeGreaterThan(1);
});
