// What a stranger may send where JSON-RPC is expected: seeded, so that a run can be repeated.

import fc from 'fast-check';
import { magicKeys, methods, parameters, tools } from './names.ts';

export interface Message {
  readonly kind: string;
  readonly bytes: Buffer;
}

export const protocolVersion = '2026-07-28';

export const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': protocolVersion,
  'io.modelcontextprotocol/clientInfo': { name: 'trial', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

const hostileText = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '..',
    '../../../../etc/passwd',
    '%2e%2e',
    '%2e%2e%2fusers',
    'a/b',
    'a?b=c#d',
    '\u0000',
    '\r\nX-Injected: yes',
    '\u202eabc',
    '\ud800',
    'a\udfff',
    '{{7*7}}',
    "' or 1=1 --",
    '<script>alert(1)</script>',
    'status eq "ACTIVE"',
    'status eq "',
    '((((((((((((',
    'NaN',
    'last Tuesday 9am',
    '-1',
    '1e400',
    'http://evil.example/',
    'summary',
    'full',
    ...magicKeys,
  ),
  fc.nat({ max: 20_000 }).map((length) => 'a'.repeat(length)),
);
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, 1, -1, 1e308, 5e-324, 2 ** 53, -(2 ** 53), 2 ** 31, 100, 1000, 1001),
);
const key = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(...magicKeys), fc.constantFrom(...parameters));
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: false },
    fc.oneof(hostileText, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('any'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('any')), { maxLength: 5 }).map(own),
  ),
})).any;

/** An object whose keys are its own, even `__proto__`, so that JSON has them all. */
function own(pairs: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [name, inner] of pairs) {
    Object.defineProperty(object, name, { value: inner, enumerable: true, configurable: true, writable: true });
  }
  return object;
}

const id = fc.oneof(
  fc.nat(),
  fc.constantFrom(1, 0, -1, 1.5, 2 ** 53, 1e300, '', 'x', null, true),
  fc.string({ maxLength: 20 }),
  fc.nat({ max: 50_000 }).map((length) => '9'.repeat(length)),
  value,
);
const meta = fc.oneof(
  { weight: 4, arbitrary: fc.constant<unknown>(modernMeta) },
  { weight: 2, arbitrary: fc.constant<unknown>(undefined) },
  { weight: 1, arbitrary: value },
  fc
    .tuple(fc.constantFrom(...Object.keys(modernMeta)), value)
    .map(([name, inner]) => ({ ...modernMeta, [name]: inner })),
);

interface Call {
  readonly jsonrpc: string;
  readonly id: unknown;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

const toolArguments = fc
  .array(fc.tuple(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...parameters) }, key), value), { maxLength: 4 })
  .map(own);
const toolName = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...tools) }, hostileText);

const toolCall: fc.Arbitrary<Call> = fc
  .tuple(fc.nat(), toolName, toolArguments, meta)
  .map(([number, name, args, about]) => ({
    jsonrpc: '2.0',
    id: number,
    method: 'tools/call',
    params: { name, arguments: args, ...(about === undefined ? {} : { _meta: about }) },
  }));

/** Calls whose arguments have the right types, so that they get as far as the upstream. */
const plausible = fc
  .tuple(
    fc.nat(),
    fc.constantFrom('get_okta_user', 'list_okta_user_groups', 'list_okta_users', 'parse_relative_time'),
    hostileText,
  )
  .map(([number, name, said]) => {
    const about = said.slice(0, 300);
    const args =
      name === 'list_okta_users'
        ? {
            [['query', 'search', 'cursor', 'filter_type'][number % 4] ?? 'query']: about,
            max_results: 1 + (number % 1000),
          }
        : { [name === 'parse_relative_time' ? 'time_expression' : 'user_id']: about };
    return { jsonrpc: '2.0', id: number, method: 'tools/call', params: { name, arguments: args, _meta: modernMeta } };
  });

const anyCall = fc
  .tuple(id, fc.oneof(fc.constantFrom(...methods), hostileText), value, meta)
  .map(([number, method, params, about]) => {
    const inner = typeof params === 'object' && params !== null ? params : { name: params, uri: params };
    return {
      jsonrpc: '2.0',
      id: number,
      method,
      params: { ...inner, ...(about === undefined ? {} : { _meta: about }) },
    };
  });

const wrongTypes = fc
  .tuple(fc.oneof(fc.constant('2.0'), value), id, fc.oneof(fc.constantFrom(...methods), value), value)
  .map(([jsonrpc, number, method, params]) => ({ jsonrpc, id: number, method, params }));

const bytesOf = (text: unknown) => Buffer.from(typeof text === 'string' ? text : (JSON.stringify(text) ?? 'undefined'));
const callBytes = toolCall.map(bytesOf);

