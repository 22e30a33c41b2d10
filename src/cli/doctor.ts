// castellan doctor: is everything right, and if not, what to do.

import { defineCommand } from 'citty';
import { type App, openApp } from '../app.ts';
import { type Config, loadConfig, type Shown, thisMachine } from '../config.ts';
import { plain } from '../core/plain.ts';
import type { Fault } from '../core/settings.ts';
import type { Check, CheckResult } from '../core/tool.ts';
import { version } from '../version.ts';
import { clientChecks } from './client-checks.ts';
import { checkTimeoutMs, frontDoorChecks } from './door-checks.ts';
import { checkFlags, flagsOf, missingTenant, sandboxFlags, sandboxOptions } from './flags.ts';
import { machineChecks } from './machine-checks.ts';
import { describeFaults, paint, print, tell, throwFaults } from './output.ts';
import { terminalWidth, wrap } from './table.ts';

const args = {
  all: { type: 'boolean', description: 'Settings that nobody set, too.', default: false },
  json: { type: 'boolean', description: 'As one JSON object.', default: false },
  ...sandboxFlags,
  ...flagsOf(),
} as const;

/** Exit status: 0 all is well, 1 something needs attention, 2 the configuration is wrong. */
export default defineCommand({
  args,
  async run({ args: given, rawArgs }) {
    const sandbox = sandboxOptions(given);
    throwFaults([...checkFlags(rawArgs, args), ...sandbox.faults]);
    const { config, shown, faults, file } = loadConfig(given as Record<string, string | boolean | undefined>, {
      tenants: !given.sandbox,
    });
    const wrong = [...faults, ...missingTenant(config, sandbox.options !== undefined)];
    if (!given.json) {
      print(`Castellan ${version} on Node ${process.versions.node}`);
      print(`Configuration file: ${file ?? 'none'}`);
      printSettings(shown, given.all);
    }
    const results: Result[] = [];
    if (wrong.length === 0) {
      const app = await openApp({
        config,
        sandbox: sandbox.options,
        writeLog: (line) => void process.stderr.write(line),
      });
      try {
        for (const { title, checks } of await groupsOf(app, config, given.sandbox)) {
          if (checks.length === 0) continue;
          if (!given.json) print(`\n${paint('bold', title)}`);
          // Looked at together, told in their order.
          const under = checks.map(({ name, run }) => ({ name, result: run(AbortSignal.timeout(checkTimeoutMs)) }));
          for (const { name, result } of under) {
            const one = { group: title, name, ...(await result) };
            results.push(one);
            if (!given.json) printResult(one);
          }
        }
      } finally {
        await app.close();
      }
    }
    const failures = results.filter(({ ok }) => !ok).length;
    process.exitCode = wrong.length > 0 ? 2 : failures > 0 ? 1 : 0;
    if (given.json) return printJson({ file, shown, wrong, results });
    if (wrong.length > 0) tell(`\n${describeFaults(wrong)}`);
    else if (failures === 0) print('\nAll is well.');
    else print(`\n${failures} of these ${failures === 1 ? 'needs' : 'need'} your attention.`);
  },
});

type Result = CheckResult & { readonly group: string; readonly name: string };

interface Group {
  readonly title: string;
  readonly checks: readonly Check[];
}

async function groupsOf(app: App, config: Config, isSandbox: boolean): Promise<readonly Group[]> {
  const tenants = app.connected.flatMap(({ platform, tenants: opened }) =>
    [...opened.values()].map((tenant) => ({
      title: tenant.name === platform.name ? platform.title : `${tenant.name} (${platform.title})`,
      checks: tenant.checks.map(({ name, run }) => ({ name: `${tenant.name} ${name}`, run })),
    })),
  );
  return [
    { title: 'This machine', checks: machineChecks(config, app.store, isSandbox) },
    { title: 'Front door', checks: await frontDoorChecks(config) },
    ...tenants,
    { title: 'MCP clients here', checks: await clientChecks(thisMachine()) },
  ];
}

function printSettings(shown: readonly Shown[], all: boolean): void {
  const isSet = ({ origin }: Shown) => origin !== 'default' && origin !== 'not set';
  const told = all ? shown : shown.filter(isSet);
  print(`\n${paint('bold', 'Settings')}`);
  const width = Math.max(0, ...told.map(({ name }) => name.length));
  for (const { name, value, origin } of told) {
    const [label, what, from] = [plain(name), plain(value) || '-', `(${plain(origin)})`];
    const isNarrow =
      process.stdout.columns !== undefined && 2 + width + 2 + what.length + 2 + from.length > terminalWidth();
    if (isNarrow) print(`  ${label}\n      ${what}\n      ${paint('dim', from)}`);
    else print(`  ${label.padEnd(width)}  ${what}  ${paint('dim', from)}`);
  }
  const rest = shown.length - told.length;
  if (rest > 0) print(paint('dim', wrap(`${rest} more have their defaults, or nothing; --all shows them.`, 2)));
}

function printResult({ name, ok, says, todo, unchecked }: Result): void {
  const right = unchecked ? paint('yellow', '•') : paint('green', '✓');
  // Wrapped before it is painted: what paints has no width.
  const text = inWidth(`${name}: ${plain(says)}`, 4).trimStart();
  print(`  ${ok ? right : paint('red', '✗')} ${text}`);
  if (!ok && todo) print(inWidth(plain(todo), 6));
}

/** A line for a line where it goes to another program. */
function inWidth(text: string, indent: number): string {
  return wrap(text, indent, process.stdout.columns === undefined ? Number.POSITIVE_INFINITY : terminalWidth());
}

interface Report {
  readonly file: string | undefined;
  readonly shown: readonly Shown[];
  readonly wrong: readonly Fault[];
  readonly results: readonly Result[];
}

function printJson({ file, shown, wrong, results }: Report): void {
  const report = {
    version,
    node: process.versions.node,
    configurationFile: file ?? null,
    ok: wrong.length === 0 && results.every(({ ok }) => ok),
    faults: wrong,
    checks: results,
    settings: shown,
  };
  print(JSON.stringify(report, null, 2));
}
