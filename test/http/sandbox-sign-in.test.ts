// `castellan serve --http --sandbox` in front of each of the simulated identity providers: an MCP client from an address alone,
// a person who signs in with the password that the page tells, and what Castellan lets them do.

import { afterEach, expect, test } from 'vitest';
import { connectAsPerson } from '../../src/cli/demo-client.ts';
import { sandboxPassword } from '../../src/sandbox/index.ts';
import { signInKinds } from '../../src/sandbox/sign-in.ts';
import { type HttpCastellan, serveHttp } from '../trials/castellan.ts';

let castellan: HttpCastellan | undefined;

afterEach(async () => {
  await castellan?.stop();
  castellan = undefined;
});

const everything = ['castellan:read', 'castellan:write', 'castellan:destroy', 'offline_access'];
const person = (name: string) => ({ login: `${name}@larkspur.example`, password: sandboxPassword });

test.each(signInKinds)('%s: administrators may change things, others may look', async (kind) => {
  castellan = await serveHttp(['--sandbox', '--users', '20'], { door: ['--sandbox-sign-in', kind] });
  const url = `${castellan.url}/mcp`;
  const mayChange = async (name: string) => {
    const client = await connectAsPerson(url, person(name), everything);
    const names = (await client.listTools()).tools.map((tool) => tool.name);
    await client.close();
    expect(names).toContain('list_okta_users');
    return names.some((tool) => tool.startsWith('create_') || tool.startsWith('update_'));
  };
  expect(castellan.stderr()).toContain('with the password that the page tells');
  expect(await mayChange('helena.brandt')).toBe(true);
  expect(await mayChange('solveig.halvorsen')).toBe(false);
  await expect(connectAsPerson(url, person('maya.lindqvist'), everything)).rejects.toThrow();
  expect(castellan.stderr()).not.toContain(sandboxPassword);
});
