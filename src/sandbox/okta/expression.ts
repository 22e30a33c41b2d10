// The part of Okta's expression language that group rules use: properties of the user, comparisons, String functions and membership of groups.

import { hasBit } from './bits.ts';
import type { GroupRecord } from './group-seed.ts';
import type { OktaState } from './state.ts';
import { profileReaders, readProfile, type UserRecord } from './user-record.ts';

type Read<T> = (user: UserRecord) => T;
type Typed = { type: 'text'; read: Read<string | null> } | { type: 'flag'; read: Read<boolean> };

/** What is wrong with an expression, and where. */
export class ExpressionFault extends Error {}

type Token = { kind: 'text' | 'name' | 'mark' | 'end'; text: string; at: number };

const lexeme = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([A-Za-z_][\w.]*)|(==|!=|&&|\|\||[!(),]))/y;
const longest = 4096;
const deepest = 32;

function tokenize(text: string): Token[] {
  if (text.length > longest) throw new ExpressionFault(`The expression is longer than ${longest} characters.`);
  const tokens: Token[] = [];
  const stop = text.trimEnd().length;
  lexeme.lastIndex = 0;
  for (let end = 0; end < stop; end = lexeme.lastIndex) {
    const match = lexeme.exec(text);
    if (!match) throw new ExpressionFault(`Unexpected character at position ${end}.`);
    const [whole, double, single, name, mark] = match;
    const at = lexeme.lastIndex - whole.trimStart().length;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1'), at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else tokens.push({ kind: 'mark', text: mark as string, at });
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

/** The expression as a test of users. Throws an ExpressionFault for what is not understood; membership is read anew at each test. */
export function compileRule(state: OktaState, text: string): Read<boolean> {
  const tokens = tokenize(text);
  let position = 0;
  const peek = () => tokens[position] as Token;
  const take = () => tokens[position++] as Token;
  const isWord = (...words: string[]) => {
    const { kind, text: word } = peek();
    return (kind === 'name' || kind === 'mark') && words.includes(word.toLowerCase());
  };

  function expect(mark: string): void {
    const token = take();
    if (token.kind !== 'mark' || token.text !== mark)
      throw new ExpressionFault(`Expected '${mark}' at position ${token.at}.`);
  }

  function parseOr(depth: number): Typed {
    return parseSeries(depth, parseAnd, ['or', '||'], (parts) => (user) => parts.some((part) => part(user)));
  }

  function parseAnd(depth: number): Typed {
    return parseSeries(depth, parseNot, ['and', '&&'], (parts) => (user) => parts.every((part) => part(user)));
  }

  function parseSeries(
    depth: number,
    next: (depth: number) => Typed,
    joints: string[],
    join: (parts: Read<boolean>[]) => Read<boolean>,
  ): Typed {
    if (depth > deepest) throw new ExpressionFault('The expression is nested too deeply.');
    const first = next(depth);
    if (!isWord(...joints)) return first;
    const parts = [asFlag(first)];
    while (isWord(...joints)) {
      take();
      parts.push(asFlag(next(depth)));
    }
    return { type: 'flag', read: join(parts) };
  }

  function parseNot(depth: number): Typed {
    if (depth > deepest) throw new ExpressionFault('The expression is nested too deeply.');
    if (!isWord('not', '!')) return parseComparison(depth);
    take();
    const inner = asFlag(parseNot(depth + 1));
    return { type: 'flag', read: (user) => !inner(user) };
  }

  function parseComparison(depth: number): Typed {
    const left = parseValue(depth);
    if (!isWord('==', '!=', 'eq', 'ne')) return left;
    const operator = take();
    const right = parseValue(depth);
    if (left.type !== right.type)
      throw new ExpressionFault(`Values of different types are compared at position ${operator.at}.`);
    const wanted = operator.text === '==' || operator.text.toLowerCase() === 'eq';
    const [a, b]: [Read<unknown>, Read<unknown>] = [left.read, right.read];
    return { type: 'flag', read: (user) => (a(user) === b(user)) === wanted };
  }

  function parseValue(depth: number): Typed {
    const token = take();
    if (token.kind === 'text') return { type: 'text', read: () => token.text };
    if (token.kind === 'mark' && token.text === '(') {
      const inner = parseOr(depth + 1);
      expect(')');
      return inner;
    }
    if (token.kind !== 'name') throw new ExpressionFault(`Expected a value at position ${token.at}.`);
    if (token.text === 'true' || token.text === 'false') return { type: 'flag', read: () => token.text === 'true' };
    if (token.text === 'null') return { type: 'text', read: () => null };
    if (token.text.startsWith('user.')) return readProperty(state, token.text.slice(5));
    return parseCall(token, depth);
  }

  function parseCall(name: Token, depth: number): Typed {
    const apply = functions[name.text];
    if (!apply) throw new ExpressionFault(`'${name.text}' at position ${name.at} is not known.`);
    expect('(');
    const given: Typed[] = [];
    if (!isWord(')')) {
      given.push(parseOr(depth + 1));
      while (isWord(',')) {
        take();
        given.push(parseOr(depth + 1));
      }
    }
    expect(')');
    const texts = given.map((value) => {
      if (value.type !== 'text') throw new ExpressionFault(`${name.text} takes strings.`);
      return value.read;
    });
    return apply(state, texts, name.text);
  }

  const whole = parseOr(0);
  const rest = peek();
  if (rest.kind !== 'end') throw new ExpressionFault(`Unexpected text at position ${rest.at}.`);
  return asFlag(whole);
}

function asFlag(value: Typed): Read<boolean> {
  if (value.type !== 'flag') throw new ExpressionFault('The expression does not give true or false.');
  return value.read;
}

function readProperty(state: OktaState, name: string): Typed {
  if (!profileReaders.has(name)) throw new ExpressionFault(`Invalid property ${name} in expression.`);
  return { type: 'text', read: (user) => (readProfile(user, name, state.users) as string | undefined) ?? null };
}

type Apply = (state: OktaState, given: Read<string | null>[], name: string) => Typed;

function take<T>(given: readonly T[], count: number, name: string): readonly T[] {
  if (given.length !== count) throw new ExpressionFault(`${name} takes ${count} ${count === 1 ? 'value' : 'values'}.`);
  return given;
}

/** Compares two strings; a property that nobody has filled is like nothing. */
function compare(test: (text: string, part: string) => boolean): Apply {
  return (_state, given, name) => {
    const [text, part] = take(given, 2, name) as [Read<string | null>, Read<string | null>];
    return {
      type: 'flag',
      read: (user) => {
        const [a, b] = [text(user), part(user)];
        return a !== null && b !== null && test(a, b);
      },
    };
  };
}

function change(turn: (text: string) => string): Apply {
  return (_state, given, name) => {
    const [text] = take(given, 1, name) as [Read<string | null>];
    return {
      type: 'text',
      read: (user) => {
        const value = text(user);
        return value === null ? null : turn(value);
      },
    };
  };
}

/** Groups are looked up when somebody is tested: they come and go. */
function isMember(fits: (group: GroupRecord, wanted: string | null) => boolean, most = 1): Apply {
  return (state, given, name) => {
    if (given.length === 0 || given.length > most)
      throw new ExpressionFault(`${name} takes ${most === 1 ? '1 value' : `1 to ${most} values`}.`);
    return {
      type: 'flag',
      read: (user) => {
        const wanted = given.map((read) => read(user));
        return state.groups.some((group) => hasBit(group.members, user.n) && wanted.some((one) => fits(group, one)));
      },
    };
  };
}

const byId = (group: GroupRecord, id: string | null) => group.id === id;

const functions: Readonly<Record<string, Apply | undefined>> = Object.assign(Object.create(null), {
  'String.startsWith': compare((text, part) => text.startsWith(part)),
  'String.stringContains': compare((text, part) => text.includes(part)),
  'String.toLowerCase': change((text) => text.toLowerCase()),
  'String.toUpperCase': change((text) => text.toUpperCase()),
  isMemberOfGroup: isMember(byId),
  isMemberOfAnyGroup: isMember(byId, 100),
  isMemberOfGroupName: isMember((group, name) => group.name === name),
  isMemberOfGroupNameStartsWith: isMember((group, start) => start !== null && group.name.startsWith(start)),
  isMemberOfGroupNameContains: isMember((group, part) => part !== null && group.name.includes(part)),
} satisfies Record<string, Apply>);
