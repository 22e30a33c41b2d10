// What doctor looks at in the files of MCP clients: whether what they start is there, is this Castellan, and tells no secret.

import { realpathSync } from 'node:fs';
import { mcpClients } from '../clients/all.ts';
import type { Machine, McpClient } from '../clients/client.ts';
import {
  addressOf,
  type FoundEntry,
  isInstalled,
  type Look,
  lookAt,
  missingIn,
  secretsIn,
  wordsOf,
} from '../clients/look.ts';
import type { Check, CheckResult } from '../core/tool.ts';
import { secretVariables } from './entry-variables.ts';

/** One for each client that is here. */
export async function clientChecks(machine: Machine): Promise<readonly Check[]> {
  const there = await Promise.all(mcpClients.map((client) => isInstalled(client, machine)));
  const installed = mcpClients.filter((_, place) => there[place]);
  const looks = await Promise.all(installed.map((client) => lookAt(client, machine)));
  return installed.flatMap((client, place) => checksOf(client, looks[place] ?? []));
}

function checksOf(client: McpClient, looks: readonly Look[]): readonly Check[] {
  const checks = looks.flatMap((look) => {
    const scope = look.scope === 'project' ? ' (this folder)' : '';
    if (typeof look.found === 'string') return [unreadable(client, look, look.found, scope)];
    return look.found.map((found) => ({ name: `${client.title}${scope}`, run: () => checkEntry(look, found) }));
  });
  if (checks.length > 0) return checks;
  const says = `does not know Castellan; castellan init ${client.id} tells it`;
  return [{ name: client.title, run: async () => ({ ok: true, says, unchecked: true }) }];
}

function unreadable(client: McpClient, { file }: Look, problem: string, scope: string): Check {
  const says = problem.includes(file) ? problem : `${file}: ${problem}`;
  return {
    name: `${client.title}${scope}`,
    run: async () => ({ ok: false, says, todo: `Mend the file: ${client.title} cannot read it either.` }),
  };
}

async function checkEntry({ client, scope, file }: Look, { name, entry }: FoundEntry): Promise<CheckResult> {
  const again = `castellan init ${client.id}${scope === 'project' ? ' --scope project' : ''}${name === 'castellan' ? '' : ` --name ${name}`}`;
  const secrets = secretsIn(client, entry, secretVariables());
  if (secrets.length > 0) {
    const way = client.references
      ? `Run ${again}, which puts a reference in its place`
      : `Take it out (${again} tells how)`;
    const todo = `${way}, and replace the secret: it has lain there for all programs to read.`;
    return { ok: false, says: `${name} in ${file} holds ${secrets.join(', ')} itself`, todo };
  }
  const missing = await missingIn(entry);
  if (missing.length > 0)
    return { ok: false, says: `${name} starts ${missing.join(' with ')}, which is not there`, todo: `Run ${again}.` };
  const words = wordsOf(entry);
  if (words.length === 0) {
    const address = addressOf(entry);
    if (address !== undefined) return { ok: true, says: `${name} reaches ${address}` };
    return { ok: false, says: `${name} in ${file} has neither a command nor an address`, todo: `Run ${again}.` };
  }
  const start = words.find((word) => /[/\\]castellan\.js$/.test(word));
  if (start !== undefined && realPath(start) !== realPath(process.argv[1] ?? ''))
    return { ok: true, says: `${name} starts another Castellan, ${start}`, unchecked: true };
  return { ok: true, says: `${name} starts ${start === undefined ? words.join(' ') : 'this Castellan'}` };
}

/** Undefined for what leads nowhere from here, such as a path of another system. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
