// Each provider against a server that speaks its wire protocol: one contract for all five.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answerText, connectSmall, openChatModel, type SmallTool, startChat, type TestChat } from '../support/chat.ts';
import { chatCompletions, type Dialect, generateContent, messages, responses } from '../support/model-dialects.ts';
import { type ModelServer, startModel } from '../support/model-server.ts';

const key = 'canary0that0stays0with0its0provider';
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const account = JSON.stringify({
  type: 'service_account',
  project_id: 'acme-iam',
  private_key_id: 'k1',
  private_key: privateKey,
  client_email: 'chat@acme-iam.iam.gserviceaccount.com',
  token_uri: 'https://evil.example.com/token',
});

interface Case {
  readonly name: string;
  readonly dialect: Dialect;
  readonly env: (url: string) => Record<string, string>;
  /** Where requests must go. */
  readonly address: (url: string) => string;
  readonly headers: Readonly<Record<string, string>>;
  /** The kind that this vendor gives to requests that are too long, and what it says. */
  readonly tooLong: readonly [string, string];
  readonly body?: (body: Record<string, unknown>) => void;
  /** What lets in there, where it is not the key. */
  readonly secret?: string;
  /** An error in the middle of a stream. */
  readonly inStream: string;
  /** What a stream with calls ends with, and with what where a filter withheld the rest. */
  readonly withheld: readonly (readonly [string, string])[];
}

const cases: readonly Case[] = [
  {
    name: 'openai',
    dialect: responses,
    env: () => ({ AI_PROVIDER: 'openai', OPENAI_API_KEY: key, OPENAI_CODING_MODEL: 'gpt-x' }),
    address: () => 'https://api.openai.com/v1/responses',
    headers: { authorization: `Bearer ${key}` },
    tooLong: ['context_length_exceeded', 'Your input exceeds the context window of this model.'],
    // Nothing of the directory is left with the provider.
    body: (body) => expect(body).toMatchObject({ model: 'gpt-x', stream: true, store: false }),
    withheld: [
      ['response.completed', 'response.incomplete'],
      ['"status":"completed","output":[]', '"incomplete_details":{"reason":"content_filter"},"output":[]'],
    ],
    inStream:
      'event: error\ndata: {"type":"error","sequence_number":1,"error":{"type":"server_error","code":"server_error","message":"The server had an error"}}\n\n',
  },
  {
    name: 'azure_openai',
    dialect: chatCompletions,
    env: () => ({
      AI_PROVIDER: 'azure_openai',
      AZURE_OPENAI_KEY: key,
      AZURE_OPENAI_ENDPOINT: 'https://acme.openai.azure.com/',
      AZURE_OPENAI_VERSION: '2024-10-21',
      AZURE_OPENAI_REASONING_MODEL: 'our-gpt',
    }),
    address: () => 'https://acme.openai.azure.com/openai/deployments/our-gpt/chat/completions?api-version=2024-10-21',
    headers: { 'api-key': key },
    tooLong: ['context_length_exceeded', "This model's maximum context length is 8192 tokens."],
    withheld: [['"finish_reason":"tool_calls"', '"finish_reason":"content_filter"']],
    inStream: 'data: {"error":{"message":"The server had an error","type":"server_error","code":null}}\n\n',
  },
  {
    name: 'anthropic',
    dialect: messages,
    env: () => ({ AI_PROVIDER: 'anthropic', ANTHROPIC_API_KEY: key, ANTHROPIC_REASONING_MODEL: 'claude-x' }),
    address: () => 'https://api.anthropic.com/v1/messages',
    headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
    tooLong: ['invalid_request_error', 'prompt is too long: 205000 tokens > 200000 maximum'],
    body: (body) =>
      expect(body).toMatchObject({ model: 'claude-x', stream: true, cache_control: { type: 'ephemeral' } }),
    withheld: [['"stop_reason":"tool_use"', '"stop_reason":"refusal"']],
    inStream: 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
  },
  {
    name: 'vertex_ai',
    dialect: generateContent,
    env: () => ({
      AI_PROVIDER: 'vertex_ai',
      VERTEX_AI_SERVICE_ACCOUNT_FILE: 'account.json',
      VERTEX_AI_REASONING_MODEL: 'gemini-x',
      VERTEX_AI_LOCATION: 'europe-west1',
    }),
    address: () =>
      'https://europe-west1-aiplatform.googleapis.com/v1beta1/projects/acme-iam/locations/europe-west1/publishers/google/models/gemini-x:streamGenerateContent?alt=sse',
    headers: { authorization: 'Bearer ya29.exchanged_token_of_Google' },
    secret: 'ya29.exchanged_token_of_Google',
    tooLong: [
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ],
    withheld: [['"finishReason":"STOP"', '"finishReason":"SAFETY"']],
    inStream: 'data: {"error":{"code":503,"message":"The service is unavailable","status":"UNAVAILABLE"}}\n\n',
  },
  {
    name: 'openai_compatible',
    dialect: chatCompletions,
    env: (url) => ({
      AI_PROVIDER: 'openai_compatible',
      OPENAI_COMPATIBLE_BASE_URL: `${url}/v1/`,
      OPENAI_COMPATIBLE_TOKEN: key,
      OPENAI_COMPATIBLE_REASONING_MODEL: 'qwen-x',
    }),
    address: (url) => `${url}/v1/chat/completions`,
    headers: { authorization: `Bearer ${key}` },
    tooLong: ['invalid_request_error', 'This endpoint’s maximum context length is 4096 tokens.'],
    withheld: [['"finish_reason":"tool_calls"', '"finish_reason":"content_filter"']],
    inStream: 'data: {"error":{"message":"The engine is overloaded","type":"overloaded_error"}}\n\n',
    body: (body) =>
      expect(body).toMatchObject({ model: 'qwen-x', stream: true, stream_options: { include_usage: true } }),
  },
];

