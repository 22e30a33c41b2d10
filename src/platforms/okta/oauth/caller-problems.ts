// What an authorization server says when it does not exchange a caller's token, and who can do what about it.

import { CastellanError, type ErrorFacts } from '../../../core/errors.ts';
import type { Asking } from './problems.ts';

/** RFC 8693 §2.2.2, RFC 6749 §5.2, RFC 8707 §2. What is no refusal of the exchange stays as it is. */
export function exchangeProblem(thrown: unknown, asking: Asking, tokenEndpoint: string): unknown {
  if (!(thrown instanceof CastellanError)) return thrown;
  const { oauth, said } = (thrown.detail ?? {}) as { readonly oauth?: unknown; readonly said?: unknown };
  if (typeof oauth !== 'string') return thrown;
  const facts = adviceFor(
    oauth,
    typeof said === 'string' && said !== '' ? `${oauth}: ${said}` : oauth,
    asking,
    tokenEndpoint,
  );
  return facts ? new CastellanError({ ...facts, detail: thrown.detail }) : thrown;
}

function adviceFor(name: string, said: string, asking: Asking, tokenEndpoint: string): ErrorFacts | undefined {
  const app = `the application ${asking.clientId}`;
  const at = new URL(tokenEndpoint).host;
  switch (name) {
    case 'invalid_grant':
    case 'invalid_token':
      return {
        code: 'unauthorized',
        message: `The caller’s sign-in is not accepted for an exchange (${said}).`,
        hint: `Sign in again. If it stays so, the operator must see to it that the authorization server at ${at} trusts the one that callers sign in at (Security > API > the server > Trusted servers).`,
      };
    case 'invalid_target':
      return {
        code: 'bad_configuration',
        message: `The authorization server at ${at} gives no tokens for this audience (${said}).`,
        hint: 'The operator must set exchangeAudience (OKTA_EXCHANGE_AUDIENCE) to an audience of that server.',
      };
    case 'invalid_scope':
      return {
        code: 'missing_scope',
        message: `The authorization server at ${at} does not give a scope that was asked for (${said}).`,
        hint: `The operator must add it there, or ask for others with exchangeScopes (OKTA_EXCHANGE_SCOPES). Asked for: ${asking.scopes.join(' ') || 'none'}.`,
      };
    case 'access_denied':
      return {
        code: 'unauthorized',
        message: `No rule lets Castellan act for this person (${said}).`,
        hint: `The operator must add a rule for ${app} with the grant type Token Exchange, these scopes and this person’s groups (Security > API > the server > Access policies).`,
      };
    case 'consent_required':
    case 'interaction_required':
      return {
        code: 'unauthorized',
        message: `The person must first agree that Castellan acts for them (${said}).`,
        hint: `Sign in again and agree; where nothing asks, the operator must set the consent of the scopes at ${at} to implicit.`,
      };
    case 'unauthorized_client':
    case 'unsupported_grant_type':
      return {
        code: 'bad_configuration',
        message: `The authorization server at ${at} does not let ${app} exchange tokens (${said}).`,
        hint: 'The operator must allow it the grant type Token Exchange (Applications > the app > Grant type); only a custom authorization server has it.',
      };
    case 'invalid_client':
      return {
        code: 'bad_configuration',
        message: `The authorization server at ${at} does not accept ${app} as what it says it is (${said}).`,
        hint: 'The operator must check clientId with clientSecret or privateKey, and this machine’s clock.',
      };
    default:
      return undefined;
  }
}
