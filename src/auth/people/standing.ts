// What the provider says of a person who signed in a while ago: asked with their refresh token, by one process at a time,
// since such a token is good once.

import { setTimeout as pause } from 'node:timers/promises';
import type { SubjectToken } from '../../core/caller.ts';
import { CastellanError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { untilAborted } from '../../core/tokens.ts';
import type { Store } from '../../stores/store.ts';
import { IssuerUnavailable } from '../addresses.ts';
import { NoLongerKnown } from './failures.ts';
import type { PersonRecord, Records } from './records.ts';
import type { Upstream } from './upstream.ts';

export interface Standing {
  /** Whether the provider still knows them; asked every few minutes where it can be asked. */
  readonly check: (id: string) => Promise<boolean>;
  /** Their token at the provider, good for a minute at least. */
  readonly load: (id: string, signal: AbortSignal) => Promise<SubjectToken>;
}

export interface StandingOptions {
  readonly people: Records<PersonRecord>;
  readonly store: Store;
  readonly upstream: Upstream;
  readonly keepMs: number;
  readonly now: () => number;
}

const checkEveryMs = 10 * 60_000;
const marginMs = 60_000;
/** Longer than the provider and the store may take to answer; no longer, since a process may end while it has the lock. */
const lockMs = 30_000;
const waitMs = 100;
/** How often a store that is away is tried again, so that a token that is good once is not lost with it. */
const insistTimes = 20;
const insistEveryMs = 500;

export function createStanding({ people, store, upstream, keepMs, now }: StandingOptions): Standing {
  const underWay = new Map<string, Promise<PersonRecord | undefined>>();

  /** @param fresh whether a record needs no renewing */
  function renew(id: string, fresh: (record: PersonRecord) => boolean): Promise<PersonRecord | undefined> {
    const known = underWay.get(id);
    if (known) return known;
    const renewing = renewAlone(id, fresh).finally(() => underWay.delete(id));
    underWay.set(id, renewing);
    return renewing;
  }

  async function renewAlone(id: string, fresh: (record: PersonRecord) => boolean): Promise<PersonRecord | undefined> {
    const lock = `person-lock:${id}`;
    const until = now() + lockMs;
    while (!(await store.add(lock, '1', lockMs))) {
      if (now() > until) throw new IssuerUnavailable('another process does not end asking the identity provider');
      await pause(waitMs);
    }
    try {
      const record = await people.get(id);
      if (!record || fresh(record) || record.tokens.refresh === undefined) return record;
      return await renewRecord(id, record, record.tokens.refresh);
    } finally {
      await store.delete(lock);
    }
  }

  async function renewRecord(id: string, record: PersonRecord, refresh: string): Promise<PersonRecord | undefined> {
    let latest = refresh;
    /** Whoever has signed in meanwhile counts more than what is known from before. */
    async function put(renewed: PersonRecord): Promise<PersonRecord | undefined> {
      const present = await people.get(id);
      if (present?.tokens.refresh !== latest) return present;
      await people.set(id, renewed, keepMs);
      return renewed;
    }
    try {
      const before = { refresh, idToken: record.tokens.idToken, identity: record };
      const { identity, tokens } = await upstream.renew(before, async (next) => {
        await insist(() => put({ ...record, tokens: { ...record.tokens, refresh: next } }));
        latest = next;
      });
      return await put({ ...identity, tokens, checked: now() });
    } catch (error) {
      if (!(error instanceof NoLongerKnown)) throw error;
      const present = await people.get(id);
      if (present?.tokens.refresh !== latest) return present;
      // Their sessions end with it, and what was issued for them is not renewed.
      await people.delete(id);
      return undefined;
    }
  }

  return {
    async check(id) {
      const isFresh = ({ checked }: PersonRecord) => now() - checked < checkEveryMs;
      const record = await people.get(id);
      if (!record || isFresh(record) || record.tokens.refresh === undefined) return record !== undefined;
      return (await renew(id, isFresh)) !== undefined;
    },

    async load(id, signal) {
      signal.throwIfAborted();
      const isFresh = ({ tokens }: PersonRecord) => now() < tokens.accessExpires - marginMs;
      const record = await people.get(id);
      const renewed = !record || isFresh(record) ? record : await untilAborted(renew(id, isFresh), signal);
      if (!renewed || !isFresh(renewed)) throw signInAgain();
      const { access, accessExpires, idToken } = renewed.tokens;
      return access === undefined
        ? { token: new Secret(idToken), type: 'urn:ietf:params:oauth:token-type:id_token', expires: accessExpires }
        : { token: new Secret(access), type: 'urn:ietf:params:oauth:token-type:access_token', expires: accessExpires };
    },
  };
}

async function insist(deed: () => Promise<unknown>): Promise<void> {
  for (let time = 1; ; time++) {
    try {
      await deed();
      return;
    } catch (error) {
      if (time === insistTimes) throw error;
      await pause(insistEveryMs);
    }
  }
}

function signInAgain(): CastellanError {
  return new CastellanError({
    code: 'unauthorized',
    message: 'What the identity provider gave at your sign-in has ended.',
    hint: 'Sign in again: disconnect this server in the application and connect it anew.',
  });
}
