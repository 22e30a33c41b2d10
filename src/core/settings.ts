// What a setting is, and how settings are read: flag, then environment, then file, then default. All faults at once.

import { z } from 'zod';
import { Secret } from './secret.ts';

/** One setting. Its environment names, flag, documentation, file schema and place in `doctor` all come from here. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  readonly schema: S;
  /** One sentence, with the unit or format. */
  readonly description: string;
  /** Environment variables, the first one that is set counts. */
  readonly env?: readonly string[];
  /** Command-line flag without the dashes. */
  readonly flag?: string;
  readonly default?: z.output<S>;
  /** Nothing can be done without it. */
  readonly required?: boolean;
  /** Where it is set in the environment, a tenant is meant to be there, even if something required is missing. */
  readonly describes?: boolean;
  /** A file or folder: one that is not absolute is looked for where the process was started. */
  readonly place?: boolean;
  /**
   * It says that a credential is used which is in no file of Castellan's (of another program, a kept sign-in, the callers'
   * tokens): a file that was merely found may not, no more than name a place.
   */
  readonly borrows?: boolean;
  /** It forbids something, so saying it where nobody heeds it is a fault. */
  readonly forbids?: boolean;
  /** Read as a `Secret`; in a file it may be `{ "env": "NAME" }` or `{ "file": "path" }`. */
  readonly secret?: boolean;
  /** For a list in a file: the property of its items that is a secret, and may be a reference as well. */
  readonly secretIn?: string;
  /** What of a secret may be shown by `doctor`; without it, nothing is. */
  readonly shown?: (value: string) => string;
}

export type Settings = Readonly<Record<string, Setting>>;

/** A setting without a default may be absent. */
export type Values<T extends Settings> = {
  readonly [K in keyof T]: T[K] extends { secret: true }
    ? Secret | undefined
    : T[K] extends { default: unknown }
      ? z.output<T[K]['schema']>
      : z.output<T[K]['schema']> | undefined;
};

/** Finds what is wrong with several settings together. Values that were refused by themselves are absent, yet `isSet`. */
export type CheckTogether<T extends Settings> = (given: {
  readonly values: Values<T>;
  readonly isSet: (key: keyof T & string) => boolean;
  /** Where it stands, or would most likely be set. */
  readonly whereOf: (key: keyof T & string) => string;
}) => readonly Fault[];

export function defineSettings<const T extends Settings>(settings: T): T {
  return settings;
}

/** Something wrong with the configuration: where it stands, what is wrong, what to do. */
export interface Fault {
  readonly where: string;
  readonly problem: string;
  readonly todo: string;
}

/** What a variable that is about something else means for a setting that nobody sets. */
export interface Implied {
  readonly value: unknown;
  /** The variable. */
  readonly from: string;
}

export interface Sources {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly implied?: Readonly<Record<string, Implied>> | undefined;
  /** The part of the configuration file that belongs to these settings, already parsed. */
  readonly file: Readonly<Record<string, unknown>>;
  /** How the file is called in messages, with the path to this part (`castellan.json: http`). */
  readonly fileName: string;
  /** Whether the user named the file. One that was merely found may not refer to this user's variables and files. */
  readonly trusted: boolean;
  /** What a reference in the file is looked up with. */
  readonly readEnv: (name: string) => string | undefined;
  readonly readFile: (path: string) => string;
}

export interface Loaded<T extends Settings> {
  readonly values: Values<T>;
  /** Where each value came from: `--port`, `OKTA_API_TOKEN`, `castellan.json`, `default` or `not set`. */
  readonly origins: Readonly<Record<keyof T & string, string>>;
  readonly faults: readonly Fault[];
}

