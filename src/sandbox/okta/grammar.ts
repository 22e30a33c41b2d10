// Okta's filter language (after SCIM, RFC 7644 §3.4.2.2): text → tokens → tree. What an endpoint allows is its dialect's business.

export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'sw' | 'ew' | 'co' | 'pr';
export type Value = string | number | boolean | null;

export type Expression =
  | { kind: 'all' | 'any'; parts: Expression[] }
  | { kind: 'not'; inner: Expression }
  | { kind: 'within'; path: string; inner: Expression; at: number }
  | { kind: 'test'; path: string; operator: Operator; value: Value; at: number };

/** A fault in the text, with the place where it was found. */
export class GrammarFault extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

type Token =
  | { kind: 'word'; text: string; at: number }
  | { kind: 'value'; value: Value; at: number }
  | { kind: 'mark'; text: string; at: number }
  | { kind: 'end'; at: number };

const operators: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'ew', 'co', 'pr']);
const deepest = 32;
const longest = 16_384;

const lexeme =
  /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))|([A-Za-z_$][\w$.:-]*))/y;

function tokenize(text: string): Token[] {
  if (text.length > longest) throw new GrammarFault('The expression is too long', longest);
  const tokens: Token[] = [];
  lexeme.lastIndex = 0;
  const stop = text.trimEnd().length;
  let end = 0;
  while (end < stop) {
    const match = lexeme.exec(text);
    if (!match) throw new GrammarFault(`Unexpected character at position ${end}`, end);
    end = lexeme.lastIndex;
    const [whole, mark, string, number, word] = match;
    const at = end - whole.trimStart().length;
    if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, at });
    else if (string !== undefined) tokens.push({ kind: 'value', value: readString(string, at), at });
    else if (number !== undefined) tokens.push({ kind: 'value', value: Number(number), at });
    else tokens.push(readWord(word as string, at));
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

function readWord(word: string, at: number): Token {
  if (word === 'true' || word === 'false') return { kind: 'value', value: word === 'true', at };
  return word === 'null' ? { kind: 'value', value: null, at } : { kind: 'word', text: word, at };
}

function readString(text: string, at: number): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new GrammarFault(`Invalid string at position ${at}`, at);
  }
}

export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let position = 0;
  const peek = (): Token => tokens[position] as Token;
  const isWord = (token: Token, text: string): boolean => token.kind === 'word' && token.text.toLowerCase() === text;
  const isMark = (token: Token, text: string): boolean => token.kind === 'mark' && token.text === text;

  function parseSeries(kind: 'all' | 'any', depth: number): Expression {
    const joint = kind === 'all' ? 'and' : 'or';
    const next = () => (kind === 'any' ? parseSeries('all', depth) : parseTerm(depth));
    const parts = [next()];
    while (isWord(peek(), joint)) {
      position++;
      parts.push(next());
    }
    return parts.length === 1 ? (parts[0] as Expression) : { kind, parts };
  }

  function parseTerm(depth: number): Expression {
    const token = peek();
    if (depth > deepest) throw new GrammarFault('The expression is nested too deeply', token.at);
    if (isWord(token, 'not') && isMark(tokens[position + 1] as Token, '(')) {
      position++;
      return { kind: 'not', inner: parseEnclosed(')', depth) };
    }
    return isMark(token, '(') ? parseEnclosed(')', depth) : parseTest(depth);
  }

  function parseEnclosed(close: string, depth: number): Expression {
    position++;
    const inner = parseSeries('any', depth + 1);
    if (!isMark(peek(), close)) throw new GrammarFault(`Expected '${close}' at position ${peek().at}`, peek().at);
    position++;
    return inner;
  }

  function parseTest(depth: number): Expression {
    const name = peek();
    if (name.kind !== 'word') throw new GrammarFault(`Expected an attribute name at position ${name.at}`, name.at);
    position++;
    const following = peek();
    if (isMark(following, '['))
      return { kind: 'within', path: name.text, inner: parseEnclosed(']', depth), at: name.at };
    const operator = following.kind === 'word' ? following.text.toLowerCase() : '';
    if (!operators.has(operator))
      throw new GrammarFault(`Unrecognized attribute operator at position ${following.at}`, following.at);
    position++;
    const test = { kind: 'test', path: name.text, operator: operator as Operator, at: name.at } as const;
    if (operator === 'pr') return { ...test, value: null };
    const value = peek();
    if (value.kind !== 'value') throw new GrammarFault(`Expected a value at position ${value.at}`, value.at);
    position++;
    return { ...test, value: value.value };
  }

  const expression = parseSeries('any', 0);
  const rest = peek();
  if (rest.kind !== 'end') throw new GrammarFault(`Unexpected text at position ${rest.at}`, rest.at);
  return expression;
}
