// What `doctor` asks about a Scalekit tenant.

import { checkClock } from '../../core/clock.ts';
import { toCastellanError } from '../../core/errors.ts';
import type { Check, CheckResult } from '../../core/tool.ts';
import { describeElsewhere } from '../../core/unreachable.ts';
import type { Upstream } from '../../core/upstream.ts';
import type { CredentialKind } from './credential.ts';

export interface CheckOptions {
  readonly upstream: Upstream;
  readonly origin: URL;
  readonly kind: CredentialKind;
  readonly now: () => number;
}

const said = {
  environment: 'the client credentials are',
  token: 'the access token is',
  person: 'your sign-in is',
} as const;

export function createScalekitChecks({ upstream, origin, kind, now }: CheckOptions): readonly Check[] {
  const path = kind === 'environment' ? ['roles'] : ['environments'];
  const query = kind === 'environment' ? {} : { page_size: 1 };
  const ask = (signal: AbortSignal) =>
    upstream.request(
      { method: 'GET', path: ['api', 'v1', ...path], query, bucket: `GET /${path[0]}`, read: (body) => body },
      { signal, deadline: now() + 10_000 },
    );
  const credential: Check = {
    name: 'credential',
    async run(signal): Promise<CheckResult> {
      // Without a caller nothing can be asked in a caller's name.
      if (kind === 'caller')
        return {
          ok: true,
          says: `each caller’s own rights at ${origin.host}; only a call can show that they are taken`,
        };
      try {
        await ask(signal);
        const who = said[kind];
        return { ok: true, says: `${origin.host} answers, and ${who} accepted` };
      } catch (thrown) {
        const error = toCastellanError(thrown);
        const setting =
          kind === 'environment'
            ? 'environmentUrl (SCALEKIT_ENVIRONMENT_URL)'
            : 'workspaceUrl (SCALEKIT_WORKSPACE_URL)';
        const elsewhere = describeElsewhere(error, { host: origin.host, setting, whose: 'Scalekit' });
        return elsewhere ?? { ok: false, says: error.message, todo: error.hint };
      }
    },
  };
  const reach: Check = {
    name: 'reach',
    run: async () => ({
      ok: true,
      says:
        kind === 'environment'
          ? 'one environment; tools for the workspace (its environments and members) are hidden, for client credentials do not reach it'
          : 'the workspace with all its environments',
    }),
  };
  const clock: Check = {
    name: 'clock',
    async run(signal): Promise<CheckResult> {
      if (kind === 'caller')
        return { ok: true, says: 'not compared: without a caller nothing is asked there', unchecked: true };
      try {
        const { headers } = await ask(signal);
        return checkClock(headers.get('date'), now(), 'Scalekit');
      } catch {
        return { ok: true, says: 'not compared; see credential', unchecked: true };
      }
    },
  };
  return [credential, reach, clock];
}