export function loadSettings<T extends Settings>(
  settings: T,
  sources: Sources,
  checkTogether: CheckTogether<T> = () => [],
): Loaded<T> {
  const values: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  const set = new Set<string>();
  const faults: Fault[] = [];
  for (const [key, setting] of Object.entries(settings)) {
    const found = findValue(key, setting, sources);
    origins[key] = found.origin;
    if (found.fault) faults.push(found.fault);
    if (found.fault || found.value !== undefined) set.add(key);
    if (found.value === undefined) {
      values[key] = setting.default;
      if (setting.required && !found.fault) faults.push(missing(key, setting, sources));
      continue;
    }
    const parsed = setting.schema.safeParse(found.value);
    if (parsed.success) values[key] = setting.secret ? new Secret(String(parsed.data)) : parsed.data;
    else {
      const problem = parsed.error.issues.map((issue) => lowerFirst(issue.message)).join('; ');
      const shown = setting.secret ? '' : ` (it is ${show(found.value)})`;
      faults.push({ where: found.origin, problem: `${problem}${shown}`, todo: setting.description });
    }
  }
  for (const key of Object.keys(sources.file)) {
    if (Object.hasOwn(settings, key)) continue;
    faults.push({
      where: `${sources.fileName}.${key}`,
      problem: 'there is no such setting',
      todo: `Remove it, or use one of: ${Object.keys(settings).join(', ')}.`,
    });
  }
  const whereOf = (key: string) => (set.has(key) ? (origins[key] ?? key) : likelyPlace(key, settings[key], sources));
  faults.push(...checkTogether({ values: values as Values<T>, isSet: (key) => set.has(key), whereOf }));
  return { values: values as Values<T>, origins: origins as Loaded<T>['origins'], faults };
}

function missing(key: string, setting: Setting, sources: Sources): Fault {
  return { where: likelyPlace(key, setting, sources), problem: 'is missing', todo: setting.description };
}

/** Where a setting was most likely meant to be set. */
function likelyPlace(key: string, setting: Setting | undefined, sources: Sources): string {
  const noEnv = setting?.env === undefined || Object.keys(sources.env).length === 0;
  const byFile = noEnv || Object.keys(sources.file).length > 0;
  return byFile ? `${sources.fileName}.${key}` : (setting.env?.[0] ?? key);
}

interface Found {
  readonly value?: unknown;
  readonly origin: string;
  readonly fault?: Fault;
}

function findValue(key: string, setting: Setting, sources: Sources): Found {
  const flagged = setting.flag === undefined ? undefined : sources.flags[setting.flag];
  if (flagged !== undefined) return { value: fromText(flagged, setting.schema), origin: `--${setting.flag}` };
  for (const name of setting.env ?? []) {
    const text = sources.env[name];
    // An empty variable is how compose files and CI say «not set».
    if (text === undefined || text === '') continue;
    if (isReference(text, name)) return { origin: name, fault: notFilledIn(text, name) };
    return { value: fromText(text, setting.schema), origin: name };
  }
  const written = sources.file[key];
  const where = `${sources.fileName}.${key}`;
  const implied = sources.implied?.[key];
  if (written === undefined && implied) return { value: implied.value, origin: implied.from };
  if (written === undefined) return { origin: setting.default === undefined ? 'not set' : 'default' };
  if ((setting.borrows || setting.place) && !sources.trusted) return { origin: where, fault: notYours(where) };
  if (setting.secretIn !== undefined) return dereferenceIn(written, setting.secretIn, where, sources);
  if (!setting.secret || typeof written !== 'object' || written === null) return { value: written, origin: where };
  return dereference(written as Record<string, unknown>, where, sources);
}

/** As MCP clients write it: `${NAME}`, `${env:NAME}`, `${input:id}`, `$NAME`. Those whose variable is not set pass it on as it is. */
function isReference(text: string, name: string): boolean {
  return /^\$\{(env:|input:)?[\w-]+\}$/.test(text) || text === `$${name}`;
}

function notFilledIn(text: string, name: string): Fault {
  const todo = `Set ${name} where the program that starts Castellan is started itself; it found nothing to put there.`;
  return { where: name, problem: `is still a reference, ${text}`, todo };
}

