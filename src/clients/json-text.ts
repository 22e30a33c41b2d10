// Single changes of JSON text in its own style: put in, replaced or taken out, and no byte of anything else.

import { findNodeAtLocation, type JSONPath, type Node, parseTree } from 'jsonc-parser';

/** At the end of the object or list at `path`; `key` for an object. */
export function insertAt(text: string, path: JSONPath, key: string | undefined, value: unknown): string {
  const parent = nodeAt(text, path);
  if (!parent) return text;
  const style = styleOf(text);
  const inside = text.slice(parent.offset + 1, endOf(parent) - 1);
  const last = parent.children?.at(-1);
  const label = key === undefined ? '' : JSON.stringify(key);
  const comma = last && findComma(text, endOf(last), endOf(parent));
  const isInLine = !inside.includes('\n') && (last !== undefined || (style.isOneLine && parent.offset > 0));
  if (isInLine) {
    const item = `${label && `${label}:`}${JSON.stringify(value)}`;
    if (!last) return splice(text, parent.offset + 1, item);
    return comma === undefined ? splice(text, endOf(last), `,${item}`) : splice(text, comma + 1, `${item},`);
  }
  const outer = indentAt(text, parent.offset);
  const inner = last && startsLine(text, last.offset) ? indentAt(text, last.offset) : outer + style.unit;
  const item = `${label && `${label}: `}${print(value, style, inner)}`;
  const at = parent.offset + 1 + inside.trimEnd().length;
  const isClosedApart = text.slice(at, endOf(parent)).includes('\n');
  const put = `${style.eol}${inner}${item}${comma === undefined ? '' : ','}${isClosedApart ? '' : style.eol + outer}`;
  const longer = splice(text, at, put);
  return last && comma === undefined ? splice(longer, endOf(last), ',') : longer;
}

export function replaceAt(text: string, path: JSONPath, value: unknown): string {
  const node = nodeAt(text, path);
  if (!node) return text;
  return splice(text, node.offset, print(value, styleOf(text), indentAt(text, node.offset)), node.length);
}

export function removeAt(text: string, path: JSONPath): string {
  const value = nodeAt(text, path);
  const node = value?.parent?.type === 'property' ? value.parent : value;
  const siblings = node?.parent?.children;
  if (!node?.parent || !siblings) return text;
  const { parent } = node;
  const around = text.slice(parent.offset + 1, node.offset) + text.slice(endOf(node), endOf(parent) - 1);
  if (/^[\s,]*$/.test(around)) return splice(text, parent.offset + 1, '', parent.length - 2);
  const after = findComma(text, endOf(node), endOf(parent));
  const previous = siblings[siblings.indexOf(node) - 1];
  const before = previous && findComma(text, endOf(previous), node.offset);
  const end = after === undefined ? endOf(node) : after + 1;
  // The whole line, where nothing else stands on it.
  const isAlone = startsLine(text, node.offset) && /^[ \t]*(\r?\n|$)/.test(text.slice(end));
  const start = isAlone ? (/\r?\n?[ \t]*$/.exec(text.slice(0, node.offset))?.index ?? node.offset) : node.offset;
  const shorter = text.slice(0, start) + text.slice(end);
  return after === undefined && before !== undefined ? splice(shorter, before, '', 1) : shorter;
}

interface Style {
  readonly unit: string;
  readonly eol: string;
  readonly isOneLine: boolean;
}

/** As the file is written already. */
function styleOf(text: string): Style {
  return {
    unit: /^([ \t]+)["[{]/m.exec(text)?.[1] ?? '  ',
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    isOneLine: !text.trim().includes('\n'),
  };
}

function print(value: unknown, { unit, eol, isOneLine }: Style, indent: string): string {
  return isOneLine && indent === ''
    ? JSON.stringify(value)
    : JSON.stringify(value, null, unit).replaceAll('\n', eol + indent);
}

function nodeAt(text: string, path: JSONPath): Node | undefined {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return tree && findNodeAtLocation(tree, path);
}

const endOf = (node: Node) => node.offset + node.length;

/** The next comma, with nothing but space and comments before it. */
function findComma(text: string, from: number, to: number): number | undefined {
  // Each piece whole or not at all: a comma in a remark is none.
  const skipped = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
  skipped.lastIndex = from;
  let at = from;
  while (skipped.test(text)) at = skipped.lastIndex;
  return at < to && text[at] === ',' ? at : undefined;
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

function startsLine(text: string, offset: number): boolean {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === '';
}

function splice(text: string, at: number, put: string, length = 0): string {
  return text.slice(0, at) + put + text.slice(at + length);
}
