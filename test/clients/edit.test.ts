// Changing the files of MCP clients: an entry is put in, changed and taken out, and no byte of anything else.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mcpClients } from '../../src/clients/all.ts';
import type { Launch, McpClient } from '../../src/clients/client.ts';
import { edit } from '../../src/clients/edit.ts';
import { entryOf, type KnownClient, knownClients } from '../support/mcp-clients.ts';

const launch: Launch = {
  command: '/opt/node/bin/node',
  args: ['/opt/castellan/bin/castellan.js', 'serve'],
  variables: [{ name: 'OKTA_CLIENT_ORGURL', value: 'https://acme.okta.com' }, { name: 'OKTA_API_TOKEN' }],
};

function put(client: McpClient, text: string, name = 'castellan'): string {
  const inputs = client.references?.inputs?.(['OKTA_API_TOKEN']) ?? [];
  return edit(client, text, { name, entry: client.launched(launch), inputs });
}
const take = (client: McpClient, text: string, name = 'castellan') =>
  edit(client, text, { name, entry: undefined, inputs: [] });

const clientOf = (id: string) => mcpClients.find((client) => client.id === id) as McpClient;
const readerOf = (id: string) => knownClients.find((client) => client.id === id) as KnownClient;
const ofJson = mcpClients.filter(({ syntax }) => syntax !== 'toml');
const withComments = mcpClients.filter(({ syntax }) => syntax === 'jsonc');

test.each(ofJson)(
  '$id: with tabs, CRLF and a byte order mark nothing else changes, and removing restores it',
  (client) => {
    const head = `\uFEFF{\r\n\t"a": [1,  2],\r\n\t"${client.key}": {\r\n\t\t"github": { "command": "x", "env": {"GITHUB_TOKEN":"ghp"} }`;
    const tail = '\r\n\t},\r\n\t"z": {"deep":{}},\r\n\t"inputs": []\r\n}';
    const text = put(client, head + tail);
    expect(text.startsWith(`${head},\r\n\t\t"castellan": {\r\n\t\t\t`)).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    if (client.id !== 'vscode') expect(text.endsWith(tail)).toBe(true);
    expect(entryOf(readerOf(client.id), text, 'github')).toMatchObject({ command: 'x' });
    expect(put(client, text)).toBe(text);
    if (client.id !== 'vscode') expect(take(client, text)).toBe(head + tail);
  },
);

test.each(withComments)('$id: comments stay where they are', (client) => {
  const trailing = client.trailingCommas ? ',' : '';
  const text = `// mine\n{\n  "${client.key}": {\n    "one": { "command": "x" }${trailing} // the first\n    // no more\n  }${trailing} /* end */\n}\n`;
  const written = put(client, text);
  for (const comment of ['// mine\n{', '// the first\n', '    // no more\n', '/* end */'])
    expect(written).toContain(comment);
  expect(entryOf(readerOf(client.id), written)?.args).toContain('serve');
  expect(take(client, written)).toBe(text);
});

