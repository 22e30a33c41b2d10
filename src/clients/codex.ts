// Codex: CLI, IDE extension and application share one file. Facts: developers.openai.com/codex/mcp, and what @openai/codex
// 0.169 reads: `env` is taken as it stands, `env_vars` names what is passed on, everything else of the environment is not.

import { join } from 'node:path';
import { type Machine, type McpClient, setBefore, unlessEmpty } from './client.ts';

const folderOf = ({ env, home }: Machine) => env.CODEX_HOME || join(home, '.codex');

export const codex: McpClient = {
  id: 'codex',
  title: 'Codex',
  syntax: 'toml',
  key: 'mcp_servers',
  places: {
    user: (machine) => join(folderOf(machine), 'config.toml'),
    project: ({ folder }) => join(folder, '.codex', 'config.toml'),
  },
  traces: (machine) => [folderOf(machine)],
  launched({ command, args, variables }) {
    const known = variables.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
    const secret = variables.flatMap(({ name, value }) => (value === undefined ? [name] : []));
    return {
      command,
      args,
      ...unlessEmpty('env', Object.fromEntries(known)),
      ...(secret.length > 0 && { env_vars: secret }),
    };
  },
  reached: ({ url, headers }) => ({ url, ...unlessEmpty('http_headers', headers) }),
  references: { pattern: /(?!)/, todo: setBefore('Codex') },
  next: 'Start Codex again; /mcp shows it.',
  byHand: (url) => ({
    how: 'run',
    text: `codex mcp add castellan --url ${url}`,
    note: 'Then sign in with codex mcp login castellan.',
  }),
  signIn: 'Run codex mcp login NAME, and start Codex again.',
};
