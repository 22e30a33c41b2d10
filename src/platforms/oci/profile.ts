// A profile of the OCI configuration file as a credential: an API key, or a session that `oci session authenticate` began. Its
// files are looked at again when they change, so that a refreshed session counts at once.

import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CastellanError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { OciIdentity } from './client.ts';
import { type OciCredential, readKey } from './credential.ts';
import { type Profiles, parseProfiles } from './profile-file.ts';
import { type SigningKey, signRequest } from './signer.ts';
import { readClaims, textOf } from './token-claims.ts';

export interface ProfileOptions {
  readonly file: string;
  readonly profile: string;
  /** In the place of what the profile says. */
  readonly region: string | undefined;
  readonly passphrase: Secret | undefined;
  readonly now: () => number;
}

interface Opened {
  readonly signing: SigningKey;
  readonly identity: OciIdentity;
  /** Of a session. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
  /** Epoch milliseconds; of a session. */
  readonly ends: number | undefined;
  /** The files that it came from, with when they were written. */
  readonly seen: ReadonlyMap<string, number>;
}

/** How often files are asked whether they changed, milliseconds. */
const lookEveryMs = 1_000;

export function createProfileCredential(options: ProfileOptions): OciCredential {
  const { now } = options;
  let opening: Promise<Opened> | undefined;
  let looked = Number.NEGATIVE_INFINITY;

  async function load(): Promise<Opened> {
    if (opening && now() - looked >= lookEveryMs) {
      looked = now();
      const known = await opening;
      for (const [path, written] of known.seen) if ((await writtenAt(path)) !== written) opening = undefined;
    }
    if (!opening) {
      looked = now();
      const own = open(options);
      opening = own;
      own.catch(() => {
        if (opening === own) opening = undefined;
      });
    }
    const opened = await opening;
    if (opened.ends !== undefined && opened.ends <= now()) throw sessionOver(options, opened);
    return opened;
  }

  return {
    kind: 'profile',
    prove: async ({ method, url, body }) => signRequest({ method, url, body, now: now() }, (await load()).signing),
    identity: async () => (await load()).identity,
    claims: async () => ({ session: (await load()).claims }),
  };
}

async function open(options: ProfileOptions): Promise<Opened> {
  const { profile, region } = options;
  const file = expandHome(options.file);
  const seen = new Map<string, number>();
  const read = async (path: string, what: string): Promise<string> => {
    try {
      // Before it is read: what is written meanwhile is then read again.
      seen.set(path, (await writtenAt(path)) ?? 0);
      return await readFile(path, 'utf8');
    } catch {
      throw wrong(`${what} ${path} cannot be read.`, 'Check the path and the permissions.');
    }
  };
  const profiles = parseProfiles(await read(file, 'The OCI configuration file'));
  const own = profiles.own(profile);
  if (!own) {
    const there = profiles.names.join(', ') || 'none';
    throw wrong(
      `${file} has no profile ${profile}; it has: ${there}.`,
      'Set profile (OCI_CLI_PROFILE) to one of them.',
    );
  }
  const need = (key: string) => {
    const value = profiles.get(profile, key);
    if (value) return value;
    throw wrong(
      `The profile ${profile} in ${file} lacks ${key}.`,
      'Add it, or make the profile anew: oci setup config.',
    );
  };
  const pathOf = (key: string) => resolve(dirname(file), expandHome(need(key)));
  const tenancy = need('tenancy');
  const home = region ?? need('region');
  const told = profiles.get(profile, 'pass_phrase') ?? profiles.get(profile, 'passphrase');
  const passphrase = options.passphrase ?? (told === undefined ? undefined : new Secret(told));
  const key = readKey(new Secret(await read(pathOf('key_file'), 'The key file')), passphrase, {
    what: `The key file of the profile ${profile}`,
    todo: 'Check key_file and pass_phrase in the profile.',
  });
  if (!isSession(profiles, profile)) {
    const user = need('user');
    const keyId = `${tenancy}/${user}/${need('fingerprint')}`;
    return {
      signing: { keyId, key },
      identity: { tenancy, user, region: home, kind: 'api_key' },
      claims: undefined,
      ends: undefined,
      seen,
    };
  }
  const token = (await read(pathOf('security_token_file'), 'The session token file')).trim();
  const claims = readClaims(token);
  if (!claims)
    throw wrong(`The session token of the profile ${profile} is none.`, `Run: ${authenticate(profile, home)}`);
  const user = textOf(claims.sub) ?? profiles.get(profile, 'user') ?? '';
  const identity = { tenancy: textOf(claims.tenant) ?? tenancy, user, region: home, kind: 'session' as const };
  const ends = typeof claims.exp === 'number' ? claims.exp * 1000 : undefined;
  return { signing: { keyId: `ST$${token}`, key }, identity, claims, ends, seen };
}

/** A profile with a user of its own does not take the session of DEFAULT. */
function isSession(profiles: Profiles, profile: string): boolean {
  const own = profiles.own(profile);
  return (
    own?.has('security_token_file') || (!own?.has('fingerprint') && !!profiles.get(profile, 'security_token_file'))
  );
}

function expandHome(path: string): string {
  return /^~[/\\]/.test(path) ? join(homedir(), path.slice(2)) : path;
}

async function writtenAt(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

function authenticate(profile: string, region: string): string {
  return `oci session authenticate --profile-name ${profile} --region ${region}`;
}

function sessionOver({ profile }: ProfileOptions, { identity, ends }: Opened): CastellanError {
  return new CastellanError({
    code: 'unauthorized',
    message: `The OCI session of the profile ${profile} ended at ${new Date(ends ?? 0).toISOString()}.`,
    hint: `Run: ${authenticate(profile, identity.region)}. Before it ends, oci session refresh --profile ${profile} prolongs it; Castellan needs no restart.`,
  });
}

function wrong(message: string, hint: string): CastellanError {
  return new CastellanError({ code: 'bad_configuration', message, hint });
}
