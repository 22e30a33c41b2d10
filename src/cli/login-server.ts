// castellan login URL: a person signs in to an MCP server; the tokens stay on this machine.

import { setTimeout as sleep } from 'node:timers/promises';
import { computeScopeUnion, discoverOAuthProtectedResourceMetadata } from '@modelcontextprotocol/client';
import { showUrl } from '../chat/connect-failure.ts';
import type { AuthorizeOptions, Challenge } from '../chat/sign-in/authorize.ts';
import { guardFetch } from '../chat/sign-in/guarded-fetch.ts';
import { signInWithBrowser } from '../chat/sign-in/in-browser.ts';
import type { KeptSignIn } from '../chat/sign-in/kept.ts';
import { signInWithDevice } from '../chat/sign-in/with-device.ts';
import { type Config, hasScreen } from '../config.ts';
import { CastellanError } from '../core/errors.ts';
import { plain } from '../core/plain.ts';
import { askLine } from './ask.ts';
import { openBrowser } from './browser.ts';
import { paint, print } from './output.ts';
import { authorizeOptions, connectRemote } from './remote.ts';
import { inLines, paragraphs } from './table.ts';

export interface ServerLogin {
  readonly server: URL;
  readonly config: Config;
  readonly device: boolean;
  readonly port: number | undefined;
  /** Asked for beside what the server wants. */
  readonly scope: string | undefined;
}

const waitMs = 5 * 60_000;
const say = (text: string) => print(paragraphs(text));

export async function loginToServer({ server, config, device, port, scope }: ServerLogin): Promise<void> {
  const options = authorizeOptions(server, config);
  const challenge = await findChallenge(server, config);
  let kept: KeptSignIn | undefined;
  if (challenge) {
    const asked = { ...challenge, scope: computeScopeUnion(challenge.scope, scope) };
    kept = await signInOnce(options, asked, { device, port });
  }
  const connected = await connectRemote(server, config);
  try {
    const { tools } = await connected.client.listTools();
    const name = connected.client.getServerVersion()?.title ?? connected.client.getServerVersion()?.name;
    const who = name === undefined ? '' : ` (${plain(name).slice(0, 60)})`;
    if (!kept) return print(`${showUrl(server)}${who} asks for no sign-in: ${tools.length} tools.`);
    print(`${paint('green', '✓')} Signed in to ${showUrl(server)}${who}, ${tools.length} tools.`);
    if (kept.scopes.length > 0) print(inLines('Scopes:', kept.scopes));
    if (kept.refreshToken === undefined && kept.expiresAt !== undefined)
      print(`  It ends ${describeEnd(kept)}: the authorization server gave nothing to renew it with.`);
  } finally {
    await connected.close();
  }
}

/**
 * What the server says to somebody who has not signed in. No request waits while a person signs in: they may take longer
 * than any server may.
 * @returns undefined where it asks for no sign-in
 */
async function findChallenge(server: URL, config: Config): Promise<Challenge | undefined> {
  let challenge: Challenge | undefined;
  const signIn = async (given: Challenge) => {
    challenge = given;
    throw new CastellanError({ code: 'unauthorized', message: `${showUrl(server)} asks for a sign-in.` });
  };
  try {
    const connected = await connectRemote(server, config, { anew: true, signIn });
    await connected.close();
  } catch (error) {
    if (challenge) return challenge;
    throw error;
  }
  // A server may let everybody connect, and ask where it matters; then it says how all the same (RFC 9728).
  const found = await discoverOAuthProtectedResourceMetadata(server, {}, guardFetch(fetch, server)).catch(
    () => undefined,
  );
  return found?.authorization_servers?.length ? {} : undefined;
}

async function signInOnce(
  options: AuthorizeOptions,
  challenge: Challenge,
  { device, port }: Pick<ServerLogin, 'device' | 'port'>,
): Promise<KeptSignIn> {
  const shown = hasScreen();
  if (device || (!shown && port === undefined)) {
    const kept = await signInWithDevice({ ...options, sleep, say }, challenge);
    if (kept) return kept;
    if (device)
      throw new CastellanError({
        code: 'bad_configuration',
        message: `The authorization server of ${showUrl(options.server)} offers no codes for other devices.`,
        hint: 'Leave out --device: without a browser here, the address to open is shown.',
      });
  }
  const terminal = process.stdin.isTTY && process.stderr.isTTY;
  const paste = async (signal: AbortSignal) => {
    const text = await askLine('Then paste the address at which that browser ends: ', process.stderr, signal);
    // An end of the input is an end of the sign-in, and not a wrong answer over and over.
    if (text === '' && !signal.aborted) throw new CastellanError({ code: 'cancelled', message: 'Nobody signed in.' });
    return text;
  };
  return signInWithBrowser(
    { ...options, port, say, waitMs, ...(shown && { openBrowser }), ...(!shown && terminal && { paste }) },
    challenge,
  );
}

function describeEnd({ expiresAt = 0 }: KeptSignIn): string {
  const minutes = Math.max(1, Math.round((expiresAt - Date.now()) / 60_000));
  return minutes < 120 ? `in ${minutes} minutes` : `in ${Math.round(minutes / 60)} hours`;
}
