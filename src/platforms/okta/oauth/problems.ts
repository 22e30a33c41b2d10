// What the authorization server of an organization says when it refuses, and what to do about it. Never a token in it.

import { CastellanError, type ErrorFacts } from '../../../core/errors.ts';

/** Who asked, for the advice. */
export interface Asking {
  readonly clientId: string;
  readonly keyId: string | undefined;
  readonly scopes: readonly string[];
  /** How a person signs in again (`castellan login okta --tenant acme`); undefined for a service app. */
  readonly login: string | undefined;
}

/** Values that were sent and must come back in no message. */
export type Sent = readonly string[];

/** The text of a stranger: on one line, short, and without what looks like, or is, a secret. */
export function cleanText(text: string, sent: Sent): string {
  let clean = text;
  for (const value of sent) if (value.length > 3) clean = clean.replaceAll(value, '[removed]');
  return clean
    .replace(/eyJ[\w.-]+/g, '[removed]')
    .replace(/[\w~+/-]{40,}/g, '[removed]')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

/** What a clock that is off can be the reason of: proofs and assertions hold times. */
const timely: ReadonlySet<string> = new Set(['invalid_client', 'invalid_dpop_proof']);

/** RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, RFC 9449 §5. `clock`: how far this machine's is off, if it is. */
export function oauthProblem(
  code: string,
  description: string,
  asking: Asking,
  sent: Sent = [],
  clock?: string,
): CastellanError {
  const name = cleanText(code, sent).slice(0, 60);
  const said = cleanText(description, sent);
  const okta = said === '' ? name : `${name}: ${said.replace(/\.$/, '')}`;
  const facts = adviceFor(name, okta, asking);
  const hint = clock !== undefined && timely.has(name) ? `${clock} If that is not it: ${facts.hint}` : facts.hint;
  return new CastellanError({ ...facts, hint, detail: { oauth: name, said } });
}

function adviceFor(name: string, okta: string, asking: Asking): ErrorFacts {
  const app = `the application ${asking.clientId}`;
  switch (name) {
    case 'invalid_client':
      return {
        code: 'unauthorized',
        message: `Okta does not accept ${app} as what it says it is (${okta}).`,
        hint: asking.login
          ? 'Check the client id, that the app is active, and that it is a native app without client authentication.'
          : `Check the client id, that the app is an active API Services app with client authentication “Public key / Private key”, that the public half of this private key is registered with it${asking.keyId === undefined ? ' (set keyId if there are several)' : ` under the key id ${asking.keyId}`}, and that this machine’s clock is right.`,
      };
    case 'invalid_scope':
      return {
        code: 'missing_scope',
        message: `Okta does not grant ${app} a scope that was asked for (${okta}).`,
        hint: `Grant it in the Admin Console (Applications > the app > Okta API Scopes), or ask for fewer with the scopes setting (OKTA_SCOPES). Asked for: ${asking.scopes.join(' ')}.`,
      };
    case 'consent_required':
      return {
        code: 'missing_scope',
        message: `Okta grants ${app} none of the scopes that were asked for (${okta}).`,
        hint: `Grant them in the Admin Console (Applications > the app > Okta API Scopes). Asked for: ${asking.scopes.join(' ')}.`,
      };
    case 'access_denied':
      return {
        code: 'unauthorized',
        message: `Okta refused access (${okta}).`,
        hint: asking.login
          ? `The person declined, or a sign-on policy or a missing assignment to the app stands against it. Assign the person to the app if that is it, then run \`${asking.login}\`.`
          : 'Assign the app an admin role (Applications > the app > Admin roles) and look at its policies.',
      };
    case 'invalid_grant':
      return asking.login
        ? signInNeeded('The sign-in is over: Okta no longer accepts it', okta, asking.login)
        : {
            code: 'unauthorized',
            message: `Okta refused the grant (${okta}).`,
            hint: 'Check the private key and clock.',
          };
    case 'unauthorized_client':
    case 'unsupported_grant_type':
      return {
        code: 'unauthorized',
        message: `Okta does not let ${app} sign in this way (${okta}).`,
        hint: asking.login
          ? 'Enable Authorization Code, Refresh Token and, for --device, Device Authorization at the app’s Grant type.'
          : 'Use an API Services app with the grant type Client Credentials.',
      };
    case 'invalid_dpop_proof':
    case 'use_dpop_nonce':
      return {
        code: 'unauthorized',
        message: `Okta does not accept the proof that binds the token to its key (${okta}).`,
        hint: 'Set dpop (OKTA_DPOP) to auto if the app requires DPoP, and let the system synchronise this machine’s clock (NTP).',
      };
    case 'server_error':
    case 'temporarily_unavailable':
      return {
        code: 'platform_unavailable',
        message: `Okta could not give a token (${okta}).`,
        hint: 'Try again; status.okta.com tells about outages.',
        retry: { again: true, afterMs: 0 },
      };
    default:
      return {
        code: 'refused_by_platform',
        message: `Okta refused to give a token (${okta}).`,
        hint: `Check the settings of ${app} in the Admin Console; \`castellan doctor\` tells what is set here.`,
      };
  }
}

export function signInNeeded(what: string, okta: string | undefined, login: string): ErrorFacts {
  return {
    code: 'unauthorized',
    message: `${what}${okta === undefined ? '' : ` (${okta})`}.`,
    hint: `Run \`${login}\` in a terminal on this machine.`,
  };
}