const edited = fc
  .tuple(
    callBytes,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 3 })), { minLength: 1, maxLength: 6 }),
  )
  .map(([bytes, edits]) => {
    let text = bytes;
    for (const [where, byte, how] of edits) {
      const at = where % Math.max(1, text.length);
      const before = text.subarray(0, at);
      if (how === 0) text = Buffer.concat([before, Buffer.from([byte]), text.subarray(at + 1)]);
      else if (how === 1) text = Buffer.concat([before, text.subarray(at + 1)]);
      else if (how === 2) text = Buffer.concat([before, Buffer.from([byte]), text.subarray(at)]);
      else text = Buffer.concat([text.subarray(0, at), text.subarray(at >> 1)]);
    }
    return text;
  });

const brokenUtf8 = fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80], [0xe2, 0x82], [0x80]);
const invalidUtf8 = fc.tuple(callBytes, fc.nat(), brokenUtf8).map(([bytes, where, broken]) => {
  const at = where % bytes.length;
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(broken), bytes.subarray(at)]);
});

const deep = fc
  .tuple(fc.constantFrom(30, 60, 63, 64, 65, 70, 500, 20_000), fc.boolean(), fc.boolean())
  .map(([levels, objects, closed]) => {
    const [open, close] = objects ? ['{"a":', '}'] : ['[', ']'];
    const nest = `${open.repeat(levels)}1${closed ? close.repeat(levels) : ''}`;
    return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_okta_user","arguments":{"user_id":${nest}}}}`;
  });

const wide = fc.tuple(fc.nat({ max: 3_000 }), fc.boolean()).map(([size, list]) => {
  const args = list
    ? Array.from({ length: size }, (_, place) => place)
    : Object.fromEntries(Array.from({ length: size }, (_, place) => [`key${place}`, place]));
  return {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'list_okta_users', arguments: args, _meta: modernMeta },
  };
});

const batch = fc.array(fc.oneof(toolCall, anyCall, value), { maxLength: 6 });

const oddJson = fc.constantFrom(
  'null',
  '[]',
  '{}',
  '""',
  '0',
  'true',
  '{"jsonrpc":"2.0"}',
  '{"jsonrpc":"2.0","id":1,"result":{}}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}',
  '{"jsonrpc":"2.0","id":1e999,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list","method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
  '{"jsonrpc":"2.0","id":"\\udc00","method":"tools/call","params":{"name":"\\ud83d","arguments":{"\\udead":"\\ud800"}}}',
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"__proto__":{"name":"get_current_time"}}}',
  '{"__proto__":{"jsonrpc":"2.0"},"id":1,"method":"ping"}',
  '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}',
  '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{"a":[]}}}',
  '\ufeff{"jsonrpc":"2.0","id":1,"method":"ping"}',
  '{"jsonrpc":"2.0","id":1,"method":"ping"} trailing',
  "{'jsonrpc':'2.0'}",
  'undefined',
  '-',
);

const kinds: Readonly<Record<string, fc.Arbitrary<Buffer>>> = {
  'tool arguments': callBytes,
  'plausible calls': plausible.map(bytesOf),
  'any method': anyCall.map(bytesOf),
  'wrong types': wrongTypes.map(bytesOf),
  'edited bytes': edited,
  truncated: fc.tuple(callBytes, fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % bytes.length)),
  'random bytes': fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  'random JSON': fc.json().map(bytesOf),
  'invalid UTF-8': invalidUtf8,
  'deep JSON': deep.map(bytesOf),
  'wide JSON': wide.map(bytesOf),
  batch: batch.map(bytesOf),
  'odd JSON': oddJson.map(bytesOf),
};

const weights: Readonly<Record<string, number>> = {
  'tool arguments': 8,
  'any method': 5,
  'wrong types': 3,
  'edited bytes': 4,
};

export const message: fc.Arbitrary<Message> = fc.oneof(
  ...Object.entries(kinds).map(([kind, bytes]) => ({
    weight: weights[kind] ?? 1,
    arbitrary: bytes.map((made) => ({ kind, bytes: made })),
  })),
);

/** So many inputs, a part at a time, the same for the same seed. */
export function* sampleOf<T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number): Generator<T> {
  const part = 500;
  for (let made = 0; made < count; made += part) {
    yield* fc.sample(arbitrary, { numRuns: Math.min(part, count - made), seed: seed + made });
  }
}

const root = new URL('../..', import.meta.url).pathname;
const leaks = ['/src/', 'node_modules', '.ts:', '.js:', '    at ', 'file://', root, '"code":"internal"'];

/** What an answer holds that no answer may: places in our code, traces, signs of a failure of our own, the canary. */
export function leakIn(answer: string, canary: string): string | undefined {
  // The SDK answers an `initialize` of the wrong shape with -32603 and a list of what was expected.
  const broke = answer.includes('-32603') && !answer.includes('expected') ? '-32603' : undefined;
  return broke ?? [...leaks, canary].find((leak) => answer.includes(leak));
}
