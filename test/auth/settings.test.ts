// Settings of the front door: what is wrong is said at the start, all at once, and nothing is guessed.

import { describe, expect, test } from 'vitest';
import { unknownPlatforms } from '../../src/auth/settings.ts';
import { readAuth } from '../support/door.ts';

const right = { issuer: 'https://login.example.com', publicUrl: 'https://mcp.example.com/mcp' };
const faultsOf = (file: Record<string, unknown>) =>
  readAuth({ ...right, ...file }).faults.map(({ where, problem }) => `${where.split('.').at(-1)} ${problem}`);

test('nothing set is nothing wrong: there is no door then', () => {
  expect(readAuth({}).faults).toEqual([]);
});

test.each<Record<string, unknown>>([
  {},
  { issuer: 'http://127.0.0.1:8080/realms/a', publicUrl: 'http://localhost:3000/mcp' },
  { issuer: 'https://acme.okta.com/oauth2/default', provider: 'okta', audience: ['api://default'] },
  { verify: 'introspection', clientId: 'c', clientSecret: 's', introspectionCache: 0 },
  { provider: 'oci', audience: ['x'], clientId: 'c', clientSecret: 's', tenant: 'idcs-1' },
  { scopeMap: 'a=castellan:read castellan:write, b=okta:destroy' },
  { groupMap: { Admins: ['castellan:destroy'] }, groupsClaim: 'roles' },
])('right: %j', (file) => {
  expect(faultsOf(file)).toEqual([]);
});

describe('wrong', () => {
  test.each<[Record<string, unknown>, RegExp]>([
    [{ issuer: undefined, audience: ['api://x'] }, /issuer is missing/],
    [{ publicUrl: undefined }, /publicUrl is missing/],
    [{ issuer: 'http://login.example.com' }, /issuer must be https/],
    [{ issuer: 'https://user:pw@login.example.com' }, /issuer must be https/],
    [{ issuer: 'https://login.example.com#x' }, /issuer must be https/],
    [{ issuer: 'login.example.com' }, /issuer is not an address/],
    [{ issuer: 'file:///etc/passwd' }, /issuer must be https/],
    [{ publicUrl: 'http://mcp.example.com/mcp' }, /publicUrl must be https/],
    [{ publicUrl: 'https://mcp.example.com/mcp?x=1' }, /publicUrl has a query/],
    [{ publicUrl: 'https://mcp.example.com' }, /publicUrl has no path/],
    [{ publicUrl: 'https://mcp.example.com/' }, /publicUrl has no path/],
    [{ jwksUri: 'http://keys.example.com' }, /jwksUri must be https/],
    [
      { introspectionEndpoint: 'https://x.example', verify: 'jwt' },
      /introspectionEndpoint goes with verify introspection/,
    ],
    [{ issuer: 'https://acme.okta.com', provider: 'okta' }, /issuer is no custom authorization server/],
    [{ issuer: 'https://acme.okta.com/oauth2/v1/authorize', provider: 'okta' }, /issuer is no custom/],
    [{ provider: 'oci' }, /audience is missing/],
    [{ provider: 'okta2' }, /provider/],
    [{ algorithms: ['HS256'] }, /algorithms is no asymmetric/],
    [{ algorithms: ['none'] }, /algorithms is no asymmetric/],
    [{ algorithms: [] }, /algorithms/],
    [{ audience: [] }, /audience/],
    [{ audience: [''] }, /audience/],
    [{ clockSkew: 301 }, /clockSkew/],
    [{ clientId: 'c' }, /clientSecret is missing/],
    [{ clientSecret: 's' }, /clientId is missing/],
    [{ clientId: 'c', clientSecret: 's' }, /clientId is not used/],
    [{ verify: 'introspection' }, /clientId is missing/],
    [{ verify: 'introspection', clientId: 'c', clientSecret: 's', jwksUri: 'https://x.example' }, /jwksUri goes with/],
    [{ verify: 'introspection', clientId: 'c', clientSecret: 's', algorithms: ['RS256'] }, /algorithms goes with/],
    [{ introspectionCache: 10 }, /introspectionCache goes with/],
    [{ tenant: 'idcs-1' }, /tenant goes with provider oci/],
    [{ groupsClaim: 'roles' }, /groupMap is missing/],
    [{ scopeMap: { a: ['castellan:admin'] } }, /scopeMap does not say/],
    [{ scopeMap: { a: [] } }, /scopeMap does not say/],
    [{ scopeMap: 'a' }, /scopeMap does not say/],
    [{ scopeMap: 'a=' }, /scopeMap does not say/],
    [{ groupMap: 'a=root' }, /groupMap does not say/],
    [{ scopes: ['a b'] }, /scopes is no scope/],
    [{ isuer: 'https://x.example' }, /isuer there is no such setting/],
  ])('%j', (file, expected) => {
    expect(faultsOf(file).join('; ')).toMatch(expected);
  });

  test('no secret stands in a fault', () => {
    expect(JSON.stringify(readAuth({ ...right, clientSecret: 'canary secret' }).faults)).not.toContain('canary');
  });

  test('scopes of a platform that is not there', () => {
    const { values } = readAuth({ ...right, scopeMap: { a: ['okta:read', 'otka:write'] } });
    expect(unknownPlatforms(values, ['okta'])).toMatchObject([{ problem: expect.stringContaining('otka') as string }]);
    expect(unknownPlatforms(values, ['okta', 'otka'])).toEqual([]);
  });
});
