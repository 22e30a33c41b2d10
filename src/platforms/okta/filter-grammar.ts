// The grammar of Okta's search and filter expressions, SCIM's with small changes (RFC 7644 §3.4.2.2): text → its comparisons.

/** Says what is wrong at an index of the text, and perhaps a right example; does not return. */
export type Fail = (at: number, problem: string, example?: string) => never;

export interface Comparison {
  readonly attribute: string;
  /** Index of the attribute in the text; the others likewise. */
  readonly at: number;
  /** In lower case. */
  readonly operator: string;
  readonly operatorAt: number;
  /** Undefined with `pr`. */
  readonly value: string | number | boolean | undefined;
  readonly valueAt: number;
  /** The array attribute in whose brackets the comparison stands. */
  readonly within: string | undefined;
}

export interface Expression {
  readonly comparisons: readonly Comparison[];
  /** Where each `not` stands. */
  readonly nots: readonly number[];
  /** Array attributes with a condition in brackets. */
  readonly brackets: readonly { readonly attribute: string; readonly at: number }[];
  /** Whether an `or` stands outside all parentheses, so that the text needs some next to an `and`. */
  readonly loose: boolean;
}

type Kind = 'word' | 'string' | 'symbol' | '(' | ')' | '[' | ']' | 'end';
interface Token {
  readonly kind: Kind;
  readonly text: string;
  readonly at: number;
}

export const OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr'];
export const ATTRIBUTE = /^[A-Za-z_$][\w$.:-]*$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const MAX_DEPTH = 32;

/** What people write instead of an operator, by what they mean. */
const MEANT = new Map([
  ...['=', '==', '===', 'equals', 'is', 'eql'].map((word) => [word, 'eq'] as const),
  ...['!=', '<>', '!==', 'neq', 'isnot'].map((word) => [word, 'ne'] as const),
  ...['contains', 'like', 'includes', '~', '=~'].map((word) => [word, 'co'] as const),
  ...['startswith', 'starts', 'begins', '^='].map((word) => [word, 'sw'] as const),
  ...['endswith', 'ends', '$='].map((word) => [word, 'ew'] as const),
  ...['>', 'after', 'since'].map((word) => [word, 'gt'] as const),
  ...['<', 'before', 'until'].map((word) => [word, 'lt'] as const),
  ...['>=', 'gte'].map((word) => [word, 'ge'] as const),
  ...['<=', 'lte'].map((word) => [word, 'le'] as const),
  ...['exists', 'present', 'has'].map((word) => [word, 'pr'] as const),
]);

function readTokens(text: string, fail: Fail): Token[] {
  const tokens: Token[] = [];
  const next =
    /\s*(?:("(?:[^"\\]|\\[\s\S])*")|([()[\]])|([=!<>&|~^,;]+|\$=)|([^\s()[\]"'=!<>&|~^,;‘’‚“”„`]+)|(\S|$))/gy;
  for (;;) {
    const match = next.exec(text);
    if (match === null) return [...tokens, { kind: 'end', text: '', at: text.length }];
    const [whole, string, bracket, symbol, word, other] = match;
    const raw = string ?? bracket ?? symbol ?? word ?? other ?? '';
    const at = match.index + whole.length - raw.length;
    if (raw === '') return [...tokens, { kind: 'end', text: '', at }];
    if (raw === '"') fail(at, 'a text that is not closed; its double quote has no partner');
    if (other !== undefined) fail(at, `the quote ${raw} where text needs straight double quotes, as in "value"`);
    const kind = string ? 'string' : bracket ? (bracket as Kind) : symbol ? 'symbol' : 'word';
    tokens.push({ kind, text: raw, at });
  }
}

