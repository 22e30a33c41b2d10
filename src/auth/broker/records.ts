// What the authorization server keeps, in the store that all replicas share: sealed, under digests of codes and tokens,
// never under themselves. What may be used once is used once, whichever replica is asked.

import { hash } from 'node:crypto';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { openText, sealText } from '../../stores/sealed.ts';
import type { Store } from '../../stores/store.ts';

export interface RecordOptions {
  readonly store: Store;
  readonly keys: () => Promise<readonly Uint8Array[]>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What is good for one use. */
const usedOnce = new Set(['AuthorizationCode', 'RefreshToken']);
const others = new Set([
  'AccessToken',
  'ClientCredentials',
  'Grant',
  'IdToken',
  'Interaction',
  'RegistrationAccessToken',
]);

/** A client that registered itself and is not used for so long is forgotten; milliseconds. */
const clientLifeMs = 30 * 86_400_000;
/** How often its time is set anew at most. */
const renewMs = 86_400_000;
/** So long after its end it is known that something was used: clocks differ. */
const marginMs = 60_000;

export function digestOf(id: string): string {
  return hash('sha256', id, 'base64url');
}

/** Where a grant lies, by its digest: as long as it lies there, what rests on it is good. */
export function placeOfGrant(gid: string): string {
  return `oauth:Grant:${gid}`;
}

/** Whether a grant still lies there, and was given here: what no key opens was not. */
export async function standsIn({ store, keys }: Pick<RecordOptions, 'store' | 'keys'>, gid: string): Promise<boolean> {
  if (!/^[\w-]{43}$/.test(gid)) return false;
  const place = placeOfGrant(gid);
  const sealed = await store.get(place);
  return sealed !== undefined && openText(await keys(), place, sealed) !== undefined;
}

export function createRecords({ store, keys, now }: RecordOptions): (model: string) => Adapter {
  const placeOf = (model: string, id: string) => `oauth:${model}:${digestOf(id)}`;
  const usedPlaceOf = (model: string, id: string) => `oauth:used:${model}:${digestOf(id)}`;

  async function write(place: string, value: unknown, ttlMs: number | undefined): Promise<void> {
    await store.set(place, sealText(await keys(), place, JSON.stringify(value)), ttlMs);
  }

  async function read<T>(place: string): Promise<T | undefined> {
    const sealed = await store.get(place);
    const text = sealed === undefined ? undefined : openText(await keys(), place, sealed);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  /** Codes and refresh tokens: the first to use one has it, any other ends what it stands for (RFC 9700 §4.14.2). */
  async function use(model: string, id: string): Promise<void> {
    const payload = await read<AdapterPayload>(placeOf(model, id));
    const until = (payload?.exp ?? 0) * 1000 + marginMs;
    const first = payload && (await store.add(usedPlaceOf(model, id), String(now()), Math.max(1, until - now())));
    if (first) return;
    if (payload?.grantId !== undefined) await store.delete(placeOfGrant(digestOf(payload.grantId)));
    throw new errors.InvalidGrant('used twice at the same moment');
  }

  const common = (model: string): Adapter => ({
    upsert: (id, payload, expiresIn) =>
      write(placeOf(model, id), payload, expiresIn === undefined ? undefined : Math.max(1, expiresIn * 1000)),
    find: (id) => read<AdapterPayload>(placeOf(model, id)),
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: (id) => use(model, id),
    destroy: (id) => store.delete(placeOf(model, id)),
    // Everything else of a grant is worth nothing without the grant itself, which is asked for whenever it is used.
    revokeByGrantId: async () => {},
  });

  function single(model: string): Adapter {
    const plain = common(model);
    return {
      ...plain,
      async find(id) {
        const payload = await read<AdapterPayload>(placeOf(model, id));
        const used = payload && (await store.get(usedPlaceOf(model, id)));
        return payload && used !== undefined ? { ...payload, consumed: Math.floor(Number(used) / 1000) } : payload;
      },
    };
  }

  /** Those that registered themselves; an operator's own are settings. */
  function clients(): Adapter {
    const keep = (id: string, payload: AdapterPayload) =>
      write(placeOf('Client', id), { payload, at: now() }, clientLifeMs);
    return {
      ...common('Client'),
      upsert: keep,
      async find(id) {
        const kept = await read<{ payload: AdapterPayload; at: number }>(placeOf('Client', id));
        if (kept && now() - kept.at > renewMs) await keep(id, kept.payload);
        return kept?.payload;
      },
    };
  }

  /** Who is signed in is the people's side to know: here nobody stays so from one request for authorization to the next. */
  const sessions: Adapter = {
    ...common('Session'),
    upsert: async () => {},
    find: async () => undefined,
    destroy: async () => {},
  };

  /** RFC 7523 §3: an assertion is taken once, by one replica. */
  const replays: Adapter = {
    ...common('ReplayDetection'),
    async upsert(id, _payload, expiresIn = 0) {
      const place = placeOf('ReplayDetection', id);
      if (!(await store.add(place, '1', Math.max(1, expiresIn * 1000) + marginMs)))
        throw new errors.InvalidClientAuth('the assertion was used before');
    },
    find: async (id) => ((await store.get(placeOf('ReplayDetection', id))) === undefined ? undefined : { jti: id }),
  };

  return (model) => {
    if (model === 'Session') return sessions;
    if (model === 'Client') return clients();
    if (model === 'ReplayDetection') return replays;
    if (usedOnce.has(model)) return single(model);
    // The names are those of classes, which a bundler may take away: then nothing would be used once.
    if (!others.has(model))
      throw new TypeError(`the authorization server keeps something that is not known: '${model}'`);
    return common(model);
  };
}
