// Why there is no connection to an MCP server, in words that say what to do.

import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError, UnauthorizedError } from '@modelcontextprotocol/client';
import { CastellanError } from '../core/errors.ts';
import { plain, shortened } from '../core/plain.ts';

/** An address as a person may see it: its query may hold a key. */
export function showUrl(url: URL): string {
  return `${url.origin}${url.pathname === '/' ? '' : url.pathname}`;
}

/** Whether the answer is one that servers give which only speak HTTP with SSE (MCP 2025-11-25, Backwards Compatibility). */
export function isOlderServer(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && [400, 404, 405, 406, 415].includes(status);
}

/**
 * @param name of the server, as the person gave it
 * @param said what it wrote before it ended
 */
export function describeFailure(error: unknown, name: string, said = ''): unknown {
  const ours = ourOwn(error);
  if (ours !== undefined) return ours;
  const say = (message: string, hint: string, code: CastellanError['code'] = 'platform_unavailable') =>
    new CastellanError({ code, message, hint, cause: error });
  const asks = 'Run `castellan login` with its address.';
  if (error instanceof UnauthorizedError) return say(`${name} asks for a sign-in.`, asks, 'unauthorized');
  const status = statusOf(error);
  if (status === 401) return say(`${name} asks for a sign-in (401).`, asks, 'unauthorized');
  if (status === 403)
    return say(`${name} refuses this sign-in (403).`, 'Sign in as somebody who may use it.', 'not_allowed');
  if (status !== undefined) {
    const todo = 'Check the address: it is the MCP endpoint itself, which often ends with /mcp.';
    const later = 'Try again later; whoever runs the server can tell why.';
    return say(`${name} answered ${status} to the MCP client.`, status >= 500 ? later : todo);
  }
  const system = systemCode(error);
  if (system !== undefined) return say(...describeSystem(system, name));
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout)
    return say(
      `${name} did not answer in time.${lastWords(said)}`,
      'Check that it is an MCP server and not overloaded.',
    );
  if (error instanceof SdkError && error.code === SdkErrorCode.ConnectionClosed)
    return say(
      `${name} ended before it answered.${lastWords(said)}`,
      'Run the command by itself: it must start an MCP server on stdio.',
    );
  if (error instanceof ProtocolError)
    return say(
      `${name} refused the connection: ${shortened(plain(error.message), 300)}`,
      'It may be of a version that this client does not know.',
    );
  if (error instanceof SdkError || error instanceof SyntaxError)
    return say(
      `${name} does not answer as an MCP server (${shortened(plain(error.message), 300)}).`,
      'Check the address: it is the MCP endpoint itself, which often ends with /mcp.',
    );
  return error;
}

/** What we threw ourselves may come back wrapped. */
function ourOwn(error: unknown): CastellanError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if (at instanceof CastellanError) return at;
  return undefined;
}

function statusOf(error: unknown): number | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if (at instanceof SdkHttpError) return at.status;
  return undefined;
}

function systemCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(code) && !isSdkCode(code)) return code;
  }
  return undefined;
}

function isSdkCode(code: string): boolean {
  return (Object.values(SdkErrorCode) as string[]).includes(code);
}

function describeSystem(code: string, name: string): [message: string, hint: string] {
  if (code === 'ENOENT') return [`There is no command ${name}.`, 'Check its name, or give its whole path.'];
  if (code === 'EACCES' || code === 'EPERM') return [`${name} may not be run (${code}).`, 'Make it executable.'];
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return [`The host of ${name} was not found (${code}).`, 'Check the address and the network.'];
  if (code === 'ECONNREFUSED')
    return [`Nothing listens at ${name} (${code}).`, 'Check the address and port, and that the server is running.'];
  if (/CERT|SELF_SIGNED|SIGNATURE|ISSUER/.test(code))
    return [
      `The certificate of ${name} cannot be trusted (${code}).`,
      'Name the authority’s certificate in NODE_EXTRA_CA_CERTS, or mend the server’s.',
    ];
  return [`${name} cannot be reached (${code}).`, 'Check the address, the network and that the server is running.'];
}

function lastWords(said: string): string {
  const lines = said.trim().split('\n').slice(-5).map(plain).filter(Boolean);
  return lines.length === 0 ? '' : ` It said: ${shortened(lines.join(' / '), 600)}`;
}
