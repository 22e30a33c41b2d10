// One connection to Redis that is made when it is needed and made anew when it broke. Nothing waits for Redis longer than
// a second: what cannot be done now fails now, and nothing that failed is sent later.

import { isIP } from 'node:net';
import { createClient, DisconnectsClientError, ErrorReply, type RedisClientType } from '@redis/client';
import type { CastellanError } from '../core/errors.ts';
import type { RedisAddress } from './names.ts';
import { NoAnswer, tooOld, toStoreError } from './redis-failure.ts';

export type RedisClient = RedisClientType<Record<never, never>, Record<never, never>, Record<never, never>, 2>;

export interface RedisLink {
  /** @throws a CastellanError: `store_unavailable` where it may work later, `bad_configuration` where something must be mended */
  readonly run: <T>(what: (client: RedisClient) => Promise<T>) => Promise<T>;
  readonly close: () => void;
}

/** For all of an operation, a connection included; milliseconds. */
const patienceMs = 1_000;
/** After a failure all is refused at once for a while, so that not everybody waits for what does not answer; milliseconds. */
const restMs = 250;
const longRestMs = 2_000;
/** A timer that is later than this tells of a busy process, milliseconds. */
const lateMs = 20;
const oldest = 7;

/** @param say is told when Redis can no longer be used, and when it can again */
export function openRedisLink(address: RedisAddress, say: (text: string) => void): RedisLink {
  let link: { readonly client: RedisClient; readonly ready: Promise<RedisClient> } | undefined;
  let trouble: { readonly error: CastellanError; readonly until: number } | undefined;
  let closed = false;

  function connect(): Promise<RedisClient> {
    if (link) return link.ready;
    const client: RedisClient = createClient(optionsFor(address));
    // Also heard while nobody asks for anything; without a listener it would end the process.
    client.on('error', () => drop(client));
    const opening = client.connect().then(async () => {
      checkVersion(await infoOf(client, 'server'));
      return client;
    });
    const ready = patiently(opening);
    link = { client, ready };
    return ready;
  }

  function drop(client: RedisClient | undefined): void {
    if (!client) return;
    if (link?.client === client) link = undefined;
    client.destroy();
  }

  return {
    async run(what) {
      if (closed) throw new TypeError('the store is closed');
      if (trouble && performance.now() < trouble.until) throw trouble.error;
      const connecting = connect();
      const used = link?.client;
      let connected = false;
      const answering = connecting.then((client) => {
        connected = true;
        return what(client);
      });
      try {
        const answer = await patiently(answering);
        if (trouble) say('The store can be used again.');
        trouble = undefined;
        return answer;
      } catch (thrown) {
        // Whoever used the connection that was given up learns why.
        if (trouble && thrown instanceof DisconnectsClientError) throw trouble.error;
        const error = toStoreError(thrown, connected ? undefined : address);
        // One command was refused; the next one may do.
        if (connected && thrown instanceof ErrorReply) throw error;
        // What was sent on it may still be answered, when nobody waits for it any more.
        drop(used);
        if (closed) throw error;
        if (!trouble) say(`${error.message} ${error.hint ?? ''}`.trim());
        const rest = thrown instanceof NoAnswer || error.code === 'bad_configuration' ? longRestMs : restMs;
        trouble = { error, until: performance.now() + rest };
        throw error;
      }
    },
    close() {
      closed = true;
      drop(link?.client);
    },
  };
}

function optionsFor(address: RedisAddress) {
  const { host, port, tls, username, password, database } = address;
  // The patience above ends first, so that there is one way to fail.
  const shared = { host, port, connectTimeout: 2 * patienceMs, reconnectStrategy: false as const };
  // A name by which a host with several certificates knows which one is meant (RFC 6066 §3), never an address.
  const socket = tls ? { ...shared, tls: true as const, ...(isIP(host) === 0 && { servername: host }) } : shared;
  return {
    socket,
    database,
    // Of version 3's handshake an old Redis complains with the password in its words.
    RESP: 2 as const,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled' as const,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

/** A part of INFO; empty where the user may not ask for it. */
export async function infoOf(client: RedisClient, part: string): Promise<string> {
  return client.info(part).catch((error: unknown) => {
    if (error instanceof ErrorReply && /^NOPERM/.test(error.message)) return '';
    throw error;
  });
}

function checkVersion(info: string): void {
  const version = /^redis_version:(\S+)/m.exec(info)?.[1];
  if (version !== undefined && Number.parseInt(version, 10) < oldest) throw tooOld(version);
}

async function patiently<T>(promise: Promise<T>): Promise<T> {
  const over = Promise.withResolvers<never>();
  const end = performance.now() + patienceMs;
  const giveUp = () => over.reject(new NoAnswer('no answer'));
  // It may be this process that had no time: what lies there is read first, and what was not sent yet is sent.
  let timer = setTimeout(() => {
    timer = setTimeout(giveUp, performance.now() - end > lateMs ? restMs : 0);
  }, patienceMs);
  try {
    return await Promise.race([promise, over.promise]);
  } finally {
    clearTimeout(timer);
  }
}
