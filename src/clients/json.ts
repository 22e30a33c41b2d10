// JSON as editors and assistants keep it, with or without comments: read strictly, changed in place.

import { isDeepStrictEqual } from 'node:util';
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import type { McpClient } from './client.ts';
import { placeOf, unusable } from './fault.ts';
import { insertAt, removeAt, replaceAt } from './json-text.ts';
import type { Table } from './table.ts';

/** @throws CastellanError bad_configuration with line and column */
export function readJson({ syntax, trailingCommas = false, key }: McpClient, text: string): Table {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: syntax === 'json', allowTrailingComma: trailingCommas });
  const [first] = errors;
  if (first) {
    const what = printParseErrorCode(first.error)
      .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toLowerCase();
    throw unusable(
      `the file is no ${syntax === 'json' ? 'JSON' : 'JSON with comments'}: ${what} at ${placeOf(text, first.offset)}`,
    );
  }
  if (tree?.type !== 'object') throw unusable('the file holds no JSON object');
  // Readers take the last of two, and editors of text the first.
  for (const node of [tree, findNodeAtLocation(tree, [key])]) {
    const twice = node && findTwice(node);
    if (twice)
      throw unusable(`${JSON.stringify(twice.value)} stands there twice, again at ${placeOf(text, twice.offset)}`);
  }
  return getNodeValue(tree) as Table;
}

function findTwice(node: Node): Node | undefined {
  const seen = new Set<unknown>();
  for (const property of node.children ?? []) {
    const key = property.type === 'property' ? property.children?.[0] : undefined;
    if (key && seen.has(key.value)) return key;
    seen.add(key?.value);
  }
  return undefined;
}

export interface JsonChange {
  readonly key: string;
  readonly name: string;
  readonly before: Table | undefined;
  readonly after: Table | undefined;
  readonly inputs?:
    | { readonly before: readonly unknown[] | undefined; readonly after: readonly unknown[] | undefined }
    | undefined;
}

export function editJson(text: string, { key, name, before, after, inputs }: JsonChange): string {
  if (text === '') return after ? `${JSON.stringify({ [key]: { [name]: after }, ...asked(inputs) }, null, 2)}\n` : text;
  let changed = text;
  if (before === undefined) {
    const hasServers = Object.hasOwn(readTree(text), key);
    changed = hasServers ? insertAt(text, [key], name, after) : insertAt(text, [], key, { [name]: after });
  } else if (after === undefined) changed = removeAt(text, [key, name]);
  else {
    for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const path = [key, name, field];
      if (isDeepStrictEqual(structuredClone(before[field]), structuredClone(after[field]))) continue;
      if (after[field] === undefined) changed = removeAt(changed, path);
      else if (before[field] === undefined) changed = insertAt(changed, [key, name], field, after[field]);
      else changed = replaceAt(changed, path, after[field]);
    }
  }
  if (!inputs) return changed;
  const { before: old, after: young } = inputs;
  if (old !== undefined && young === undefined) return removeAt(changed, ['inputs']);
  if (young === undefined) return changed;
  for (const [place, input] of [...(old ?? []).entries()].reverse())
    if (!young.includes(input)) changed = removeAt(changed, ['inputs', place]);
  const added = young.filter((input) => !old?.includes(input));
  if (old === undefined) return insertAt(changed, [], 'inputs', added);
  return added.reduce<string>((sofar, input) => insertAt(sofar, ['inputs'], undefined, input), changed);
}

function asked(inputs: JsonChange['inputs']): { readonly inputs?: readonly unknown[] } {
  return inputs?.after ? { inputs: inputs.after } : {};
}

function readTree(text: string): Table {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return (tree && getNodeValue(tree)) as Table;
}
