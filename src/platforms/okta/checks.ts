// What `doctor` asks about an Okta organization.

import { z } from 'zod';
import { checkClock } from '../../core/clock.ts';
import { type CastellanError, toCastellanError } from '../../core/errors.ts';
import type { Check, CheckResult } from '../../core/tool.ts';
import { describeElsewhere, isElsewhere, seeAbove } from '../../core/unreachable.ts';
import type { Upstream, UpstreamOptions } from '../../core/upstream.ts';
import type { OktaCredential } from './credential.ts';

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

  const place = { host: origin.host, setting: 'orgUrl (OKTA_CLIENT_ORGURL)', whose: 'Okta' };

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
          if (refusedByApi(error)) return { ok: true, says: `${origin.host} answers` };
          return describeElsewhere(error, place) ?? unasked(error);
        }
      },
    },
    credential.kind === 'ssws' ? tokenCheck(ask) : oauthCheck(credential),
    {
      name: 'clock',
      async run(signal) {
        try {
          const { headers } = await ask(signal, ['users']);
          return checkClock(headers.get('date'), now(), 'Okta');
        } catch (thrown) {
          const error = toCastellanError(thrown);
          if (refusedByApi(error)) return { ok: true, says: 'not compared: the credential may not ask' };
          return isElsewhere(error) ? seeAbove('address') : unasked(error);
        }
      },
    },
  ];
}

/** What can be told without a caller: whether the places answer that a call of theirs goes through. */
export function callerChecks(
  origin: URL,
  { exchangeUrl, clientId }: { readonly exchangeUrl: string | undefined; readonly clientId: string | undefined },
  { fetch, userAgent }: Pick<UpstreamOptions, 'fetch' | 'userAgent'>,
): readonly Check[] {
  const reach = (url: URL | string, init: RequestInit, signal: AbortSignal) =>
    fetch(String(url), { ...init, redirect: 'manual', headers: { 'user-agent': userAgent }, signal });
  const unreachable = (what: string): CheckResult => ({
    ok: false,
    says: `${what} does not answer`,
    todo: 'Check the address and the network.',
  });
  return [
    {
      name: 'address',
      async run(signal) {
        try {
          await (await reach(new URL('/.well-known/okta-organization', origin), {}, signal)).body?.cancel();
          return { ok: true, says: `${origin.host} answers` };
        } catch {
          return unreachable(origin.host);
        }
      },
    },
    {
      name: 'credential',
      async run(signal) {
        if (exchangeUrl === undefined)
          return {
            ok: true,
            says: 'each caller’s own token of this organization; only a call can show that it is taken',
          };
        try {
          // Without a grant nothing is given; a token endpoint says so in the words of OAuth (RFC 6749 §5.2).
          const answer = await reach(exchangeUrl, { method: 'POST', body: new URLSearchParams() }, signal);
          const body: unknown = await answer.json().catch(() => undefined);
          const isOAuth = typeof body === 'object' && body !== null && 'error' in body;
          if (isOAuth) return { ok: true, says: `callers’ tokens are exchanged at ${exchangeUrl} as ${clientId}` };
          const todo = 'Set exchangeUrl (OKTA_EXCHANGE_URL) to the token endpoint of the authorization server.';
          return { ok: false, says: `${exchangeUrl} is no token endpoint (HTTP ${answer.status})`, todo };
        } catch {
          return unreachable(exchangeUrl);
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
        const error = toCastellanError(thrown);
        return isElsewhere(error) ? seeAbove('address') : failed(error);
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
