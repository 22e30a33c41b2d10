// VS Code. Facts: code.visualstudio.com/docs/copilot/reference/mcp-configuration, and the schema of mcp.json in
// microsoft/vscode, src/vs/workbench/contrib/mcp/common/mcpConfiguration.ts (comments and trailing commas are allowed).

import { join } from 'node:path';
import { envOf, type McpClient, unlessEmpty } from './client.ts';
import { appData } from './folders.ts';

/** Of the question for a secret; VS Code keeps the answer in the keyring of the system. */
const idOf = (name: string) => `castellan-${name.toLowerCase()}`.replaceAll('_', '-');

export const vsCode: McpClient = {
  id: 'vscode',
  title: 'VS Code',
  syntax: 'jsonc',
  trailingCommas: true,
  key: 'servers',
  places: {
    user: (machine) => join(appData(machine), 'Code', 'User', 'mcp.json'),
    project: ({ folder }) => join(folder, '.vscode', 'mcp.json'),
  },
  traces: (machine) => [join(appData(machine), 'Code')],
  launched: ({ command, args, variables }) => ({
    type: 'stdio',
    command,
    args,
    ...envOf(variables, (name) => `\${input:${idOf(name)}}`),
  }),
  reached: ({ url, headers }) => ({ type: 'http', url, ...unlessEmpty('headers', headers) }),
  references: {
    pattern: /\$\{[^}]+\}/,
    todo: (names) => `VS Code asks for ${names.join(', ')} at the first start and keeps the answer.`,
    inputs: (names) =>
      names.map((name) => ({
        type: 'promptString',
        id: idOf(name),
        description: `${name} (for Castellan)`,
        password: true,
      })),
  },
  next: 'In VS Code run “MCP: List Servers” and start it.',
  byHand: () => ({ how: 'put into .vscode/mcp.json', note: 'Start it there; VS Code opens the browser to sign in.' }),
  signIn: 'In VS Code run “MCP: List Servers” and start it; the browser opens for signing in.',
};
