// What names a store: `memory`, the path of a file, or the address of a Redis, which may hold a password.

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

const address = /^rediss?:\/\//i;

export function isRedis(name: string): boolean {
  return address.test(name);
}

/** Reads `redis[s]://[user[:password]@]host[:port][/database]`. @throws a TypeError that tells what is wrong, and nothing of the address. */
export function readRedisAddress(name: string): RedisAddress {
  const url = URL.canParse(name) ? new URL(name) : undefined;
  if (!url || !isRedis(name)) throw new TypeError('is no address; write redis://user:password@host:6379/0');
  const { hostname, pathname } = url;
  if (hostname === '') throw new TypeError('names no host; write redis://host:6379');
  if (url.search !== '' || url.hash !== '') throw new TypeError('may not have a ? or # (in a password write %3F, %23)');
  const [, database] = /^\/?(\d{0,5})$/.exec(pathname) ?? [];
  if (database === undefined) throw new TypeError('may only have the number of a database after the host, such as /0');
  if (url.port === '0') throw new TypeError('may not have the port 0');
  return {
    // As sockets want IPv6: without brackets.
    host: decode(hostname).replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    tls: url.protocol === 'rediss:',
    username: decode(url.username) || undefined,
    password: decode(url.password) || undefined,
    database: Number(database),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError('has a % that begins no encoded character (write %25)');
  }
}

/** What is wrong with the name of a store, or undefined. Tells nothing of the name. */
export function findNameProblem(name: string): string | undefined {
  if (!isRedis(name)) {
    // A path with :// in it is a mistyped address rather than a file.
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(name)
      ? 'is an address of an unknown kind; use redis://, rediss://, a path or "memory"'
      : undefined;
  }
  try {
    readRedisAddress(name);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function hasPassword(name: string): boolean {
  return isRedis(name) && findNameProblem(name) === undefined && readRedisAddress(name).password !== undefined;
}

/** The name of a store as it may be shown: an address without its password. */
export function showStoreName(name: string): string {
  if (!isRedis(name)) return name;
  const { host, port, tls, username, password, database } = readRedisAddress(name);
  const user = `${encodeURIComponent(username ?? '')}${password === undefined ? '' : ':[removed]'}`;
  const where = host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'rediss' : 'redis'}://${user === '' ? '' : `${user}@`}${where}:${port}/${database}`;
}
