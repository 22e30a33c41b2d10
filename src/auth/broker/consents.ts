// What people have let which clients do, and what rests on it: kept sealed, shown to them, ended when they say so.

import { openText, sealText } from '../../stores/sealed.ts';
import type { Store } from '../../stores/store.ts';
import type { Consent, ConsentClient, Consents } from './broker.ts';
import { digestOf, placeOfGrant } from './records.ts';

export interface ConsentBook extends Consents {
  /** What a person has let a client do, at the addresses that it returns to now. */
  readonly allowed: (personId: string, client: ConsentClient) => Promise<readonly string[]>;
  /** @param grantId what was made of it, ended with it */
  readonly remember: (given: Given) => Promise<void>;
}

export interface Given {
  readonly personId: string;
  readonly client: ConsentClient;
  readonly scopes: readonly string[];
  readonly grantId: string;
  /** For how long the grant lives, milliseconds. */
  readonly lifeMs: number;
}

export interface ConsentOptions {
  readonly store: Store;
  readonly keys: () => Promise<readonly Uint8Array[]>;
  readonly now: () => number;
}

/** Forgotten when the client has not asked for so long; milliseconds. */
const lifeMs = 365 * 86_400_000;

export function createConsents({ store, keys, now }: ConsentOptions): ConsentBook {
  const folderOf = (personId: string) => `oauth:consent:${digestOf(personId)}:`;
  const grantsOf = (personId: string, id: string) => `oauth:granted:${digestOf(personId)}:${id}:`;

  async function open(place: string): Promise<Consent | undefined> {
    const sealed = await store.get(place);
    const text = sealed === undefined ? undefined : openText(await keys(), place, sealed);
    return text === undefined ? undefined : (JSON.parse(text) as Consent);
  }

  /** An address that was not there when it was asked for is another client's as far as anybody knows. */
  async function find(personId: string, client: ConsentClient): Promise<Consent | undefined> {
    const consent = await open(folderOf(personId) + digestOf(client.id));
    return consent && sameAddresses(consent.client, client) ? consent : undefined;
  }

  async function endGrants(personId: string, id: string): Promise<void> {
    const folder = grantsOf(personId, id);
    for (const place of await store.keys(folder)) {
      await store.delete(placeOfGrant(place.slice(folder.length)));
      await store.delete(place);
    }
  }

  return {
    allowed: async (personId, client) => (await find(personId, client))?.scopes ?? [],

    async remember({ personId, client, scopes, grantId, lifeMs: grantLifeMs }) {
      const id = digestOf(client.id);
      const place = folderOf(personId) + id;
      const before = await find(personId, client);
      const all = new Set([...(before?.scopes ?? []), ...scopes]);
      const consent: Consent = { id, client, scopes: [...all], since: before?.since ?? now() };
      // First what ends it, so that nothing rests on it that a withdrawal does not find.
      await store.set(grantsOf(personId, id) + digestOf(grantId), '', grantLifeMs);
      await store.set(place, sealText(await keys(), place, JSON.stringify(consent)), lifeMs);
    },

    async list(personId) {
      const consents = await Promise.all((await store.keys(folderOf(personId))).map(open));
      return consents.filter((consent) => consent !== undefined).sort((one, other) => other.since - one.since);
    },

    async withdraw(personId, id) {
      const place = folderOf(personId) + id;
      if ((await store.get(place)) === undefined) return false;
      // What rests on it first: if this ends halfway, the consent is still there to be withdrawn.
      await endGrants(personId, id);
      const had = (await store.take(place)) !== undefined;
      // What was given in the same moment.
      await endGrants(personId, id);
      return had;
    },
  };
}

function sameAddresses(one: ConsentClient, other: ConsentClient): boolean {
  return one.redirectUris.toSorted().join(' ') === other.redirectUris.toSorted().join(' ');
}
