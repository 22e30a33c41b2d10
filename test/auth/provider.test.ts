// Authorization servers as vendors have them: what differs at Okta, Scalekit and Oracle, each as the vendor documents it.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestDoor } from '../support/door.ts';
import { type Issuer, openIssuer } from '../support/issuer.ts';

let issuer: Issuer;
const open = async (path: string) => {
  issuer = await openIssuer({ path });
  return issuer;
};
beforeEach(async () => open(''));
afterEach(() => issuer.close());

describe('Okta, a custom authorization server', () => {
  /** As Okta makes them: scopes in `scp`, no `typ`, `sub` a login, `uid` and `cid` ids. */
  const claims = {
    ...{ ver: 1, aud: 'api://castellan', sub: 'maya@larkspur.example', uid: '00u1maya', cid: '0oa1client' },
    ...{ scp: ['okta:read', 'openid'], scope: undefined, client_id: undefined, auth_time: 1_790_000_000 },
  };
  const openOkta = async () => {
    await issuer.close();
    await open('/oauth2/default');
    return openTestDoor({ issuer: issuer.url, provider: 'okta', audience: ['api://castellan'] });
  };
  const mint = (more = {}) => issuer.mint({ ...claims, ...more }, { typ: undefined });

  test('takes its tokens and knows people by their id, not by their login', async () => {
    const door = await openOkta();
    const visitor = await door.enter(await mint());
    expect(visitor.caller.id).toBe(`${issuer.url}|00u1maya`);
    expect(visitor.caller.allowance?.key).toBe('okta:read');
    expect(visitor.client).toBe('0oa1client');
    expect(issuer.asked).toEqual(['/oauth2/default/v1/keys']);
  });

  test('knows a machine by its client, and takes nobody else without an id for one', async () => {
    const door = await openOkta();
    const machine = await mint({ uid: undefined, sub: '0oa1client' });
    expect((await door.enter(machine)).caller.id).toBe(`${issuer.url}|0oa1client`);
    expect(await door.statusOf(await mint({ uid: undefined }))).toBe(401);
  });

  test('refuses its ID tokens: for the client, with amr and nonce', async () => {
    const door = await openOkta();
    const id = {
      scp: undefined,
      cid: undefined,
      uid: undefined,
      aud: '0oa1client',
      amr: ['pwd'],
      at_hash: 'x',
      ver: 1,
    };
    expect(await door.statusOf(await mint(id))).toBe(401);
    expect(await door.statusOf(await mint({ ...id, aud: 'api://castellan', at_hash: undefined }))).toBe(401);
  });

  test('introspects at its own place', async () => {
    await openOkta();
    const more = { verify: 'introspection', clientId: 'c', clientSecret: 's', audience: ['api://castellan'] };
    const door = openTestDoor({ issuer: issuer.url, provider: 'okta', ...more });
    issuer.tokens.set('t', {
      ...{
        active: true,
        token_type: 'Bearer',
        scope: 'okta:read',
        username: 'maya@larkspur.example',
        client_id: '0oa1',
      },
      ...{ exp: Math.floor(Date.now() / 1000) + 600, sub: 'maya@larkspur.example', uid: '00u1maya' },
      ...{ aud: 'api://castellan', iss: issuer.url },
    });
    expect((await door.enter('t')).caller.id).toBe(`${issuer.url}|00u1maya`);
    expect(issuer.asked).toEqual(['/oauth2/default/v1/introspect']);
  });
});

describe('Scalekit', () => {
  test('tokens name the environment as issuer, and the server or the resource id as audience', async () => {
    await issuer.close();
    await open('/resources/res_7');
    const door = openTestDoor({
      ...{ issuer: issuer.url, provider: 'scalekit' },
      audience: ['https://mcp.example.com/mcp', 'res_7'],
    });
    const origin = new URL(issuer.url).origin;
    for (const aud of [['res_7'], ['https://mcp.example.com/mcp', 'res_7'], 'https://mcp.example.com/mcp'])
      expect(await door.statusOf(await issuer.mint({ iss: origin, aud }, { typ: 'JWT' }))).toBe(200);
    expect(await door.statusOf(await issuer.mint({ iss: origin, aud: ['res_8'] }))).toBe(401);
    expect(await door.statusOf(await issuer.mint({ aud: ['res_7'] }))).toBe(401);
    expect(issuer.asked).toEqual(['/keys']);
    expect(door.door.metadata.document).toMatchObject({ authorization_servers: [issuer.url] });
  });
});

