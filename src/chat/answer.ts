// What the person says to the server's questions and to the first use of a tool. Nothing is agreed to by default; whatever
// is not an agreement is a refusal.

import type { ElicitRequest, ElicitResult } from '@modelcontextprotocol/client';
import { plain, quoted } from '../core/plain.ts';
import { asObject } from '../core/settings.ts';
import type { Asker } from './asking.ts';
import type { Ask } from './connect.ts';
import { wrapText } from './terminal-text.ts';
import { safeLines } from './terminal-view.ts';
import type { Permission, ToolQuestion } from './toolbox.ts';

export interface AnswerOptions {
  readonly asker: Asker;
  /** One question at a time, while something is worked at; otherwise that is the answer. */
  readonly inTurn: <T>(ask: (over: AbortSignal) => Promise<T>, otherwise: T) => Promise<T>;
  readonly width: () => number | undefined;
  /** Shows an address in a browser; undefined where there is none. */
  readonly openBrowser?: ((url: string) => void) | undefined;
}

type Question = ElicitRequest['params'];
type Form = Extract<Question, { requestedSchema: unknown }>;
type Value = string | number | boolean | string[];

const decline: ElicitResult = { action: 'decline' };

export function createAnswers(options: AnswerOptions) {
  const { asker, inTurn, width } = options;

  async function askPermission(question: ToolQuestion, signal: AbortSignal): Promise<Permission> {
    const { tool, input, reads } = question;
    const given = describeInput(input);
    asker.show(
      `The model wants to call ${plain(tool)}`,
      `${wrapText(given, width(), '  ')}\n${wrapText(describeEffect(question), width())}`,
    );
    const said = await asker.choose(
      'Call it?',
      [
        { value: 'no', label: 'No' },
        { value: 'once', label: 'Yes, this once' },
        { value: 'always', label: 'Yes, and not asked again in this chat' },
        ...(reads ? [{ value: 'reads' as const, label: 'Yes, and so all tools that say they only read' }] : []),
      ],
      signal,
    );
    return said ?? 'no';
  }

  async function answer(question: Question, signal: AbortSignal): Promise<ElicitResult> {
    asker.show('The server asks', wrapText(safeLines(question.message), width(), '  '));
    if ('url' in question) return answerAddress(question.url, options, signal);
    if (!('requestedSchema' in question)) return decline;
    return answerForm(question, asker, signal);
  }

  const permit = (question: ToolQuestion, signal: AbortSignal) =>
    inTurn<Permission>(
      async (over) => (signal.aborted ? 'no' : askPermission(question, AbortSignal.any([signal, over]))),
      'no',
    );
  const ask: Ask = (question, signal) =>
    inTurn<ElicitResult>(
      async (over) => (signal.aborted ? decline : answer(question, AbortSignal.any([signal, over]))),
      { action: 'cancel' },
    );
  return { permit, ask };
}

function describeEffect({ reads, destructive }: ToolQuestion): string {
  if (reads) return 'The server says that it changes nothing; nobody else does.';
  return destructive ? 'It changes something, and may take something away.' : 'It changes something.';
}

/** All of it, a line for each argument: what is agreed to is shown whole. */
function describeInput(input: unknown): string {
  const entries = Object.entries(asObject(input) ?? {});
  if (entries.length === 0) return 'without arguments';
  return entries
    .map(([name, value]) => {
      const shown = typeof value === 'string' ? plain(value) : safeLines(JSON.stringify(value, null, 2));
      return `${plain(name)}: ${shown}`;
    })
    .join('\n');
}

async function answerAddress(address: string, { asker, width, openBrowser }: AnswerOptions, signal: AbortSignal) {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const here = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && here))) return decline;
  asker.show(`It wants to send you to ${url.host}`, wrapText(url.href, width(), '  '));
  const said = await asker.choose(
    openBrowser ? 'Open it in the browser?' : 'Have you opened it yourself?',
    [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes' },
    ],
    signal,
  );
  if (said !== 'yes') return decline;
  openBrowser?.(url.href);
  return { action: 'accept' as const };
}