function dereferenceIn(written: unknown, key: string, where: string, sources: Sources): Found {
  if (!Array.isArray(written)) return { value: written, origin: where };
  const items: unknown[] = [];
  for (const [place, item] of (written as readonly unknown[]).entries()) {
    const object = asObject(item);
    const reference = asObject(object?.[key]);
    const found = reference && dereference(reference, `${where}[${place}].${key}`, sources);
    if (found?.fault) return found;
    items.push(found ? { ...object, [key]: found.value } : item);
  }
  return { value: items, origin: where };
}

function notYours(where: string): Fault {
  const problem = 'refers to something outside a file that was only found in this folder';
  return { where, problem, todo: 'Start with --config castellan.json to say that the file is yours.' };
}

/** A secret that a file only points to, so that the file itself can be shared. */
function dereference(reference: Record<string, unknown>, where: string, sources: Sources): Found {
  const unfit = (problem: string, todo: string): Found => ({ origin: where, fault: { where, problem, todo } });
  if (!sources.trusted) return { origin: where, fault: notYours(where) };
  if (typeof reference.env === 'string') {
    const value = sources.readEnv(reference.env);
    if (value) return { value, origin: `${where} → ${reference.env}` };
    return unfit(`the environment variable ${reference.env} is not set`, `Set ${reference.env}, or point elsewhere.`);
  }
  if (typeof reference.file === 'string') {
    try {
      return { value: sources.readFile(reference.file).trim(), origin: `${where} → ${reference.file}` };
    } catch {
      return unfit(`the file ${reference.file} cannot be read`, 'Create it, or mend its permissions.');
    }
  }
  return unfit('a secret is a string, {"env": "NAME"} or {"file": "path"}', 'Write one of the three.');
}

/** What the settings are where nobody says anything. */
export function loadDefaults<T extends Settings>(settings: T): Values<T> {
  const values = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default]));
  return values as Values<T>;
}

/** Text from a flag or the environment, as the schema's own kind of value; unfit text is left for the schema to refuse. */
function fromText(text: string | boolean, schema: z.ZodType): unknown {
  const kind = schema.def.type;
  if (typeof text === 'boolean') return text;
  if (kind === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === 'boolean') {
    if (/^(1|true|yes|on)$/i.test(text)) return true;
    return /^(0|false|no|off)$/i.test(text) ? false : text;
  }
  if (kind === 'array') {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  }
  return text;
}

/** A value of the file that is an object, or undefined. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** The zod schema of the file's part that these settings fill. */
export function fileSchemaOf(settings: Settings): z.ZodObject {
  const shape: Record<string, z.ZodType> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const written = setting.secret ? orReference(setting.schema) : withReferences(setting);
    shape[key] = written.optional().describe(setting.description);
  }
  return z.strictObject(shape);
}

/** What of an object must not be told: secrets, and the private parts of keys (RFC 7518 §6). */
const hidden = /^(.*secret|d|p|q|dp|dq|qi|oth|k)$/i;

/** An address may carry a password or a token, though none of ours should (RFC 3986 §3.2.1, §3.4). */
function show(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => (hidden.test(key) ? '[removed]' : inner))
    .replace(/\/\/[^/\s"]*@/g, '//[removed]@')
    .replace(/(:\/\/[^\s"?#]*[?#])[^\s"]+/g, '$1[removed]');
}

function orReference(schema: z.ZodType): z.ZodType {
  return z.union([schema, z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })]);
}

function withReferences({ schema, secretIn }: Setting): z.ZodType {
  const item: unknown = schema instanceof z.ZodArray ? schema.element : undefined;
  if (secretIn === undefined || !(item instanceof z.ZodObject)) return schema;
  const secret = item.shape[secretIn] as z.ZodType;
  const inner = secret instanceof z.ZodOptional ? (secret.unwrap() as z.ZodType) : secret;
  return z.array(
    item.safeExtend({
      [secretIn]: orReference(inner)
        .optional()
        .describe(secret.description ?? ''),
    }),
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
