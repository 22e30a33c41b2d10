// Gemini CLI. Facts: its docs/tools/mcp-server.md, and the loader of @google/gemini-cli 0.61: comments are taken out before
// JSON.parse, `$NAME` and `${NAME}` are filled in in every string, and with redaction on a variable must stand in `env`.

import { join } from 'node:path';
import { envOf, type Machine, type McpClient, setBefore, unlessEmpty } from './client.ts';

const folderOf = ({ env, home }: Machine) => join(env.GEMINI_CLI_HOME || home, '.gemini');

export const gemini: McpClient = {
  id: 'gemini',
  title: 'Gemini CLI',
  syntax: 'jsonc',
  key: 'mcpServers',
  places: {
    user: (machine) => join(folderOf(machine), 'settings.json'),
    project: ({ folder }) => join(folder, '.gemini', 'settings.json'),
  },
  traces: (machine) => [folderOf(machine)],
  launched: ({ command, args, variables }) => ({ command, args, ...envOf(variables, (name) => `$${name}`) }),
  reached: ({ url, headers }) => ({ httpUrl: url, ...unlessEmpty('headers', headers) }),
  references: { pattern: /\$(\w|\{[^}]+\})/, todo: setBefore('Gemini CLI') },
  next: 'Start Gemini CLI again; /mcp shows it.',
  byHand: (url) => ({
    how: 'run',
    text: `gemini mcp add --transport http castellan ${url}`,
    note: 'Then sign in with /mcp auth castellan.',
  }),
  signIn: 'Start Gemini CLI again and sign in with /mcp auth.',
};
