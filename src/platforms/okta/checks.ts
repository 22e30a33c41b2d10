// What `doctor` asks about an Okta organization.

import { z } from 'zod';
import { type CastellanError, toCastellanError } from '../../core/errors.ts';
import type { Check, CheckResult } from '../../core/tool.ts';
import type { Upstream } from '../../core/upstream.ts';
import type { OktaCredential } from './credential.ts';

/** Beyond this the log windows that people ask for are visibly off. */
const clockToleranceMs = 30_000;

export function createOktaChecks(
  upstream: Upstream,
  origin: URL,
  now: () => number,
  credential: OktaCredential,
): readonly Check[] {
  const ask = (signal: AbortSignal, path: readonly string[]) =>
    upstream.request(
      {
        method: 'GET',
        path: ['api', 'v1', ...path],
        bucket: `/${path[0]}`,
        query: path[0] === 'users' ? { limit: 1 } : {},
        read: (body) => body,
      },
      { signal, deadline: now() + 10_000 },
    );

  return [
    {
      name: 'address',
      async run(signal) {
        try {
          const { body } = await ask(signal, ['org']);
          const org = z
            .looseObject({ companyName: z.string().optional(), status: z.string().optional() })
            .safeParse(body);
          const name = org.success ? org.data.companyName : undefined;
          return { ok: true, says: `${origin.host} answers${name ? ` as ${name}` : ''}` };
        } catch (thrown) {
          const error = toCastellanError(thrown);
          // The organization is there when it refuses us; the credential check says the rest.
          return refusedByApi(error) ? { ok: true, says: `${origin.host} answers` } : unasked(error);
        }
      },
    },
    credential.kind === 'ssws' ? tokenCheck(ask) : oauthCheck(credential),
    {
      name: 'clock',
      async run(signal) {
        try {
          const { headers } = await ask(signal, ['users']);
          const theirs = Date.parse(headers.get('date') ?? '');
          if (Number.isNaN(theirs)) return { ok: true, says: 'Okta did not tell its time' };
          const off = Math.round((now() - theirs) / 1000);
          const ok = Math.abs(now() - theirs) <= clockToleranceMs;
          return ok
            ? { ok, says: `this machine's clock agrees with Okta's (${off} s)` }
            : {
                ok,
                says: `this machine's clock is ${off} s off Okta's`,
                todo: 'Let the system synchronise its clock (NTP).',
              };
        } catch (thrown) {
          const error = toCastellanError(thrown);
          return refusedByApi(error) ? { ok: true, says: 'not compared: the credential may not ask' } : unasked(error);
        }
      },
    },
  ];
}

/** The API itself answered and let nobody in, unlike a credential that could not be had in the first place. */
function refusedByApi({ code, detail }: CastellanError): boolean {
  const answered = typeof detail === 'object' && detail !== null && 'status' in detail;
  return answered && (code === 'unauthorized' || code === 'missing_scope');
}

function unasked(error: CastellanError): CheckResult {
  if (error.code !== 'unauthorized' && error.code !== 'missing_scope') return failed(error);
  return { ok: false, says: 'could not be asked without a credential; see credential' };
}

type Ask = (signal: AbortSignal, path: readonly string[]) => Promise<unknown>;

function tokenCheck(ask: Ask): Check {
  return {
    name: 'credential',
    async run(signal) {
      try {
        await ask(signal, ['users']);
        return { ok: true, says: 'the API token is accepted and may read users' };
      } catch (thrown) {
        return failed(toCastellanError(thrown));
      }
    },
  };
}

/** The token says itself what it may do; nothing needs to be tried for it. */
function oauthCheck(credential: OktaCredential): Check {
  const who = credential.kind === 'service' ? 'service app' : 'person signed in through app';
  return {
    name: 'credential',
    async run(signal) {
      try {
        const granted = (await credential.scopes(signal)) ?? new Set();
        const asked = credential.askedScopes;
        const absent = asked.filter((scope) => !granted.has(scope));
        const bound = credential.bound() ? 'DPoP on' : 'DPoP off';
        const says = `${who} ${credential.clientId}, ${bound}, ${asked.length - absent.length} of ${asked.length} scopes`;
        if (absent.length === 0) return { ok: true, says };
        return {
          ok: false,
          says: `${says}; not granted: ${absent.join(' ')}`,
          todo: 'Grant them in the Admin Console (Applications > the app > Okta API Scopes), or ask for fewer with the scopes setting (OKTA_SCOPES).',
        };
      } catch (thrown) {
        return failed(toCastellanError(thrown));
      }
    },
  };
}

function failed(error: { readonly message: string; readonly hint: string | undefined }): CheckResult {
  return { ok: false, says: error.message, todo: error.hint };
}
