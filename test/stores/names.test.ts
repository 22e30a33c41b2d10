// What names a store: what is taken, what is refused, and that no password is told by whatever tells of a name.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { lastingStoreNameOf, storeNameOf } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { findNameProblem, readRedisAddress, showStoreName } from '../../src/stores/names.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-names-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an address of a Redis', () => {
  test.each([
    ['redis://host', { host: 'host', port: 6379, tls: false, database: 0 }, 'redis://host:6379/0'],
    ['redis://host/', { host: 'host', database: 0 }, 'redis://host:6379/0'],
    ['REDISS://Host.example:6380/15', { port: 6380, tls: true, database: 15 }, 'rediss://Host.example:6380/15'],
    ['redis://[::1]:7000/2', { host: '::1', port: 7000, database: 2 }, 'redis://[::1]:7000/2'],
    ['redis://ada@host', { username: 'ada', password: undefined }, 'redis://ada@host:6379/0'],
    ['redis://:p%40ss%2F@host', { username: undefined, password: 'p@ss/' }, 'redis://:[removed]@host:6379/0'],
    ['redis://a%3Ab:p%25@host', { username: 'a:b', password: 'p%' }, 'redis://a%3Ab:[removed]@host:6379/0'],
  ])('%s', (name, address, shown) => {
    expect(findNameProblem(name)).toBeUndefined();
    expect(readRedisAddress(name)).toMatchObject(address);
    expect(showStoreName(name)).toBe(shown);
  });

  test.each([
    ['redis://', /is no address|names no host/],
    ['redis://:canary@', /is no address|names no host/],
    ['redis://:canary@host:99999', /is no address/],
    ['redis://:canary@host:0', /port 0/],
    ['redis://:can#ary@host', /is no address|%23/],
    ['redis://:canary@host/0?x=1', /%3F/],
    ['redis://:canary@host/zero', /number of a database/],
    ['redis://:canary@host/0/1', /number of a database/],
    ['redis://:can%ary@host', /%25/],
    ['postgres://:canary@host/db', /unknown kind/],
    ['redis+tls://:canary@host', /unknown kind/],
  ])('%s is refused, and not repeated', (name, says) => {
    const { faults, shown } = loadConfig({}, { env: { CASTELLAN_STORE: name }, folder });
    expect(faults).toMatchObject([{ where: 'CASTELLAN_STORE', problem: expect.stringMatching(says) }]);
    expect(JSON.stringify([faults, shown])).not.toMatch(/canary|can#ary|can%ary/);
  });

  test.each(['memory', '/var/lib/castellan.db', 'C:\\castellan.db', './redis.db', 'redis', 'redis:6379'])(
    '%s is none',
    (name) => {
      expect(findNameProblem(name)).toBeUndefined();
      expect(showStoreName(name)).toBe(name);
      const { config, shown } = loadConfig({}, { env: { CASTELLAN_STORE: name }, folder });
      expect(storeNameOf(config, true)).toBe(name);
      expect(shown.find((each) => each.name === 'state.store')?.value).toBe(name);
    },
  );
});

describe('the setting', () => {
  const name = 'rediss://ada:canary@redis.example:6380/1';

  test('is used whole for what is kept for long as well, and shown without its password', () => {
    const { config, shown, faults } = loadConfig({}, { env: { CASTELLAN_STORE: name }, folder });
    expect(faults).toEqual([]);
    expect(storeNameOf(config, false)).toBe(name);
    expect(lastingStoreNameOf(config)).toBe(name);
    const value = shown.find((each) => each.name === 'state.store')?.value;
    expect(value).toBe('rediss://ada:[removed]@redis.example:6380/1');
    expect(`${JSON.stringify(config)}${inspect(config, { depth: 9 })}${config.state.store}`).not.toContain('canary');
  });

  test('in a file is the address, or where it is found', () => {
    const path = join(folder, 'own.json');
    const secret = join(folder, 'secret');
    writeFileSync(secret, `${name}\n`);
    for (const store of [name, { env: 'MY_REDIS' }, { file: secret }]) {
      writeFileSync(path, JSON.stringify({ state: { store } }));
      const { config, faults } = loadConfig({ config: path }, { env: { MY_REDIS: name }, folder });
      expect(faults).toEqual([]);
      expect(storeNameOf(config, false)).toBe(name);
    }
  });

  test('as a flag may have no password', () => {
    const { faults } = loadConfig({ store: name }, { env: {}, folder });
    expect(faults).toMatchObject([{ where: '--store', todo: expect.stringContaining('CASTELLAN_STORE') }]);
    expect(JSON.stringify(faults)).not.toContain('canary');
    for (const harmless of ['redis://redis.example', 'redis://ada@redis.example', 'memory', '/x.db'])
      expect(loadConfig({ store: harmless }, { env: {}, folder }).faults).toEqual([]);
  });
});
