// What castellan sandbox --sign-in takes and says: the settings with which its people sign in at Castellan, as they are typed.

import type { Fault } from '../core/settings.ts';
import { sandboxPassword } from '../sandbox/index.ts';
import type { SandboxSignIn } from '../sandbox/sign-in.ts';
import { print } from './output.ts';

export const signInPlaceFlags = {
  callback: {
    type: 'string',
    description:
      'With --sign-in: where people may be returned to. Default: /oauth/callback at port 3000 of this machine.',
    valueHint: 'url',
  },
  'mcp-server': {
    type: 'string',
    description:
      'With --sign-in scalekit: address of an MCP endpoint, such as http://127.0.0.1:3000/mcp, which is registered there so that MCP clients can sign in at Scalekit itself.',
    valueHint: 'url',
  },
} as const;

export interface SignInPlaces {
  readonly callback: string | undefined;
  readonly mcpServer: string | undefined;
}

export function readSignInPlaces(
  given: Readonly<Record<string, unknown>>,
  kind: string | undefined,
): { readonly places: SignInPlaces; readonly faults: readonly Fault[] } {
  const read = (flag: keyof typeof signInPlaceFlags, goes: boolean, goesWith: string) => {
    const text = given[flag] === undefined ? undefined : String(given[flag]);
    const where = `--${flag}`;
    if (text !== undefined && !goes)
      return { text, faults: [{ where, problem: `goes with ${goesWith}`, todo: `Add ${goesWith}, or leave it out.` }] };
    if (text === undefined || isAddress(text)) return { text, faults: [] };
    const todo = 'Give a whole address, http://… or https://….';
    return { text, faults: [{ where, problem: `is ${JSON.stringify(text)}`, todo }] };
  };
  const callback = read('callback', kind !== undefined, '--sign-in');
  const server = read('mcp-server', kind === 'scalekit', '--sign-in scalekit');
  return {
    places: { callback: callback.text, mcpServer: server.text },
    faults: [...callback.faults, ...server.faults],
  };
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !text.includes('#');
}

const usualOrigins = ['http://127.0.0.1:3000', 'http://localhost:3000'];

/** Makes the places known at the provider, and prints what to set. */
export function showSignIn(at: SandboxSignIn, { callback, mcpServer }: SignInPlaces): void {
  const given = callback ?? mcpServer;
  const origins = given === undefined ? usualOrigins : [new URL(given).origin];
  const callbacks = callback === undefined ? origins.map((origin) => `${origin}/oauth/callback`) : [callback];
  const publicUrl = mcpServer ?? `${origins[0]}/mcp`;
  at.setRedirectUris(callbacks);
  print();
  print(`Or for Castellan over HTTP, at which its people sign in, everybody with the password ${sandboxPassword}:`);
  printSettings({
    CASTELLAN_PUBLIC_URL: publicUrl,
    CASTELLAN_SIGN_IN_ISSUER: at.issuer,
    CASTELLAN_SIGN_IN_PROVIDER: at.provider,
    CASTELLAN_SIGN_IN_CLIENT_ID: at.clientId,
    CASTELLAN_SIGN_IN_CLIENT_SECRET: at.clientSecret,
    ...(at.tenant !== undefined && { CASTELLAN_AUTH_TENANT: at.tenant }),
    CASTELLAN_AUTH_GROUP_MAP: `${at.groups.administrators}=castellan:read castellan:write castellan:destroy`,
    CASTELLAN_OPERATORS: `group:${at.groups.administrators}`,
  });
  const { port, protocol } = new URL(publicUrl);
  print(`  castellan serve --http${protocol === 'http:' && port !== '3000' ? ` --port ${port || 80}` : ''}`);
  print(`That client returns people to ${callbacks.join(' and ')}${callback === undefined ? ' (--callback)' : ''}.`);
  if (at.actingVariables) {
    print();
    print('For callers to act there in their own names, these beside that, before it is started:');
    printSettings(at.actingVariables);
  }
  printResourceServer(at, mcpServer);
}

/** Where MCP clients bring tokens of the provider itself. */
function printResourceServer({ provider, issuer, resourceServer, registerServer }: SandboxSignIn, mcpServer?: string) {
  if (resourceServer) {
    const { audience, publicClientId, client } = resourceServer;
    print();
    print('And where MCP clients bring tokens of that server itself, in the place of ones by Castellan:');
    printSettings({
      CASTELLAN_AUTH_ISSUER: issuer,
      CASTELLAN_AUTH_PROVIDER: provider,
      CASTELLAN_AUTH_AUDIENCE: audience,
    });
    print(`MCP clients use the public client ${publicClientId} ("MCP Clients") there. To have tokens introspected:`);
    printSettings({
      CASTELLAN_AUTH_VERIFY: 'introspection',
      CASTELLAN_AUTH_CLIENT_ID: client.id,
      CASTELLAN_AUTH_CLIENT_SECRET: client.secret,
    });
    print(`The same client ("MCP API") may exchange tokens, at ${issuer}/v1/token.`);
  } else if (registerServer && mcpServer !== undefined) {
    print();
    print('And where MCP clients register at Scalekit themselves and bring its tokens:');
    printSettings({ CASTELLAN_AUTH_ISSUER: registerServer(mcpServer).issuer, CASTELLAN_AUTH_PROVIDER: provider });
  } else if (registerServer) print('For clients that register at Scalekit itself, start again with --mcp-server URL.');
}

/** For a POSIX shell. */
export function printSettings(settings: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(settings))
    print(`  export ${name}=${/^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`}`);
}
