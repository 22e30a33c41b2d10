// castellan logout URL: a person's sign-in to an MCP server is revoked and forgotten here.

import { showUrl } from '../chat/connect-failure.ts';
import { signOut } from '../chat/sign-in/sign-out.ts';
import type { Config } from '../config.ts';
import { paint, print, tell } from './output.ts';
import { authorizeOptions } from './remote.ts';

export async function logoutOfServer(server: URL, config: Config): Promise<void> {
  const done = await signOut(authorizeOptions(server, config));
  const name = showUrl(server);
  if (done.was === 'nobody') return print(`Nobody was signed in to ${name}.`);
  if (done.was === 'revoked')
    return print(`${paint('green', '✓')} Signed out of ${name}: revoked there, forgotten here.`);
  tell(`Forgotten on this machine, but not revoked: ${done.because}`);
  tell('  Whoever runs the server can end the sign-in there.');
  process.exitCode = 1;
}
