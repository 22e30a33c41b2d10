// What castellan init writes, read by the clients' own programs and schemas: Claude Code, Codex and Gemini CLI where
// CASTELLAN_CLIENTS names a folder into which npm has installed them, VS Code by the schema that it publishes.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, knownClients, makeHome } from '../support/mcp-clients.ts';

const folder = process.env.CASTELLAN_CLIENTS;
const programOf = (name: string) => join(resolve(folder ?? '.'), 'node_modules', '.bin', name);
if (folder === undefined) process.stderr.write('skipped: clients’ own programs (CASTELLAN_CLIENTS names no folder)\n');
const has = (name: string) => folder !== undefined && existsSync(programOf(name));

let home: Home;
beforeAll(() => {
  home = makeHome();
  mkdirSync(home.path('work'));
});
afterAll(() => home.remove());

const okta = { OKTA_CLIENT_ORGURL: 'https://acme.okta.com', OKTA_API_TOKEN: 'canary' };

async function ask(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const options = {
    cwd: home.path('work'),
    env: { PATH: process.env.PATH, HOME: home.folder, ...env },
    timeout: 60_000,
  };
  const { stdout, stderr } = await promisify(execFile)(programOf(name), args, options);
  return stdout + stderr;
}

test.skipIf(!has('claude'))(
  'Claude Code starts the entry and is connected; an address is one that it knows',
  async () => {
    await home.init(['claude-code', '--sandbox']);
    expect(await ask('claude', ['mcp', 'list'])).toMatch(/castellan:.*Connected/);
    await home.init(['claude-code'], okta);
    const missing = await ask('claude', ['mcp', 'get', 'castellan']);
    expect(missing).toContain('Failed to connect');
    const filled = await ask('claude', ['mcp', 'get', 'castellan'], { OKTA_API_TOKEN: 'canary' });
    expect(filled).toContain('Connected');
    await home.init(['claude-code', '--remote', 'https://mcp.example.com/mcp', '--read-only']);
    const remote = await ask('claude', ['mcp', 'get', 'castellan']);
    expect(remote).toMatch(/Type: http[\s\S]*URL: https:\/\/mcp\.example\.com\/mcp/);
    expect(remote).toContain('X-MCP-Readonly');
    await home.init(['claude-code', '--remove']);
    expect(await ask('claude', ['mcp', 'list'])).not.toContain('castellan');
  },
  120_000,
);

test.skipIf(!has('codex'))(
  'Codex reads the entry as it is meant',
  async () => {
    await home.init(['codex', '--read-only'], okta);
    const read = async () =>
      JSON.parse((await ask('codex', ['mcp', 'get', 'castellan', '--json'])).replace(/\}\s*WARNING[\s\S]*$/, '}'));
    expect((await read()) as unknown).toMatchObject({
      enabled: true,
      transport: {
        type: 'stdio',
        command: process.execPath,
        args: [expect.stringContaining('castellan.js'), 'serve', '--read-only'],
        env: { OKTA_CLIENT_ORGURL: okta.OKTA_CLIENT_ORGURL },
        env_vars: ['OKTA_API_TOKEN'],
      },
    });
    await home.init(['codex', '--remote', 'https://mcp.example.com/mcp', '--read-only']);
    expect((await read()) as unknown).toMatchObject({
      transport: {
        type: 'streamable_http',
        url: 'https://mcp.example.com/mcp',
        http_headers: { 'X-MCP-Readonly': 'true' },
      },
    });
  },
  60_000,
);

test.skipIf(!has('gemini'))(
  'Gemini CLI starts the entry and is connected',
  async () => {
    home.write('.gemini/settings.json', '{\n  // mine\n  "ui": { "theme": "Default" }\n}\n');
    await home.init(['gemini', '--sandbox']);
    const trusted = { GEMINI_CLI_TRUST_WORKSPACE: 'true' };
    expect(await ask('gemini', ['mcp', 'list'], trusted)).toMatch(/castellan: .*serve --sandbox \(stdio\) - Connected/);
    await home.init(['gemini', '--remote', 'https://mcp.example.com/mcp']);
    expect(await ask('gemini', ['mcp', 'list'], trusted)).toContain('castellan: https://mcp.example.com/mcp (http)');
  },
  60_000,
);

/**
 * Of mcp.json: microsoft/vscode, src/vs/workbench/contrib/mcp/common/mcpConfiguration.ts (mcpServerSchema) and
 * src/vs/workbench/services/configurationResolver/common/configurationResolverSchema.ts (inputs).
 */
const ofVsCode = {
  type: 'object',
  additionalProperties: false,
  properties: {
    servers: {
      type: 'object',
      additionalProperties: {
        oneOf: [
          {
            type: 'object',
            additionalProperties: false,
            required: ['command'],
            properties: {
              type: { enum: ['stdio'] },
              command: { type: 'string' },
              cwd: { type: 'string' },
              args: { type: 'array', items: { type: 'string' } },
              envFile: { type: 'string' },
              env: { type: 'object', additionalProperties: { type: ['null', 'string', 'number'] } },
            },
          },
          {
            type: 'object',
            additionalProperties: false,
            required: ['url'],
            properties: {
              type: { enum: ['http', 'sse'] },
              url: { type: 'string', pattern: '^https?:\\/\\/.+' },
              headers: { type: 'object', additionalProperties: { type: 'string' } },
            },
          },
        ],
      },
    },
    inputs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'type', 'description'],
        additionalProperties: false,
        properties: {
          id: { type: 'string' },
          type: { enum: ['promptString'] },
          description: { type: 'string' },
          default: { type: 'string' },
          password: { type: 'boolean' },
        },
      },
    },
  },
};

test('VS Code’s schema of mcp.json takes entries that are started and ones that are reached', async () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(ofVsCode);
  const vscode = knownClients.find(({ id }) => id === 'vscode');
  for (const args of [['--read-only'], ['--remote', 'https://mcp.example.com/mcp', '--read-only']]) {
    await home.init(['vscode', ...args], okta);
    const content = vscode?.parse(home.read(vscode.file));
    expect(content).toHaveProperty('servers.castellan');
    validate(content);
    expect(validate.errors).toBeNull();
  }
});
