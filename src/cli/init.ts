// castellan init: writes Castellan into the configuration of an MCP client, or takes it out again.

import { defineCommand } from 'citty';
import { mcpClients } from '../clients/all.ts';
import type { McpClient, ScopeName } from '../clients/client.ts';
import { loadConfig, thisMachine } from '../config.ts';
import { dataFolderOf } from '../config-file.ts';
import { CastellanError } from '../core/errors.ts';
import type { Fault } from '../core/settings.ts';
import { nearest } from '../core/words.ts';
import { gateSettings } from '../mcp/gate-settings.ts';
import { checkFlags, flagsOf, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { type Change, findChange, showChange, writeChange } from './init-change.ts';
import { agreed, canAsk, chooseClients, installedClients, listClients } from './init-choose.ts';
import { planFor, wantLaunch, wantRemote } from './init-wanted.ts';
import { paint, print, tell, throwFaults, UsageError } from './output.ts';

const ids = mcpClients.map(({ id }) => id).join(', ');
const untouched = 'nothing was changed';
const scoped = mcpClients.filter(({ places }) => places.project).map(({ title }) => title);

const args = {
  client: { type: 'positional', description: `One of ${ids}. Without one: those that are here.`, required: false },
  scope: {
    type: 'string',
    description: `user: for you, everywhere. project: in this folder, for all who work there (${scoped.join(', ')}). Default: user.`,
  },
  name: { type: 'string', description: 'What the entry is called. Default: castellan.', valueHint: 'name' },
  remote: {
    type: 'string',
    description: 'Address of a Castellan over HTTP, in the place of one that the client starts.',
    valueHint: 'url',
  },
  remove: { type: 'boolean', description: 'Take the entry out.', default: false },
  'dry-run': { type: 'boolean', description: 'Only show what would change.', default: false },
  ...sandboxFlags,
  ...flagsOf(gateSettings),
} as const;

export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const machine = thisMachine();
    const scope: ScopeName = given.scope === 'project' ? 'project' : 'user';
    const name = given.name ?? 'castellan';
    const client = mcpClients.find(({ id }) => id === given.client);
    throwFaults([...checkFlags(rawArgs, args), ...checkOwn(given.client, client, given.scope, name)], untouched);
    if (!client && !canAsk()) return listClients(await installedClients(machine, scope), scope);
    const { wanted, faults } = given.remove
      ? { wanted: undefined, faults: [] }
      : given.remote === undefined
        ? wantLaunch(machine, given)
        : wantRemote(given.remote, given);
    throwFaults([...sandboxOptions(given).faults, ...faults], untouched);
    if (wanted?.kind === 'launch') await checkStart(given);

    const clients = client ? [client] : await chooseClients(machine, scope, wanted === undefined);
    const changes: Change[] = [];
    const unfit: Fault[] = [];
    for (const each of clients) {
      try {
        const plan = wanted ? planFor(each, wanted, machine, scope, name) : { entry: undefined, inputs: [], todo: [] };
        if ('problem' in plan) unfit.push(plan);
        else changes.push(await findChange(each, { machine, scope, name, ...plan }));
      } catch (error) {
        unfit.push(asFault(each, error));
      }
    }
    // Asked for by name it is all or nothing; of several, those that can be.
    if (client) throwFaults(unfit, untouched);
    for (const { where, problem, todo } of unfit)
      tell(`${paint('red', '✗', process.stderr)} ${where} ${problem}\n    ${todo}`);
    for (const change of changes) {
      if (given['dry-run'] || !client) showChange(change);
      if (given['dry-run']) continue;
      if (!client && change.after !== change.before && !(await agreed())) continue;
      try {
        await writeChange(change, dataFolderOf(machine.env));
      } catch (error) {
        if (client) throwFaults([asFault(change.client, error)], untouched);
        const { where, problem, todo } = asFault(change.client, error);
        unfit.push({ where, problem, todo });
        tell(`${paint('red', '✗', process.stderr)} ${where} ${problem}\n    ${todo}`);
      }
    }
    if (given['dry-run']) print('\nNothing was written (--dry-run).');
    if (unfit.length > 0) process.exitCode = 1;
  },
});

function checkOwn(
  asked: string | undefined,
  client: McpClient | undefined,
  scope: unknown,
  name: string,
): readonly Fault[] {
  const faults: Fault[] = [];
  if (asked !== undefined && !client) {
    const near = nearest(
      asked,
      mcpClients.map(({ id }) => id),
    );
    faults.push({
      where: asked,
      problem: 'is no client that is known here',
      todo: near ? `Did you mean ${near}?` : `Clients: ${ids}.`,
    });
  }
  if (scope !== undefined && scope !== 'user' && scope !== 'project')
    faults.push({ where: '--scope', problem: `is ${JSON.stringify(scope)}`, todo: 'Give user or project.' });
  if (scope === 'project' && client && !client.places.project)
    faults.push({
      where: '--scope',
      problem: `project: ${client.title} has no file for a project`,
      todo: 'Leave it out.',
    });
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(name))
    faults.push({
      where: '--name',
      problem: `is ${JSON.stringify(name)}`,
      todo: 'Use up to 40 of: letters, digits, - and _, beginning with a letter.',
    });
  return faults;
}

/** A server that could not start would be a riddle in somebody else's log. */
async function checkStart(given: Readonly<Record<string, unknown>>): Promise<void> {
  const isSandbox = given.sandbox === true;
  const flags = given as Record<string, string | boolean | undefined>;
  const { config, shown, faults } = loadConfig(flags, { tenants: !isSandbox });
  throwFaults([...faults, ...missingTenant(config, isSandbox)], untouched);
  const { openChecked } = await import('./open.ts');
  try {
    const app = await openChecked({ config, shown, writeLog: () => {} });
    await app.close();
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(error.faults, untouched);
    throw error;
  }
}

function asFault({ title }: McpClient, error: unknown): Fault {
  if (!(error instanceof CastellanError)) throw error;
  return { where: `${title}:`, problem: error.message, todo: error.hint ?? '' };
}
