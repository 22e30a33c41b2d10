// The log: structured lines on stderr, because stdout belongs to the protocol. pino is loaded with the first line.

import type { Logger } from 'pino';
import { withoutSecrets } from '../core/redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  readonly debug: (fields: LogFields, message: string) => void;
  readonly info: (fields: LogFields, message: string) => void;
  readonly warn: (fields: LogFields, message: string) => void;
  readonly error: (fields: LogFields, message: string) => void;
}

const rank: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50, silent: 99 };

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'json' | 'text';
  /** Where lines go; stderr. */
  readonly write: (line: string) => void;
}

export function createLog(options: LogOptions): Log {
  let logger: Promise<Logger> | undefined;
  const at = (level: Exclude<LogLevel, 'silent'>) => (fields: LogFields, message: string) => {
    if (rank[level] < rank[options.level]) return;
    // Copied now: what is logged is what was true when it was said.
    const safe = withoutSecrets(fields) as object;
    logger ??= openPino(options);
    // A log that cannot be written is no reason to end what it tells about.
    logger.then((pino) => pino[level](safe, message)).catch(() => {});
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

async function openPino(options: LogOptions): Promise<Logger> {
  const { pino } = await import('pino');
  const write = options.format === 'json' ? options.write : (line: string) => options.write(asText(line));
  const settings = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return pino({ ...settings, formatters: { level: (label: string) => ({ level: label }) } }, { write });
}

function asText(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const shown = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${String(time).slice(11, 19)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)} ${shown.join(' ')}`
    .trimEnd()
    .concat('\n');
}
