// Reads what stands at the addresses that a front door is pointed to: bounded in time and size, no redirects.

const timeoutMs = 5_000;
const maxBytes = 256 * 1024;

/** An authorization server that did not answer, or not as it should. `message` holds nothing of what it said. */
export class IssuerUnavailable extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'IssuerUnavailable';
    this.status = status;
  }
}

/**
 * Reads a JSON object of the authorization server.
 * @throws {IssuerUnavailable} for everything but a 200 with a JSON object of at most 256 KiB within 5 s.
 */
export async function fetchJson(send: typeof fetch, url: string, init: RequestInit = {}): Promise<Json> {
  const what = placeOf(url);
  const headers = { accept: 'application/json', ...(init.headers as Record<string, string> | undefined) };
  let bytes: Buffer;
  let response: Response;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    response = await send(url, { ...init, headers, redirect: 'manual', signal });
    bytes = await readBounded(response);
  } catch (error) {
    if (error instanceof IssuerUnavailable) throw error;
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw new IssuerUnavailable(
      `${what} ${late ? `did not answer within ${timeoutMs / 1000} s` : 'cannot be reached'}`,
    );
  }
  if (response.status !== 200) throw new IssuerUnavailable(`${what} answered ${response.status}`, response.status);
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(response.headers.get('content-type') ?? ''))
    throw new IssuerUnavailable(`${what} did not answer with JSON`);
  const value = parse(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new IssuerUnavailable(`${what} did not answer with a JSON object`);
  return value as Json;
}

export type Json = Readonly<Record<string, unknown>>;

async function readBounded(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the body.
    if (size > maxBytes)
      throw new IssuerUnavailable(`${placeOf(response.url)} answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Without a query, which may hold anything. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
