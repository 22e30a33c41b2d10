// A sign-in to an MCP server as it is kept between processes: tokens, for which resource, of which authorization server.

import { z } from 'zod';
import { CastellanError } from '../../core/errors.ts';
import type { Vault } from '../../stores/vault.ts';

const clientShape = z.strictObject({
  client_id: z.string(),
  client_secret: z.string().optional(),
  /** Epoch seconds; 0 for never (RFC 7591 §3.2.1). */
  client_secret_expires_at: z.number().optional(),
  token_endpoint_auth_method: z.string().optional(),
  /** Whether the client registered itself there, and can do so again. */
  registered: z.boolean(),
});

/** How Castellan is known at an authorization server. */
export type KeptClient = z.infer<typeof clientShape>;

const signInShape = z.strictObject({
  version: z.literal(1),
  /** What tokens are for (RFC 8707): the address of the server, or one that it lies under. */
  resource: z.string(),
  /** Whether the resource is named to the authorization server; old ones have no metadata that says how. */
  named: z.boolean(),
  issuer: z.string(),
  /** What of its metadata (RFC 8414) later requests need. */
  server: z.strictObject({
    issuer: z.string(),
    authorization_endpoint: z.string(),
    token_endpoint: z.string(),
    revocation_endpoint: z.string().optional(),
    response_types_supported: z.array(z.string()),
    token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  }),
  client: clientShape,
  redirectUri: z.string(),
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  /** Epoch milliseconds. */
  issuedAt: z.number(),
  /** Where the server did not say, the token is used until it is refused. */
  expiresAt: z.number().optional(),
  /** Granted, or else asked for. */
  scopes: z.array(z.string()),
});

export type KeptSignIn = z.infer<typeof signInShape>;

const pointerShape = z.strictObject({ version: z.literal(1), resource: z.string(), issuer: z.string() });

const pointerPrefix = 'mcp-server ';

/** Tokens of another resource, or of another authorization server, are other tokens. */
export function signInName({ resource, issuer }: Pick<KeptSignIn, 'resource' | 'issuer'>): string {
  return `mcp ${new URL(resource).host} ${resource} ${issuer}`;
}

/** Which of them an endpoint uses. */
function pointerName(server: URL): string {
  return `${pointerPrefix}${server.host} ${server.href}`;
}

/** What a person signed in to with it, if anybody did. */
export async function readSignIn(vault: Vault, server: URL): Promise<KeptSignIn | undefined> {
  const pointer = await read(vault, pointerName(server), pointerShape, server);
  return pointer && read(vault, signInName(pointer), signInShape, server);
}

/** The newest of one sign-in, which another process may have renewed. */
export function rereadSignIn(vault: Vault, server: URL, name: string): Promise<KeptSignIn | undefined> {
  return read(vault, name, signInShape, server);
}

export async function writeSignIn(vault: Vault, server: URL, signIn: KeptSignIn): Promise<void> {
  const { resource, issuer } = signIn;
  await vault.write(signInName(signIn), JSON.stringify(signIn));
  await vault.write(pointerName(server), JSON.stringify({ version: 1, resource, issuer }));
}

/** Tokens that were renewed; where they belong does not change. */
export function rewriteSignIn(vault: Vault, signIn: KeptSignIn): Promise<void> {
  return vault.write(signInName(signIn), JSON.stringify(signIn));
}

export async function removeSignIn(vault: Vault, server: URL, signIn: KeptSignIn): Promise<void> {
  await vault.remove(signInName(signIn));
  await vault.remove(pointerName(server));
}

/** What cannot be read is forgotten as well: its owner asked for it. */
export async function removeUnreadable(vault: Vault, server: URL): Promise<void> {
  await vault.remove(pointerName(server));
}

/** The endpoints that somebody on this machine signed in to. */
export async function listServers(vault: Vault): Promise<readonly URL[]> {
  const names = await vault.names(pointerPrefix);
  return names.flatMap((name) => {
    const text = name.split(' ')[2] ?? '';
    return URL.canParse(text) ? [new URL(text)] : [];
  });
}

async function read<T>(vault: Vault, name: string, shape: z.ZodType<T>, server: URL): Promise<T | undefined> {
  const text = await vault.read(name);
  if (text === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    // Without a cause: it would quote what is kept.
    throw new CastellanError({
      code: 'unauthorized',
      message: 'The stored sign-in is damaged, or of another version of Castellan.',
      hint: `Run \`castellan login ${server.href}\` again.`,
    });
  }
}
