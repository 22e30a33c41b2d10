// The credential of callers who act with their own rights: each has a session of their own at OCI, with a key of its own, for
// as long as the token they signed in with stands. Never the token that came with a request.

import { createCallerTokens } from '../../core/caller-tokens.ts';
import type { Credential } from '../../core/upstream.ts';
import type { OciCredential } from './credential.ts';
import { type ExchangeOptions, exchangeForSession, isYoung, type Session } from './session-token.ts';
import { signRequest } from './signer.ts';

/** What was refused that soon is not refused for its age, and another one would fare no better. */
const settledMs = 60_000;
const keyIdOf = /keyId="ST\$([^"]+)"/;

export function createCallerCredential(options: ExchangeOptions): OciCredential {
  const { now } = options;
  const sessions = createCallerTokens<Session>(
    (subject) => exchangeForSession(options, subject),
    now,
    'exchangeClientId (IAM_TOKENEXCHANGE_CLIENT_ID)',
    isYoung,
  );
  const send: Credential = async ({ method, url, body, signal, caller }) => {
    const { signing } = await sessions.get(caller, signal);
    return signRequest({ method, url, body, now: now() }, signing);
  };
  const rejected: Credential['rejected'] = (sent, { status }) => {
    const token = keyIdOf.exec(sent.authorization ?? '')?.[1];
    if (status !== 401 || token === undefined) return false;
    const holder = sessions.holderOf(token);
    // Without one it was dropped by another request of the same caller, and the next look gets a new one.
    if (!holder) return true;
    const issuedAt = holder.current()?.issuedAt ?? 0;
    if (now() - issuedAt < settledMs) return false;
    holder.drop(token);
    return true;
  };
  return {
    kind: 'caller',
    prove: Object.assign(send, { rejected }),
    identity: async ({ caller, signal }) => (await sessions.get(caller, signal)).identity,
    claims: async ({ caller, signal }) => (await sessions.get(caller, signal)).claims,
  };
}