test.each(['', ' \n', '\uFEFF', '{}', '{ }\n', '{\n}'])('%j is as good as none', (text) => {
  for (const client of ofJson) {
    const written = put(client, text);
    expect(entryOf(readerOf(client.id), written)?.args).toContain('serve');
    expect(written.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
  }
});

test('a file in one line stays in one line', () => {
  const text = '{"mcpServers":{"a":{"url":"x"}},"z":1}';
  const written = put(clientOf('cursor'), text);
  expect(written).not.toContain('\n');
  expect(take(clientOf('cursor'), written)).toBe(text);
});

test.each([
  ['claude-desktop', '{\n  "mcpServers": {\n    "a": {},\n  }\n}', 'line 4, column 3'],
  ['claude-code', '{\n  // no\n}', 'line 2, column 3'],
  ['gemini', '{\n "mcpServers": {},\n}', 'line 3, column 1'],
  ['cursor', '{"mcpServers": {"a": {}', 'line 1, column 24'],
  ['vscode', '{"servers": {}, "servers": {}}', 'stands there twice, again at line 1, column 17'],
  ['cursor', '{"mcpServers": {"a": {}, "a": {}}}', 'stands there twice, again at line 1, column 26'],
  ['windsurf', '{"mcpServers": []}', 'holds no servers by name'],
  ['windsurf', '{"mcpServers": null}', 'holds no servers by name'],
  ['vscode', '{"inputs": {}}', 'inputs is there, but is no list'],
  ['cursor', '{"mcpServers": {"castellan": "x"}}', 'mcpServers.castellan is there, but is no entry'],
  ['claude-code', '[]', 'holds no JSON object'],
  ['codex', 'a = 1\n[mcp_servers\n', 'line 2'],
  ['codex', '[a]\n[a]\n', 'line 2'],
  ['codex', 'mcp_servers = 5\n', 'holds no servers by name'],
  ['codex', 'mcp_servers = { a = { command = "x" } }\n', 'cannot be changed without touching other parts'],
  ['codex', '[mcp_servers]\ncastellan = { command = "castellan" }\n', 'cannot be changed without touching other parts'],
])('%s: %j is refused with the place', (id, text, says) => {
  expect(() => put(clientOf(id), text)).toThrow(says);
});

describe('codex', () => {
  const codex = clientOf('codex');
  const before =
    'model = "x" # mine\n\n[mcp_servers.github]\ncommand = "x"\nargs = [\n  "[mcp_servers.castellan]", # no table\n]\n';

  test.each([
    '',
    '\n# about the next\n[notes]\ntext = """\n[mcp_servers.castellan]\nx = "1"\n"""\n',
    '\n[[list]]\na = \'C:\\\'\n\n[[list]]\n"quoted.key" = { b = [1, 2] }\n',
    '\n[projects."/home/x"]\ntrust_level = "trusted"\nwhen = 2026-11-21T10:00:00Z\nbig = 9007199254740993\n',
  ])('what looks like a table and is none, and all that stands around stays: %j', (after) => {
    const text = put(codex, before + after);
    expect(text.startsWith(`${before}${after}\n[mcp_servers.castellan]\n`)).toBe(true);
    expect(put(codex, text)).toBe(text);
    expect(take(codex, text)).toBe(before + after);
    const crlf = (before + after).replaceAll('\n', '\r\n');
    expect(take(codex, put(codex, crlf))).toBe(crlf);
    expect(put(codex, crlf).replaceAll('\r\n', '')).not.toContain('\n');
  });

  test('an entry in the middle is changed in place, with what its owner added, and taken out alone', () => {
    const own = 'startup_timeout_sec = 20 # slow disk\n';
    const rest = '\n# next\n[other]\nx = 1\n';
    const text = `a = 1\n\n# all of mine\n[mcp_servers.castellan]\ncommand = "castellan" # old\nargs = ["serve"]\n${own}\n[mcp_servers.castellan.env]\nOKTA_API_TOKEN = "secret"\nHTTPS_PROXY = "http://p"\n\n[mcp_servers.castellan.tools.list_okta_users]\napproval_mode = "approve"\n${rest}`;
    const written = put(codex, text);
    expect(written).toContain(own);
    expect(written).toContain(`[mcp_servers.castellan.tools.list_okta_users]\napproval_mode = "approve"\n${rest}`);
    expect(written).not.toContain('"secret"');
    expect(entryOf(readerOf('codex'), written)).toEqual({
      command: '/opt/node/bin/node',
      args: ['/opt/castellan/bin/castellan.js', 'serve'],
      env: { HTTPS_PROXY: 'http://p', OKTA_CLIENT_ORGURL: 'https://acme.okta.com' },
      env_vars: ['OKTA_API_TOKEN'],
      startup_timeout_sec: 20,
      tools: { list_okta_users: { approval_mode: 'approve' } },
    });
    expect(take(codex, text)).toBe(`a = 1\n\n# all of mine\n${rest}`);
  });
});

test('VS Code is told what to ask for once, and no more when nothing refers to it', () => {
  const vscode = clientOf('vscode');
  const { parse } = readerOf('vscode');
  const mine = { type: 'promptString', id: 'mine', description: 'Mine' };
  const before = `${JSON.stringify({ inputs: [mine], servers: { b: { command: 'x' } } }, null, 2)}\n`;
  const question = { type: 'promptString', id: 'castellan-okta-api-token', password: true };
  const both = put(vscode, put(vscode, before), 'second');
  expect(parse(both).inputs).toMatchObject([mine, question]);
  const one = take(vscode, both);
  expect(parse(one).inputs).toMatchObject([mine, question]);
  expect(take(vscode, one, 'second')).toBe(before);
});

/** A file as somebody might have written it: any values, any indentation, comments where there is space. */
const anyFile = fc
  .record({
    root: fc.dictionary(fc.stringMatching(/^[a-z$"\\ ]{1,6}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
    servers: fc.dictionary(
      fc.stringMatching(/^[a-b]{1,3}$/),
      fc.constant({ command: 'x', args: ['// no', '/* no */'] }),
      {
        maxKeys: 3,
      },
    ),
    hasServers: fc.boolean(),
    indent: fc.constantFrom('  ', '\t', '    ', ''),
    eol: fc.constantFrom('\n', '\r\n'),
    comment: fc.constantFrom('', '// a "remark", {\n', '/* a "remark", } */ '),
  })
  .map(({ root, servers, hasServers, indent, eol, comment }) => {
    const { inputs: _, mcpServers: __, ...rest } = root;
    const value = { ...rest, ...(hasServers && { mcpServers: servers }) };
    const text = JSON.stringify(value, null, indent).replaceAll('\n', eol);
    // Before every line that closes something.
    return { value, text: indent === '' ? text : text.replace(/^([ \t]*)(?=[}\]])/gm, `$1${comment}$1`) };
  });

test('whatever a file looks like: all of it is still there, in its order, and the entry is too', () => {
  const cursor = clientOf('cursor');
  const { parse } = readerOf('cursor');
  fc.assert(
    fc.property(anyFile, ({ value, text }) => {
      const written = put(cursor, text);
      const { mcpServers, ...rest } = parse(written) as { mcpServers: Record<string, unknown> };
      const { castellan, ...others } = mcpServers;
      expect(castellan).toMatchObject({ command: '/opt/node/bin/node' });
      expect({ ...rest, ...('mcpServers' in value && { mcpServers: others }) }).toEqual(value);
      // Nothing but additions: every character of the file comes again, in its order.
      let at = 0;
      for (const character of written) if (character === text[at]) at++;
      expect(at).toBe(text.length);
      expect(parse(take(cursor, written))).toEqual({ mcpServers: {}, ...value });
    }),
    { seed: 7, numRuns: 400 },
  );
});
