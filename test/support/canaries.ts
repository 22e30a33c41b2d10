// What must never be told: every token, code, secret and cookie that passes by, collected from requests and answers, and
// looked for in logs and errors afterwards.

export interface Canaries {
  /** The same as `fetch`, which remembers what passed. */
  readonly fetch: typeof fetch;
  /** Something that came by in another way. */
  readonly add: (kind: string, ...values: readonly (string | undefined)[]) => void;
  /** Kinds of which so far something was seen. */
  readonly kinds: () => string[];
  /** Kinds of secrets that stand in a text; never the secrets. */
  readonly findIn: (text: string) => string[];
  /** Answers that told of an error, with what in them was none of theirs to tell. */
  readonly errors: { readonly status: number; readonly leaks: () => string[] }[];
}

/** Members of JSON and of forms, and parameters of addresses, by what they are. */
const members =
  /^(code|access_token|refresh_token|id_token|client_secret|code_verifier|password|csrf|assertion|device_code|token|registration_access_token)$/;
/** Shorter ones stand in texts by chance. */
const least = 12;

/** @param open what looks like a secret, and is told to everybody */
export function createCanaries(send: typeof fetch, open: readonly string[] = []): Canaries {
  const seen = new Map<string, string>();
  const errors: Canaries['errors'] = [];

  function add(kind: string, ...values: readonly (string | undefined)[]): void {
    for (const value of values) {
      if (value === undefined || value.length < least || open.includes(value)) continue;
      seen.set(value, kind);
      // A part of a JWT is as good as the whole to whoever wants to know what it says, or to sign in the place of it.
      const [, payload, signature] = /^ey[\w-]+\.([\w-]+)\.([\w-]+)$/.exec(value) ?? [];
      if (payload !== undefined && signature !== undefined) {
        seen.set(payload, `${kind} (claims)`);
        seen.set(signature, `${kind} (signature)`);
      }
    }
  }

  function readPairs(pairs: Iterable<readonly [string, unknown]>): void {
    for (const [name, value] of pairs) if (members.test(name) && typeof value === 'string') add(name, value);
  }

  function readText(text: string): void {
    try {
      readPairs(Object.entries(JSON.parse(text) as object));
    } catch {
      readPairs(new URLSearchParams(text));
    }
    for (const [, name = '', value] of text.matchAll(/name="(csrf|code|token)"[^>]*value="([^"]+)"/g)) add(name, value);
  }

  function readHeaders(headers: Headers): void {
    const [, authorization] = /^\w+ (.+)$/.exec(headers.get('authorization') ?? '') ?? [];
    add('authorization', authorization);
    for (const line of headers.getSetCookie()) {
      const [, name = '', value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      add(`cookie ${name}`, value);
    }
    const location = headers.get('location');
    if (location !== null && URL.canParse(location, 'http://x')) readPairs(new URL(location, 'http://x').searchParams);
  }

  const findIn = (text: string) => [
    ...new Set([...seen].filter(([value]) => text.includes(value)).map(([, kind]) => kind)),
  ];

  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      readHeaders(request.headers);
      readPairs(new URL(request.url).searchParams);
      if (request.body) readText(await request.clone().text());
      const response = await send(input, init);
      readHeaders(response.headers);
      // A stream may never end.
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
      const text = await response.clone().text();
      readText(text);
      if (response.status >= 400) {
        const { status } = response;
        errors.push({ status, leaks: () => findIn(text).filter((kind) => kind !== 'csrf') });
      }
      return response;
    },
    add,
    kinds: () => [...new Set(seen.values())],
    findIn,
    errors,
  };
}