/** What a converter of schemas likes to lose. */
const schema = {
  type: 'object' as const,
  properties: {
    login: { type: 'string', format: 'email', description: 'Whom.', minLength: 1 },
    states: { type: 'array', items: { $ref: '#/$defs/state' }, maxItems: 3 },
    since: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
  },
  required: ['login'],
  additionalProperties: false,
  $defs: { state: { type: 'string', enum: ['ACTIVE', 'LOCKED_OUT'] } },
};

describe.each(cases)('$name', ({ dialect, env, address, headers, tooLong, body, inStream, withheld, secret = key }) => {
  let model: ModelServer;
  let chat: TestChat;
  let called: { name: string; input: unknown }[];
  let asked: { url: string; headers: Headers }[];
  let assertions: Record<string, unknown>[];

  /** The vendors' addresses, led to the server of the test. */
  const lead: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input));
    asked.push({ url: url.href, headers: new Headers(init?.headers) });
    if (url.href === 'https://oauth2.googleapis.com/token') {
      const form = new URLSearchParams(String(init?.body));
      expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
      assertions.push(decodeJwt(form.get('assertion') ?? ''));
      return Response.json({ access_token: 'ya29.exchanged_token_of_Google', token_type: 'Bearer', expires_in: 3600 });
    }
    return globalThis.fetch(`${model.url}${url.pathname}${url.search}`, init);
  };

  const pending: (() => void)[] = [];
  const tools: readonly SmallTool[] = [
    {
      tool: { name: 'find_user', description: 'Finds.', inputSchema: schema, annotations: { readOnlyHint: true } },
      run(input) {
        called.push({ name: 'find_user', input });
        return answerText(`found ${input.login}`);
      },
    },
    {
      tool: { name: 'meet', description: 'Waits for the other.', inputSchema: { type: 'object' } },
      run: (input) =>
        new Promise((resolve) => {
          called.push({ name: 'meet', input });
          pending.push(() => resolve(answerText(`met ${input.who}`)));
          if (pending.length === 2) for (const go of pending.splice(0)) go();
        }),
    },
  ];
  const client = connectSmall(tools);

  beforeEach(async () => {
    called = [];
    asked = [];
    assertions = [];
    pending.length = 0;
    model = await startModel(dialect);
    const opened = await openChatModel({
      env: { ...env(model.url), CUSTOM_HTTP_HEADERS: 'x-gateway=canary-gateway' },
      fetch: lead,
      readFile: () => account,
    });
    chat = startChat(opened, await client);
  });

  afterEach(async () => {
    // Whatever happened, nothing was sent but to the provider, and what opens it nowhere else.
    const origins = new Set([new URL(address(model.url)).origin, 'https://oauth2.googleapis.com']);
    for (const { url } of asked) expect(origins).toContain(new URL(url).origin);
    expect(JSON.stringify(chat.all)).not.toContain(secret);
    expect(JSON.stringify(chat.all)).not.toContain('canary-gateway');
    await model.close();
  });

  test('streams the answer, and asks with path, headers, instructions and the schemas as the server gave them', async () => {
    model.script({ text: ['Good ', 'morn', 'ing.'], usage: [120, 7] });
    expect(await chat.ask('Hello?')).toBe('answered');
    expect(chat.of('text').map(({ text }) => text)).toEqual(['Good ', 'morn', 'ing.']);
    const request = asked.find(({ url }) => !url.includes('oauth2'));
    expect(request?.url).toBe(address(model.url));
    for (const [name, value] of Object.entries({ ...headers, 'x-gateway': 'canary-gateway' }))
      expect(request?.headers.get(name)).toBe(value);
    const heard = model.requests[0]?.heard;
    expect(heard?.instructions).toBe('You are being tested.');
    expect(heard?.turns).toEqual([{ role: 'user', text: 'Hello?' }]);
    expect(heard?.tools[0]).toEqual({ name: 'find_user', description: 'Finds.', schema });
    body?.(model.requests[0]?.body);
    expect(chat.of('usage')[0]).toMatchObject({
      ending: 'answered',
      cost: { steps: 1, inputTokens: 120, outputTokens: 7, estimated: false },
    });
  });

  test('calls that come together run together, and each result goes back to its call', async () => {
    const calls = [
      { name: 'meet', input: { who: 'Ada' } },
      { name: 'meet', input: { who: 'Grace', note: 'é “x” {}' } },
    ];
    model.script({ text: ['Let me see.'], calls }, { text: ['Both met.'] });
    expect(await chat.ask('Meet')).toBe('answered');
    expect(called.map(({ input }) => input)).toEqual(calls.map(({ input }) => input));
    const turns = model.requests[1]?.heard.turns ?? [];
    expect(turns.slice(0, 4)).toEqual([
      { role: 'user', text: 'Meet' },
      { role: 'assistant', text: 'Let me see.' },
      ...calls.map(({ name, input }) => ({ role: 'call', name, input })),
    ]);
    expect(turns.slice(4).map((turn) => 'text' in turn && /met (\w+)/.exec(turn.text)?.[1])).toEqual(['Ada', 'Grace']);
    expect(chat.text()).toBe('Let me see.Both met.');
    expect(chat.of('usage')[0]?.cost.steps).toBe(2);
  });

  test('the conversation is sent again with the next question', async () => {
    model.script({ calls: [{ name: 'find_user', input: { login: 'a@x.org' } }] }, { text: ['A.'] }, { text: ['B.'] });
    await chat.ask('One');
    await chat.ask('Two');
    expect(model.requests[2]?.heard.turns.map(({ role }) => role)).toEqual([
      'user',
      'call',
      'result',
      'assistant',
      'user',
    ]);
    // A tool that is not Castellan's says nothing of what is data: all of it is.
    const result = model.requests[2]?.heard.turns[2];
    expect(result).toMatchObject({
      text: expect.stringMatching(/^⟦data .*instructions⟧\nfound a@x.org\n⟦end [\w-]{6}⟧$/),
    });
  });

  test.each([
    [401, 'key', /does not know the key/],
    [403, 'key', /refuses this key/],
    [404, 'model', /has no/],
    [400, 'refused', /refused the request/],
  ])(
    '%i is told in words, without what was in the answer of the key, and the chat goes on',
    async (status, code, says) => {
      model.script(
        { status, body: dialect.fail(`Incorrect key ${secret} with canary-gateway`, 'invalid') },
        { text: ['Yes.'] },
      );
      expect(await chat.ask('Hello?')).toBe('failed');
      const [error] = chat.of('error');
      expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
      expect(error?.message).toContain(`(${status})`);
      expect(await chat.ask('Again?')).toBe('answered');
      // Nothing was said to the first question: it is not repeated.
      expect(model.requests[1]?.heard.turns).toEqual([{ role: 'user', text: 'Again?' }]);
    },
  );

  test('429 with Retry-After (RFC 9110 §10.2.3) is waited for and told; one of an hour is not waited for', async () => {
    const busy = (after: string) => ({
      status: 429,
      body: dialect.fail('slow down', 'rate'),
      headers: { 'retry-after': after },
    });
    model.script(busy('7'), { text: ['Here.'] }, busy('3600'));
    expect(await chat.ask('Hello?')).toBe('answered');
    expect(chat.waited).toEqual([7000]);
    expect(chat.of('wait')[0]?.why).toMatch(/too many requests/);
    expect(await chat.ask('Hello?')).toBe('failed');
    expect(chat.of('error')[0]).toMatchObject({ code: 'busy', hint: 'Ask again in 3600 s.' });
    expect(chat.waited).toHaveLength(1);
  });

  test('what is out of order is asked three times, not for ever', async () => {
    const down = { status: 503, body: dialect.fail('overloaded', 'server_error') };
    model.script(down, down, down);
    expect(await chat.ask('Hello?')).toBe('failed');
    expect(model.requests).toHaveLength(3);
    expect(chat.waited).toEqual([2000, 4000]);
    expect(chat.of('error')[0]?.code).toBe('busy');
  });

  test('a conversation that is too long loses its last question, and goes on', async () => {
    model.script({ text: ['One.'] }, { calls: [{ name: 'find_user', input: { login: 'a@x.org' } }] });
    model.script({ status: 400, body: dialect.fail(tooLong[1], tooLong[0]) }, { text: ['Three.'] });
    await chat.ask('One?');
    expect(await chat.ask('Two?')).toBe('failed');
    expect(chat.of('error')[0]).toMatchObject({ code: 'overflow', hint: expect.stringContaining('/clear') });
    expect(await chat.ask('Three?')).toBe('answered');
    expect(model.requests[3]?.heard.turns.map((turn) => 'text' in turn && turn.text)).toEqual([
      'One?',
      'One.',
      'Three?',
    ]);
  });

  test.each([
    ['the connection is lost', false],
    ['the stream just ends', true],
  ])('a stream that is cut in a call (%s) calls nothing, and the chat goes on', async (_how, end) => {
    const cut = { text: ['I will '], calls: [{ name: 'find_user', input: { login: 'a@x.org' } }] };
    // All but what says that it is the end.
    const events = dialect.write(cut, 1);
    const whole =
      dialect === generateContent
        ? 1
        : events.length - (dialect === chatCompletions ? 3 : dialect === messages ? 2 : 1);
    model.script({ cut, after: whole, end }, { text: ['Yes.'] });
    expect(await chat.ask('Find')).toBe('failed');
    expect(called).toEqual([]);
    expect(chat.of('error')[0]).toMatchObject({ code: 'cut' });
    expect(await chat.ask('Go on')).toBe('answered');
    expect(model.requests[1]?.heard.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test.each([
    ['a page', { raw: '<html><body>Welcome</body></html>', type: 'text/html' }],
    ['events that are none', { raw: 'data: {"hello":\n\ndata: nonsense\n\n' }],
    ['nothing', { raw: '' }],
  ])('garbage in the place of an answer (%s) is told, and the chat goes on', async (what, reply) => {
    model.script(reply, { text: ['Yes.'] });
    expect(await chat.ask('Hello?')).toBe('failed');
    expect(['invalid', 'cut']).toContain(chat.of('error')[0]?.code);
    if (what === 'a page') expect(chat.of('error')[0]?.message).toContain('answered with a web page');
    expect(await chat.ask('Again?')).toBe('answered');
  });

  test('of an answer that a filter withheld nothing is called, and the chat goes on', async () => {
    const said = { text: ['I will '], calls: [{ name: 'find_user', input: { login: 'a@x.org' } }] };
    const whole = dialect.write(said, 1).join('');
    const filtered = withheld.reduce((text, [from, to]) => text.replaceAll(from, to), whole);
    expect(filtered).not.toBe(whole);
    model.script({ raw: filtered }, { text: ['Yes.'] });
    expect(await chat.ask('Find')).toBe('answered');
    expect(called).toEqual([]);
    expect(chat.of('note')[0]?.text).toContain('filter withheld');
    expect(await chat.ask('Go on')).toBe('answered');
    expect(model.requests[1]?.heard.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('an answer in which nothing is said is a failure, and its question is not repeated', async () => {
    model.script({ text: [] }, { text: ['Yes.'] });
    expect(await chat.ask('Hello?')).toBe('failed');
    expect(chat.of('error')[0]).toMatchObject({ code: 'empty', message: 'The model said nothing.' });
    expect(await chat.ask('Again?')).toBe('answered');
    expect(model.requests[1]?.heard.turns).toEqual([{ role: 'user', text: 'Again?' }]);
  });

  test('a call of a tool that does not exist, and of one with other arguments, is answered to the model', async () => {
    model.script({ calls: [{ name: 'drop_everything', input: {} }] }, { text: ['Sorry.'] });
    expect(await chat.ask('Do')).toBe('answered');
    expect(called).toEqual([]);
    expect(chat.of('tool_result')[0]).toMatchObject({ ok: false, summary: expect.stringContaining('Not called') });
    const turns = model.requests[1]?.heard.turns ?? [];
    expect(turns.map(({ role }) => role)).toEqual(['user', 'call', 'result']);
    expect(turns[2]).toMatchObject({ text: expect.stringContaining('no such tool') });
  });

  test('a person who stops it ends the request; what was said stays, and the chat goes on', async () => {
    model.script(
      { hang: { text: ['I am ', 'thinking '] }, after: dialect === generateContent ? 1 : 4 },
      { text: ['Yes.'] },
    );
    const stop = new AbortController();
    const asking = chat.ask('Hello?', stop.signal);
    await expect.poll(() => chat.of('text').length).toBeGreaterThan(0);
    stop.abort();
    expect(await asking).toBe('stopped');
    await expect.poll(() => model.abandoned()).toBe(1);
    expect(chat.of('error')).toEqual([]);
    expect(await chat.ask('Again?')).toBe('answered');
    expect(model.requests[1]?.heard.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('a redirect is not followed, and no key goes where it leads', async () => {
    let visits = 0;
    const elsewhere = createServer((_request, response) => {
      visits++;
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/v1`;
    model.script(...[301, 302, 307, 308].map((status) => ({ status, body: '', headers: { location } })));
    for (let count = 0; count < 4; count++) {
      expect(await chat.ask('Hello?')).toBe('failed');
      expect(chat.of('error')[0]?.message).toContain('a key follows no redirect');
    }
    expect(visits).toBe(0);
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  test('an error in the middle of a stream is told', async () => {
    model.script({ raw: inStream }, { raw: inStream }, { raw: inStream }, { text: ['Yes.'] });
    expect(await chat.ask('Hello?')).toBe('failed');
    expect(chat.of('error')[0]?.code).toBe('busy');
    expect(await chat.ask('Again?')).toBe('answered');
  });

  if (dialect === generateContent) {
    test('the service account’s assertion goes to Google alone, whatever its file says, and only there (RFC 7523 §3)', async () => {
      model.script({ text: ['Yes.'] }, { text: ['Yes.'] });
      await chat.ask('Hello?');
      await chat.ask('Again?');
      expect(asked.filter(({ url }) => url === 'https://oauth2.googleapis.com/token')).toHaveLength(1);
      expect(assertions).toEqual([
        expect.objectContaining({
          iss: 'chat@acme-iam.iam.gserviceaccount.com',
          aud: 'https://oauth2.googleapis.com/token',
          scope: 'https://www.googleapis.com/auth/cloud-platform',
        }),
      ]);
      // What the gateway is told is not told to the token endpoint.
      expect(asked[0]?.headers.get('x-gateway')).toBeNull();
    });
  }
});

describe('openai_compatible', () => {
  let model: ModelServer;
  beforeAll(async () => {
    model = await startModel(chatCompletions);
  });
  afterAll(() => model.close());

  test('arguments that are no JSON are answered to the model, and not called', async () => {
    const [first = '', , , , , , ...last] = chatCompletions.write({ calls: [{ name: 'find', input: {} }] }, 1);
    const call = {
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'find', arguments: '{"a": ' } }],
          },
          finish_reason: null,
        },
      ],
    };
    const end = { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] };
    const raw = [first, `data: ${JSON.stringify(call)}\n\n`, `data: ${JSON.stringify(end)}\n\n`, ...last].join('');
    model.script({ raw }, { text: ['I see.'] });
    const client = await connectSmall([
      { tool: { name: 'find', inputSchema: { type: 'object' } }, run: () => answerText('found') },
    ]);
    const env = {
      AI_PROVIDER: 'openai_compatible',
      OPENAI_COMPATIBLE_BASE_URL: model.url,
      OPENAI_COMPATIBLE_REASONING_MODEL: 'm',
    };
    const chat = startChat(await openChatModel({ env }), client);
    expect(await chat.ask('Find')).toBe('answered');
    expect(chat.of('tool_result')[0]).toMatchObject({ ok: false, summary: expect.stringContaining('no JSON') });
    expect(model.requests[1]?.heard.turns[2]).toMatchObject({ role: 'result' });
    // No token, no header for one.
    expect(model.requests[0]?.headers.authorization).toBeUndefined();
  });
});
