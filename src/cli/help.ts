// Help: what a command is for and which flags it takes, in the width of the terminal.

import type { ArgsDef } from 'citty';
import { paint } from './output.ts';
import { terminalWidth, wrap } from './table.ts';

export interface CommandHelp {
  readonly name: string;
  readonly description: string;
  readonly args: ArgsDef;
}

export function describeCommands(commands: readonly Omit<CommandHelp, 'args'>[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const lines = commands.map(({ name, description }) => entry(paint('bold', name), name.length, width, description));
  return [
    `Castellan ${version}: the MCP server through which an AI assistant sees and administers identity platforms, safely.`,
    '',
    'castellan COMMAND [flags]',
    '',
    ...lines,
    '',
    'castellan COMMAND --help tells more. Start with: castellan demo',
  ].join('\n');
}

export function describeCommand({ name, description, args }: CommandHelp): string {
  const entries = Object.entries(args);
  const positionals = entries.filter(([, arg]) => arg.type === 'positional');
  const flags = entries.filter(([, arg]) => arg.type !== 'positional');
  const usage = positionals.map(([key, arg]) => (arg.required ? key.toUpperCase() : `[${key.toUpperCase()} …]`));
  const rows = [
    ...positionals.map(([key, arg]) => ({ label: key.toUpperCase(), says: arg.description ?? '' })),
    ...flags.map(([key, arg]) => ({
      label: flagLabel(key, arg),
      says: arg.type === 'boolean' && arg.default === true ? negative(arg) : (arg.description ?? ''),
    })),
  ];
  const width = Math.max(...rows.map(({ label }) => label.length), 0) + 2;
  return [
    wrap(description),
    '',
    ['castellan', name, ...usage, '[flags]'].join(' '),
    '',
    ...rows.map(({ label, says }) => entry(paint('bold', label), label.length, width, says)),
  ].join('\n');
}

function flagLabel(key: string, arg: ArgsDef[string]): string {
  if (arg.type !== 'boolean')
    return `--${key} ${('valueHint' in arg && arg.valueHint) || 'VALUE'}`.replace(/ \w+$/, (hint) =>
      hint.toUpperCase(),
    );
  return arg.default === true ? `--no-${key}` : `--${key}`;
}

function negative(arg: ArgsDef[string]): string {
  return ('negativeDescription' in arg && arg.negativeDescription) || arg.description || '';
}

/** A label and its text beside it, or below it where the terminal is narrow. */
function entry(painted: string, length: number, column: number, says: string): string {
  const width = Math.min(terminalWidth(), 100);
  if (width - column < 30) return `  ${painted}\n${wrap(says, 6, width)}`;
  const text = wrap(says, column + 2, width).trimStart();
  return `  ${painted}${' '.repeat(column - length)}${text}`;
}
