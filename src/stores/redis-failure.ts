// What may go wrong with Redis, in words for whoever called and whoever runs Castellan. What Redis itself wrote goes to
// the log only, without the arguments of a command, which may be a password.

import { CastellanError, type ErrorFacts } from '../core/errors.ts';

/** Nothing was heard in the time that there was. */
export class NoAnswer extends Error {}

type Facts = Pick<ErrorFacts, 'code' | 'message' | 'hint'>;

const usual = 'Call again in a moment; if it lasts, look at Redis.';
const away = (message: string, hint = usual): Facts => ({
  code: 'store_unavailable',
  message: `The store cannot be used now: ${message}.`,
  hint,
});
const wrong = (message: string, hint: string): Facts => ({
  code: 'bad_configuration',
  message: `The store cannot be used: ${message}.`,
  hint,
});

/** By the word with which Redis begins its answer. */
const byWord: Readonly<Record<string, Facts>> = {
  WRONGPASS: wrong('Redis refuses the user or the password', 'Mend them in CASTELLAN_STORE.'),
  NOAUTH: wrong('Redis wants a password', 'Write it into CASTELLAN_STORE: redis://user:password@host:6379/0.'),
  NOPERM: wrong(
    'the user may not do in Redis what Castellan needs',
    'Grant it: ~castellan:* +get +getdel +set +del +scan +info +select.',
  ),
  DENIED: wrong('Redis is in protected mode', 'Give it a password, and write it into CASTELLAN_STORE.'),
  MOVED: wrong('it is a Redis Cluster, which Castellan cannot use', 'Name a single Redis, or a primary with replicas.'),
  READONLY: away('Redis is a replica that takes no writes', 'CASTELLAN_STORE must name the primary.'),
  LOADING: away('Redis is starting'),
  MASTERDOWN: away('Redis has lost its primary'),
  CLUSTERDOWN: away('the Redis Cluster is down'),
  BUSY: away('Redis is busy with a script'),
  OOM: away('the memory of Redis is full', 'Give Redis more memory (maxmemory).'),
  MISCONF: away('Redis takes no writes, because it cannot save to its disk', 'Look at the log of Redis.'),
};

const byNetwork: Readonly<Record<string, Facts>> = {
  ECONNREFUSED: away('Redis refused the connection', 'Call again in a moment; if it lasts, start Redis.'),
  ENOTFOUND: away('the name of the Redis host is not known'),
  EAI_AGAIN: away('the name of the Redis host could not be looked up'),
};

/** Either side waits for the other, or hangs up, when only one of them speaks TLS. */
const tlsHint = (tls: boolean) => (tls ? 'A Redis without TLS has redis://.' : 'A Redis with TLS has rediss://.');

/**
 * @param thrown whatever the client library or the network threw
 * @param opening how it was tried, when not even a connection came about
 */
export function toStoreError(thrown: unknown, opening?: { readonly tls: boolean }): CastellanError {
  if (thrown instanceof CastellanError) return thrown;
  const text = (thrown instanceof Error ? thrown.message : String(thrown)).split(', with args')[0] ?? '';
  const code = codeOf(thrown);
  const found = code === '' ? ofAnswer(thrown, text) : ofNetwork(code);
  const facts = opening && found.hint === usual ? { ...found, hint: `${usual} ${tlsHint(opening.tls)}` } : found;
  const retry = facts.code === 'store_unavailable' ? { again: true, afterMs: 2_000 } : { again: false };
  return new CastellanError({ ...facts, retry: retry as ErrorFacts['retry'], detail: `Redis: ${text}` });
}

/** Redis is older than the store needs. */
export function tooOld(version: string): CastellanError {
  const facts = wrong(`Redis is version ${version}`, 'Castellan needs Redis 7 or newer.');
  return new CastellanError(facts);
}

function ofNetwork(code: string): Facts {
  const known = byNetwork[code];
  if (known) return known;
  if (/^(ERR_SSL|EPROTO)/.test(code)) return wrong('Redis does not speak TLS at this address', tlsHint(true));
  if (/CERT|SIGNATURE|ISSUER|^ERR_TLS/.test(code)) {
    const hint = 'Name its authority’s certificate in NODE_EXTRA_CA_CERTS, and its host as the certificate does.';
    return wrong(`the certificate of Redis is not trusted (${code})`, hint);
  }
  return away(`the connection to Redis broke (${code})`);
}

function ofAnswer(thrown: unknown, text: string): Facts {
  const known = byWord[/^-?([A-Z]+)/.exec(text)?.[1] ?? ''];
  if (known) return known;
  if (thrown instanceof NoAnswer) return away('Redis did not answer in time');
  if (/\bAUTH\b/.test(text))
    return wrong('Redis refuses to let Castellan in', 'Mend user and password in CASTELLAN_STORE.');
  if (/DB index/i.test(text)) return wrong('Redis has no database of this number', 'Mend the end of CASTELLAN_STORE.');
  if (/^ERR unknown command/.test(text))
    return wrong('Redis does not know a command', 'Castellan needs Redis 7 or newer.');
  if (text.startsWith('ERR ')) return away('Redis refused a command');
  return away('the connection to Redis broke');
}

function codeOf(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}