/** Reads a whole expression, or fails at the first place where it breaks the grammar. */
export function parseExpression(text: string, fail: Fail): Expression {
  const tokens = readTokens(text, fail);
  const comparisons: Comparison[] = [];
  const nots: number[] = [];
  const brackets: { attribute: string; at: number }[] = [];
  let loose = false;
  let index = 0;
  const end: Token = { kind: 'end', text: '', at: text.length };
  const peek = (ahead = 0): Token => tokens[index + ahead] ?? end;
  const take = (): Token => {
    const token = peek();
    index += 1;
    return token;
  };
  const isWord = (token: Token, ...words: string[]) =>
    token.kind === 'word' && words.includes(token.text.toLowerCase());

  function readExpression(depth: number, within: string | undefined): void {
    readTerm(depth, within);
    while (isWord(peek(), 'and', 'or')) {
      if (depth === 0 && isWord(peek(), 'or')) loose = true;
      take();
      readTerm(depth, within);
    }
    const after = peek();
    if (/^(&&?|,|;)$/.test(after.text)) fail(after.at, `${after.text} where the word and (or or) was expected`);
    if (/^\|\|?$/.test(after.text)) fail(after.at, `${after.text} where the word or was expected`);
    const closes = after.kind === 'end' || after.kind === ')' || after.kind === ']';
    if (!closes) fail(after.at, 'a new condition with neither and nor or before it');
  }

  function readGroup(depth: number, within: string | undefined, close: ')' | ']'): void {
    const open = take();
    if (depth >= MAX_DEPTH) fail(open.at, `more than ${MAX_DEPTH} levels of parentheses`);
    if (peek().kind === close) fail(open.at, 'empty parentheses');
    readExpression(depth + 1, within);
    if (peek().kind !== close) fail(open.at, `an opening ${open.text} that no ${close} closes`);
    take();
  }

  function readTerm(depth: number, within: string | undefined): void {
    const token = peek();
    if (token.text.startsWith('!')) fail(token.at, `${token.text} where the word not, with parentheses, was expected`);
    if (token.kind === '(') {
      readGroup(depth, within, ')');
      return;
    }
    if (isWord(token, 'not') && !isWord(peek(1), ...OPERATORS)) {
      nots.push(token.at);
      take();
      if (peek().kind !== '(') fail(token.at, 'a not without parentheses', 'not (severity eq "INFO")');
      readGroup(depth, within, ')');
      return;
    }
    if (token.kind === 'end') fail(token.at, 'the end, where a condition was expected');
    if (token.kind !== 'word') fail(token.at, 'no attribute where a condition was expected to begin with one');
    if (isWord(token, ...OPERATORS, 'and', 'or') && !isWord(peek(1), ...OPERATORS))
      fail(token.at, `${token.text} with no ${isWord(token, 'and', 'or') ? 'condition' : 'attribute'} before it`);
    if (!ATTRIBUTE.test(token.text)) fail(token.at, `${token.text}, which cannot be the name of an attribute`);
    take();
    if (peek().kind === '[') {
      if (within !== undefined) fail(peek().at, 'brackets within brackets');
      brackets.push({ attribute: token.text, at: token.at });
      readGroup(depth, token.text, ']');
    } else {
      readComparison(token, within);
    }
  }

  function readComparison(attribute: Token, within: string | undefined): void {
    const token = take();
    const operator = token.text.toLowerCase();
    if (token.kind === 'end') fail(token.at, `no operator after ${attribute.text}`);
    if (token.kind !== 'word' || !OPERATORS.includes(operator)) {
      const meant = MEANT.get(operator);
      fail(
        token.at,
        `${token.text} where an operator was expected${meant ? `; write ${meant}` : ` (${OPERATORS.join(', ')})`}`,
      );
    }
    const found = { attribute: attribute.text, at: attribute.at, operator, operatorAt: token.at, within };
    if (operator === 'pr') {
      if (peek().kind === 'string') fail(peek().at, 'a value after pr, which takes none');
      comparisons.push({ ...found, value: undefined, valueAt: token.at });
      return;
    }
    const value = peek();
    if (value.kind !== 'string' && value.kind !== 'word') fail(value.at, `no value after ${token.text}`);
    take();
    comparisons.push({ ...found, value: readValue(value, `${attribute.text} ${operator}`), valueAt: value.at });
  }

  function readValue(token: Token, before: string): string | number | boolean {
    if (token.kind === 'string') {
      try {
        return String(JSON.parse(token.text));
      } catch {
        fail(token.at, 'a text with a control character or a wrong escape; a backslash is written \\\\, a quote \\"');
      }
    }
    if (token.text === 'true' || token.text === 'false') return token.text === 'true';
    if (NUMBER.test(token.text)) return Number(token.text);
    if (token.text === 'null') fail(token.at, 'null, which cannot be compared with; pr asks whether there is a value');
    fail(token.at, 'a value without double quotes', `${before} ${JSON.stringify(token.text)}`);
  }

  if (peek().kind === 'end') fail(0, 'nothing in it');
  readExpression(0, undefined);
  const rest = peek();
  if (rest.kind !== 'end') fail(rest.at, `a closing ${rest.text} that nothing opened`);
  return { comparisons, nots, brackets, loose };
}