describe('Oracle, an identity domain', () => {
  const iss = 'https://identity.oraclecloud.com/';
  const claims = {
    ...{ iss, aud: 'castellan', sub: 'maya@larkspur.example', user_id: '4f0c', client_id: 'abc', tok_type: 'AT' },
    ...{ tenant: 'idcs-1', user_tenantname: 'idcs-1', sub_type: 'user' },
  };
  const settings = () => ({ issuer: issuer.url, provider: 'oci', audience: ['castellan'], tenant: 'idcs-1' });
  const mint = (more = {}) => issuer.mint({ ...claims, ...more }, { typ: undefined });

  test('takes a token of its own domain, and of no other that shares the issuer', async () => {
    const door = openTestDoor(settings());
    expect((await door.enter(await mint())).caller.id).toBe(`${iss}|4f0c`);
    expect(await door.statusOf(await mint({ tenant: 'idcs-2', user_tenantname: 'idcs-2' }))).toBe(401);
    expect(await door.statusOf(await mint({ user_tenantname: 'idcs-2' }))).toBe(401);
    expect(await door.statusOf(await mint({ tenant: undefined, user_tenantname: undefined }))).toBe(401);
    expect(await door.statusOf(await mint({ aud: 'other' }))).toBe(401);
    expect(await door.statusOf(await mint({ tok_type: 'IT' }))).toBe(401);
    expect(await door.statusOf(await mint({ user_id: undefined }))).toBe(401);
  });

  test('the domain is the one in its address, unless it is said', async () => {
    const door = openTestDoor({ ...settings(), tenant: undefined });
    expect(await door.statusOf(await mint())).toBe(401);
    expect(await door.statusOf(await mint({ tenant: '127', user_tenantname: undefined }))).toBe(200);
  });

  test('closed keys: says what to do, or reads them as a client', async () => {
    issuer.behave = 'closed';
    const without = openTestDoor(settings());
    expect(await without.statusOf(await mint())).toBe(503);
    await expect.poll(without.log).toContain('Access signing certificate');
    const door = openTestDoor({ ...settings(), clientId: 'c', clientSecret: 'canary-s' });
    expect(await door.statusOf(await mint())).toBe(200);
    expect(issuer.asked.slice(-3)).toEqual([
      '/admin/v1/SigningCert/jwk',
      '/oauth2/v1/token',
      '/admin/v1/SigningCert/jwk',
    ]);
    expect(door.log()).not.toContain('canary');
  });
});

describe('scopes of the issuer’s own', () => {
  const map = {
    scopeMap: { 'directory.view': ['castellan:read'], 'directory.edit': ['castellan:read', 'castellan:write'] },
    groupMap: { Helpdesk: ['okta:read', 'okta:write'] },
    requiredScopes: ['mcp'],
  };

  test('allow what the map says, and are what clients are told to ask for', async () => {
    const door = openTestDoor({ issuer: issuer.url, ...map });
    const viewer = await door.enter(await issuer.mint({ scope: 'mcp directory.view' }));
    expect(viewer.caller.allowance?.key).toBe('castellan:read');
    expect(door.door.metadata.document.scopes_supported).toEqual(['mcp', 'directory.view', 'directory.edit']);
    const more = door.door.lacking(viewer, ['okta:read', 'okta:write']);
    expect(more.status).toBe(403);
    expect(more.headers['www-authenticate']).toContain('scope="mcp directory.view directory.edit"');
    // Nobody can give it, so nothing is asked for but what is there.
    expect(door.door.lacking(viewer, ['okta:destroy']).headers['www-authenticate']).toContain(
      'scope="mcp directory.view"',
    );
  });

  test('a token without a required one is 403, with what to ask for', async () => {
    const door = openTestDoor({ issuer: issuer.url, ...map });
    const admission = await door.admit(await issuer.mint({ scope: 'directory.edit' }));
    expect(admission).toMatchObject({ status: 403 });
    expect('status' in admission && admission.headers['www-authenticate']).toContain(
      'scope="mcp directory.view directory.edit"',
    );
  });

  test('members of a group may do what the map says', async () => {
    const door = openTestDoor({ issuer: issuer.url, ...map });
    const member = await door.enter(await issuer.mint({ scope: 'mcp', groups: ['Helpdesk', 'Everyone'] }));
    expect(member.caller.allowance?.key).toBe('okta:read okta:write');
    const role = openTestDoor({ issuer: issuer.url, ...map, groupsClaim: 'roles' });
    expect(await role.statusOf(await issuer.mint({ scope: 'mcp', groups: ['Helpdesk'] }))).toBe(403);
    expect(await role.statusOf(await issuer.mint({ scope: 'mcp', roles: 'Helpdesk' }))).toBe(200);
  });

  test('a clock that differs is borne within the configured seconds', async () => {
    const now = Math.floor(Date.now() / 1000);
    const late = await issuer.mint({ exp: now - 20, iat: now - 600 });
    expect(await openTestDoor({ issuer: issuer.url }).statusOf(late)).toBe(200);
    expect(await openTestDoor({ issuer: issuer.url, clockSkew: 5 }).statusOf(late)).toBe(401);
  });

  test('the subject can be another claim', async () => {
    const door = openTestDoor({ issuer: issuer.url, subjectClaim: 'oid' });
    expect((await door.enter(await issuer.mint({ oid: 'object-1' }))).caller.id).toBe(`${issuer.url}|object-1`);
    expect(await door.statusOf(await issuer.mint())).toBe(401);
  });
});
