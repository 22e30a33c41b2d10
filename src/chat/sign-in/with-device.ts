// Signing in to an MCP server with a code on another device (RFC 8628), where its authorization server offers that.

import type { OAuthTokens } from '@modelcontextprotocol/client';
import * as oauth from 'oauth4webapi';
import { CastellanError } from '../../core/errors.ts';
import { showUrl } from '../connect-failure.ts';
import { type AuthorizeOptions, type Challenge, prepare } from './authorize.ts';
import { mayName } from './guarded-fetch.ts';
import type { KeptSignIn } from './kept.ts';
import { cleanText, describeSignInFailure, loginCommand } from './problems.ts';
import { exchange } from './requests.ts';

export interface DeviceOptions extends AuthorizeOptions {
  /** Milliseconds; rejects when the login is given up. */
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly say: (text: string) => void;
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
/** Nothing listens there: the code comes another way, but clients register with an address. */
const redirectUri = 'http://127.0.0.1/callback';

/** @returns undefined where the authorization server does not offer it */
export async function signInWithDevice(options: DeviceOptions, challenge: Challenge): Promise<KeptSignIn | undefined> {
  const { server, say, sleep, now } = options;
  const way = { redirectUri, grantTypes: ['authorization_code', 'refresh_token', deviceGrant] };
  const prepared = await prepare(options, challenge, way);
  const { metadata, attempt, url, send } = prepared;
  const endpoint = (metadata as { readonly device_authorization_endpoint?: unknown } | undefined)
    ?.device_authorization_endpoint;
  if (typeof endpoint !== 'string' || !metadata) return undefined;
  const at = { ...metadata, device_authorization_endpoint: endpoint };
  const asked = { server: at as oauth.AuthorizationServer, client: attempt.client(), send };
  const wanted = Object.fromEntries([...url.searchParams].filter(([name]) => name === 'scope' || name === 'resource'));
  const device = await told(server, () =>
    exchange(asked, async ({ server, client, authentication, options }) => {
      const response = await oauth.deviceAuthorizationRequest(server, client, authentication, wanted, options);
      return oauth.processDeviceAuthorizationResponse(server, client, response);
    }),
  );
  const minutes = Math.max(1, Math.floor(device.expires_in / 60));
  const page = pageOf(server, device.verification_uri);
  say(
    `On any device, open\n\n  ${page.href}\n\nand type the code\n\n  ${cleanText(device.user_code)}\n\nIt is good for ${minutes} minutes; Castellan waits.\n${warnOfOther(page, new URL(endpoint))}`,
  );
  const endsAt = now() + device.expires_in * 1000;
  // RFC 8628 §3.2: five seconds where nothing is said.
  let interval = device.interval ?? 5;
  for (;;) {
    if (now() + interval * 1000 > endsAt) throw codeExpired(server);
    await sleep(interval * 1000);
    try {
      const tokens = await told(server, () =>
        exchange(asked, async ({ server, client, authentication, options }) => {
          const resource = wanted.resource === undefined ? {} : { additionalParameters: { resource: wanted.resource } };
          const more = { ...options, ...resource };
          const code = device.device_code;
          const response = await oauth.deviceCodeGrantRequest(server, client, authentication, code, more);
          return oauth.processDeviceCodeResponse(server, client, response);
        }),
      );
      return await prepared.keep(tokens as OAuthTokens);
    } catch (error) {
      const said = pollAgain(error, server);
      if (said === 'no') throw error;
      // RFC 8628 §3.5: five seconds more from then on, also where a connection timed out.
      if (said === 'slower') interval += 5;
    }
  }
}

async function told<T>(server: URL, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw describeSignInFailure(error, server);
  }
}

function pollAgain(error: unknown, server: URL): 'yes' | 'slower' | 'no' {
  if (!(error instanceof CastellanError)) return 'no';
  const { oauth: said } = (error.detail ?? {}) as { readonly oauth?: unknown };
  if (said === 'authorization_pending') return 'yes';
  if (said === 'expired_token') throw codeExpired(server);
  return said === 'slow_down' || error.retry.again ? 'slower' : 'no';
}

function codeExpired(server: URL): CastellanError {
  return new CastellanError({
    code: 'unauthorized',
    message: 'The code was not used in time.',
    hint: `Run \`${loginCommand(server)}\` again and type the new code.`,
  });
}

/** A server that is not what it seems has people type a code of its own at the page of a provider that they trust (RFC 8628 §5.4). */
function warnOfOther(page: URL, giver: URL): string {
  if (page.host === giver.host) return '';
  return `\nThat page is at ${page.host}, and the code was given by ${giver.host}: whoever gave it gets what you agree to there. Type it only if you know that they belong together.\n`;
}

/** A page to open in a browser, nothing else. */
function pageOf(server: URL, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && mayName(server, url)) return url;
  throw new CastellanError({
    code: 'platform_answer_invalid',
    message: `${showUrl(server)} named no page on which the code could be typed.`,
    hint: 'Tell whoever runs the server.',
  });
}
