// What one endpoint makes of the filter language: its attributes, their operators, how text compares; compiles a tree to a test.

import { type Expression, GrammarFault, type Operator, parseExpression, type Value } from './grammar.ts';

export interface Attribute<T> {
  type: 'text' | 'date' | 'number' | 'boolean' | 'any';
  operators: ReadonlySet<Operator>;
  read: (item: T) => unknown;
}

export interface Dialect<T> {
  attribute: (path: string) => Attribute<T> | undefined;
  ignoresCase: boolean;
  allowsNot: boolean;
  /** attr[sub eq "x"]: the dialect of the elements, where the endpoint has it. */
  elements?: (path: string) => { read: (item: T) => unknown; dialect: Dialect<unknown> } | undefined;
}

export type Test<T> = (item: T) => boolean;

export const ordering: ReadonlySet<Operator> = new Set(['gt', 'ge', 'lt', 'le']);

/** Throws a GrammarFault for whatever is not right with the text or not allowed here. */
export function compileFilter<T>(text: string, dialect: Dialect<T>): Test<T> {
  return compile(parseExpression(text), dialect);
}

function compile<T>(expression: Expression, dialect: Dialect<T>): Test<T> {
  if (expression.kind === 'test') return compileTest(expression, dialect);
  if (expression.kind === 'within') return compileWithin(expression, dialect);
  if (expression.kind === 'not') {
    if (!dialect.allowsNot) throw new GrammarFault("The operator 'not' is not supported", 0);
    const inner = compile(expression.inner, dialect);
    return (item) => !inner(item);
  }
  const parts = expression.parts.map((part) => compile(part, dialect));
  return expression.kind === 'all'
    ? (item) => parts.every((part) => part(item))
    : (item) => parts.some((part) => part(item));
}

function compileWithin<T>(expression: Expression & { kind: 'within' }, dialect: Dialect<T>): Test<T> {
  const elements = dialect.elements?.(expression.path);
  if (!elements) throw new GrammarFault(`field is not valid: ${expression.path}`, expression.at);
  const inner = compile(expression.inner, elements.dialect);
  return (item) => {
    const value = elements.read(item);
    return Array.isArray(value) && value.some((element) => inner(element));
  };
}

function compileTest<T>(test: Expression & { kind: 'test' }, dialect: Dialect<T>): Test<T> {
  const { path, operator, value, at } = test;
  const attribute = dialect.attribute(path);
  if (!attribute) throw new GrammarFault(`field is not valid: ${path}`, at);
  if (!attribute.operators.has(operator)) {
    throw new GrammarFault(`The operator '${operator}' is not supported for '${path}' at position ${at}`, at);
  }
  const { read } = attribute;
  if (operator === 'pr') return (item) => isPresent(read(item));
  const matches = compileComparison(attribute.type, operator, value, dialect.ignoresCase, at);
  return (item) => {
    const found = read(item);
    return Array.isArray(found) ? found.some(matches) : found !== undefined && found !== null && matches(found);
  };
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

type Matches = (found: unknown) => boolean;

function compileComparison(
  type: Attribute<unknown>['type'],
  operator: Operator,
  value: Value,
  ignoresCase: boolean,
  at: number,
): Matches {
  if (type === 'date') return compileDate(operator, value, at);
  if (value === null) throw new GrammarFault(`A null value is not supported at position ${at}`, at);
  if (type !== 'any' && typeof value !== (type === 'text' ? 'string' : type)) {
    throw new GrammarFault(`The value has the wrong type at position ${at}`, at);
  }
  if (typeof value !== 'string') {
    if (!ordering.has(operator) && operator !== 'eq' && operator !== 'ne')
      throw new GrammarFault(`The operator '${operator}' needs a string at position ${at}`, at);
    return (found) =>
      compares(operator, Number(found) - Number(value)) && (typeof value === 'number' || typeof found === 'boolean');
  }
  const fold = (text: unknown): string => (ignoresCase ? String(text).toLowerCase() : String(text));
  const wanted = fold(value);
  switch (operator) {
    case 'sw':
      return (found) => fold(found).startsWith(wanted);
    case 'ew':
      return (found) => fold(found).endsWith(wanted);
    case 'co':
      return (found) => fold(found).includes(wanted);
    default:
      return (found) => {
        const text = fold(found);
        return compares(operator, text < wanted ? -1 : text > wanted ? 1 : 0);
      };
  }
}

function compileDate(operator: Operator, value: Value, at: number): Matches {
  const wanted = typeof value === 'string' ? readDate(value) : Number.NaN;
  if (Number.isNaN(wanted)) throw new GrammarFault(`The value is not a date at position ${at}`, at);
  // Okta writes whole seconds, so it compares whole seconds.
  return (found) => compares(operator, Math.floor(Number(found) / 1000) - Math.floor(wanted / 1000));
}

/** ISO 8601 with a time zone, or a date alone; NaN otherwise. */
export function readDate(text: string): number {
  return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
}

function compares(operator: Operator, difference: number): boolean {
  switch (operator) {
    case 'eq':
      return difference === 0;
    case 'ne':
      return difference !== 0;
    case 'gt':
      return difference > 0;
    case 'ge':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'le':
      return difference <= 0;
    default:
      return false;
  }
}