async function answerForm({ requestedSchema }: Form, asker: Asker, signal: AbortSignal): Promise<ElicitResult> {
  const fields = Object.entries(requestedSchema.properties);
  const [only] = fields;
  // A question that is answered with yes or no.
  if (fields.length === 0 || (only && fields.length === 1 && only[1].type === 'boolean')) {
    const label = only ? titleOf(only[0], only[1]) : 'Yes';
    const said = await asker.choose(
      'Do you agree?',
      [
        { value: 'no', label: 'No' },
        { value: 'yes', label: /^yes\b/i.test(label) ? label : `Yes: ${label}` },
      ],
      signal,
    );
    if (said !== 'yes') return decline;
    return { action: 'accept', content: only ? { [only[0]]: true } : {} };
  }
  const required = new Set(requestedSchema.required ?? []);
  const content: Record<string, Value> = {};
  for (const [name, field] of fields) {
    const value = await askField(name, field, required.has(name), asker, signal);
    if (value === undefined) return decline;
    if (value !== null) content[name] = value;
  }
  const said = await asker.choose(
    'Send these answers?',
    [
      { value: 'no', label: 'No' },
      { value: 'yes', label: 'Yes' },
    ],
    signal,
  );
  return said === 'yes' ? { action: 'accept', content } : decline;
}

/** @returns undefined where the form was left, null where an optional field was */
async function askField(
  name: string,
  field: unknown,
  required: boolean,
  asker: Asker,
  signal: AbortSignal,
): Promise<Value | null | undefined> {
  const schema = asObject(field) ?? {};
  const title = `${titleOf(name, schema)}${required ? '' : ' (may be left empty)'}`;
  const options = optionsOf(schema);
  if (options || schema.type === 'boolean') {
    const known = options ?? [
      { value: 'false', label: 'No' },
      { value: 'true', label: 'Yes' },
    ];
    const none = { value: '', label: 'None of these' };
    const [first = none, ...rest] = required || !options ? known : [none, ...known];
    const chosen = await asker.choose(title, [first, ...rest], signal);
    if (chosen === undefined) return undefined;
    if (!options) return chosen === 'true';
    if (chosen === '') return null;
    return schema.type === 'array' ? [chosen] : chosen;
  }
  const numeric = schema.type === 'number' || schema.type === 'integer';
  const check = (typed: string) => {
    if (typed === '') return required ? 'It is needed.' : undefined;
    if (!numeric) return findTextProblem(typed, schema);
    return findNumberProblem(typed, schema);
  };
  const typed = await asker.enter(title, check, defaultOf(schema), signal);
  if (typed === undefined) return undefined;
  if (typed === '') return null;
  return numeric ? Number(typed) : typed;
}

function titleOf(name: string, schema: unknown): string {
  const { title, description } = asObject(schema) ?? {};
  const called = typeof title === 'string' && title !== '' ? title : name;
  return plain(typeof description === 'string' && description !== '' ? `${called}: ${description}` : called);
}

/** The three ways in which forms list what can be chosen (MCP 2026-07-28, Elicitation). */
function optionsOf(schema: Record<string, unknown>): { value: string; label: string }[] | undefined {
  const source = schema.type === 'array' ? (asObject(schema.items) ?? {}) : schema;
  const titled = source.oneOf ?? source.anyOf;
  if (Array.isArray(titled)) {
    return titled.flatMap((each) => {
      const { const: value, title } = asObject(each) ?? {};
      return typeof value === 'string' ? [{ value, label: plain(typeof title === 'string' ? title : value) }] : [];
    });
  }
  if (!Array.isArray(source.enum)) return undefined;
  const names = Array.isArray(source.enumNames) ? source.enumNames : [];
  return source.enum
    .filter((value): value is string => typeof value === 'string')
    .map((value, place) => ({ value, label: plain(String(names[place] ?? value)) }));
}

function defaultOf({ default: given }: Record<string, unknown>): string {
  return typeof given === 'string' || typeof given === 'number' ? plain(String(given)) : '';
}

function findTextProblem(typed: string, { minLength, maxLength }: Record<string, unknown>): string | undefined {
  if (typeof minLength === 'number' && typed.length < minLength) return `At least ${minLength} characters.`;
  if (typeof maxLength === 'number' && typed.length > maxLength) return `At most ${maxLength} characters.`;
  return undefined;
}

function findNumberProblem(typed: string, { type, minimum, maximum }: Record<string, unknown>): string | undefined {
  const value = Number(typed);
  if (Number.isNaN(value) || typed.trim() === '') return `${quoted(typed)} is no number.`;
  if (type === 'integer' && !Number.isInteger(value)) return 'A whole number.';
  if (typeof minimum === 'number' && value < minimum) return `At least ${minimum}.`;
  if (typeof maximum === 'number' && value > maximum) return `At most ${maximum}.`;
  return undefined;
}
