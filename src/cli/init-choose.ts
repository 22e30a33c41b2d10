// Which clients castellan init is about, where nobody said: those that are here, and of them what the person picks.

import { mcpClients } from '../clients/all.ts';
import type { Machine, McpClient, ScopeName } from '../clients/client.ts';
import { isInstalled } from '../clients/look.ts';
import { print } from './output.ts';

export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Of those that have a file for the scope. */
export async function installedClients(machine: Machine, scope: ScopeName): Promise<readonly McpClient[]> {
  const fit = mcpClients.filter(({ places }) => places[scope]);
  const there = await Promise.all(fit.map((client) => isInstalled(client, machine)));
  return fit.filter((_, place) => there[place]);
}

/** Empty where the person wants none, or none is here. */
export async function chooseClients(
  machine: Machine,
  scope: ScopeName,
  removal: boolean,
): Promise<readonly McpClient[]> {
  const installed = await installedClients(machine, scope);
  if (installed.length === 0) {
    listClients(installed, scope);
    return [];
  }
  const { isCancel, multiselect } = await import('@clack/prompts');
  const chosen = await multiselect({
    message: removal ? 'Take Castellan out of' : 'Write Castellan into',
    options: installed.map((client) => ({
      value: client,
      label: client.title,
      hint: client.places[scope]?.(machine) ?? '',
    })),
    required: false,
  });
  if (!isCancel(chosen) && chosen.length > 0) return chosen;
  print('Nothing was changed.');
  return [];
}

export async function agreed(): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  return (await confirm({ message: 'Write this?', initialValue: true })) === true;
}

/** For whoever cannot be asked: nothing is done, and that is told by the exit status. */
export function listClients(installed: readonly McpClient[], scope: ScopeName): void {
  const shown = installed.length > 0 ? installed : mcpClients.filter(({ places }) => places[scope]);
  print(`${installed.length > 0 ? 'Found here' : 'None of these was found here'}. Say which one is meant:\n`);
  const width = Math.max(...shown.map(({ title }) => title.length));
  for (const { title, id } of shown) print(`  ${title.padEnd(width)}  castellan init ${id}`);
  process.exitCode = 2;
}
