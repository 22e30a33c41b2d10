// Okta's search and filter expressions: checked before they are sent, by what each endpoint supports, and built from typed parts.

import { CastellanError } from '../../core/errors.ts';
import { nearest } from '../../core/words.ts';
import { ATTRIBUTE, type Comparison, type Fail, parseExpression } from './filter-grammar.ts';
import { type AttributeRule, type ExpressionKind, RULES, type Rules } from './filter-rules.ts';

const MAX_LENGTH = 4000;

/**
 * Refuses (`invalid_input`) an expression that Okta would refuse: what is wrong, at which character (counted from 1), what is
 * allowed there, and a right example. `parameter` is what the caller calls the text. What Okta might accept passes.
 */
export function checkExpression(kind: ExpressionKind, parameter: string, text: string): void {
  const rules = RULES[kind];
  const fail: Fail = (at, problem, example = rules.example) => {
    const rest = [...text.slice(at)];
    const near =
      rest.length === 0 ? 'at its end' : `near «${rest.slice(0, 24).join('')}${rest.length > 24 ? '…' : ''}»`;
    throw invalid(
      `${parameter} is not a valid expression; at character ${[...text.slice(0, at)].length + 1} ${near}: ${problem}.`,
      `For ${rules.title} write for instance: ${example}`,
    );
  };
  if (text.length > MAX_LENGTH) fail(MAX_LENGTH, `more than ${MAX_LENGTH} characters`);
  const expression = parseExpression(text, fail);
  for (const at of rules.not ? [] : expression.nots) {
    const negated = expression.comparisons.find((one) => one.at > at && one.operator === 'eq');
    const problem = `not, which ${rules.title} does not know; say what is wanted instead of what is not`;
    fail(at, problem, negated && writeUnequal(negated, listOperators(rules, negated, fail)));
  }
  // RFC 7644 §3.4.2.2: a custom attribute of a user may hold a list of objects.
  const mayHoldLists = (attribute: string) => kind === 'users.search' && attribute.startsWith('profile.');
  for (const { attribute, at } of expression.brackets)
    if (!mayHoldLists(attribute))
      fail(at, `brackets after ${attribute}, which ${rules.title} does not know; write the path with dots`);
  for (const comparison of expression.comparisons)
    if (comparison.within === undefined) checkComparison(rules, comparison, fail);
}

/** A comparison for equality. Throws `invalid_input` for a name that is no attribute or a number that is not finite. */
export function eq(attribute: string, value: string | number | boolean): string {
  if (!ATTRIBUTE.test(attribute) || attribute.length > 256)
    throw invalid('A filter was to be built on a name that is no attribute.');
  if (typeof value === 'number' && !Number.isFinite(value))
    throw invalid('A filter was to be built on a number that is not finite.');
  return `${attribute} eq ${JSON.stringify(value)}`;
}

/** All of the parts; empty ones are left out. Throws `invalid_input` for a part that is no whole expression of its own. */
export function and(...parts: string[]): string {
  const rest = parts.filter((part) => part.trim() !== '');
  // Parsing each part keeps text from elsewhere from closing a parenthesis that it did not open.
  const loose = rest.map((part) => parseExpression(part, failPart).loose);
  return rest.map((part, i) => (loose[i] && rest.length > 1 ? `(${part})` : part)).join(' and ');
}

/** Any of the parts; otherwise as `and`. */
export function or(...parts: string[]): string {
  const rest = parts.filter((part) => part.trim() !== '');
  for (const part of rest) parseExpression(part, failPart);
  return rest.join(' or ');
}

const failPart: Fail = (at, problem) => {
  throw invalid(`An expression that was to be joined with others has, at character ${at + 1}: ${problem}.`);
};

/**
 * Whether a text is meant as a filter rather than as keywords: it compares something that looks like an attribute, or compares
 * with a literal. A filter with a fault counts, so that `checkExpression` can say what the fault is.
 */
export function looksLikeFilter(text: string): boolean {
  const outside = text.slice(0, MAX_LENGTH).replaceAll(/"(?:[^"\\]|\\[\s\S])*"/g, '""');
  for (const [, attribute = '', value, symbol] of outside.matchAll(COMPARISON)) {
    const named =
      /[^.]\.[^.]|[a-z][A-Z]/.test(attribute) ||
      Object.values(RULES).some((rules) => Object.hasOwn(rules.attributes, attribute));
    if (named || (symbol === undefined && value !== undefined && /^(?:["'\d-]|true$|false$)/.test(value))) return true;
  }
  return false;
}

/** An attribute, then an operator with the value after it, or a symbol in an operator's place, or `pr`. */
const COMPARISON =
  /(?<![^\s([])([a-z_$][\w$.:-]*)(?:\]?\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+(\S+)|\s*(==?|!=|[<>]=?)|\s+pr(?=\s*(?:$|\)|\]|\s(?:and|or)\s)))/gi;

function invalid(message: string, hint?: string): CastellanError {
  return new CastellanError({ code: 'invalid_input', message, hint });
}

const NO_CO = /^debugContext\.debugData\.(?:url|requestUri)$/;

/** The operators that an attribute may be compared with here. */
function listOperators(rules: Rules, { attribute, at }: Comparison, fail: Fail): string[] {
  const rule = findRule(rules, attribute, at, fail);
  const contains = !NO_CO.test(attribute) && (rules.contains?.includes(attribute) ?? true);
  return rules.operators.filter((one) => (rule.operators?.includes(one) ?? true) && (one !== 'co' || contains));
}

function checkComparison(rules: Rules, comparison: Comparison, fail: Fail): void {
  const { attribute, operator, operatorAt, value, valueAt } = comparison;
  const rule = findRule(rules, attribute, comparison.at, fail);
  const allowed = listOperators(rules, comparison, fail);
  if (!allowed.includes(operator)) {
    if (operator === 'co' && NO_CO.test(attribute))
      fail(operatorAt, `co, which Okta refuses for ${attribute}; use sw or eq`);
    const elsewhere =
      operator === 'co' && rules.contains
        ? ` (co works on ${rules.contains.join(', ')} alone; sw asks how a value starts)`
        : '';
    fail(
      operatorAt,
      `${operator}, which ${rules.title} does not know for ${attribute}; it knows ${allowed.join(', ')}${elsewhere}`,
      operator === 'ne' ? writeUnequal(comparison, allowed) : undefined,
    );
  }
  if (operator === 'pr') return;
  const isPart = operator === 'sw' || operator === 'co' || operator === 'ew';
  if ((isPart || rule.is === 'text') && typeof value !== 'string')
    fail(
      valueAt,
      `a value without double quotes, where ${isPart ? operator : attribute} takes a text`,
      `${attribute} ${operator} "${rule.values?.[0] ?? value}"`,
    );
  if (isPart) return;

  if (rule.is === 'date' && !isDate(value))
    fail(
      valueAt,
      `a value of ${attribute} that is no date in ISO 8601 (parse_relative_time turns words into one)`,
      `${attribute} ${operator} "2026-01-31T00:00:00.000Z"`,
    );
  if (rule.is === 'boolean' && !/^(?:true|false)$/.test(String(value)))
    fail(valueAt, `a value of ${attribute} other than true or false`, `${attribute} ${operator} true`);
  const isEqual = operator === 'eq' || operator === 'ne';
  const matches = (one: string) => one === value || (!rules.exactCase && one === String(value).toUpperCase());
  if (rule.values !== undefined && isEqual && !rule.values.some(matches)) {
    const near = nearest(String(value).replaceAll(' ', '_').toUpperCase(), rule.values) ?? rule.values[0];
    fail(
      valueAt,
      `a value that ${attribute} never has; it is one of ${rule.values.join(', ')}`,
      `${attribute} ${operator} "${near}"`,
    );
  }
}

/** What to write instead of `ne`, or of `not` and `eq`, where the endpoint lets values be ordered. */
function writeUnequal({ attribute, value }: Comparison, allowed: readonly string[]): string | undefined {
  if (typeof value === 'boolean') return `${attribute} eq ${!value}`;
  if (!allowed.includes('lt')) return undefined;
  return `(${attribute} lt ${JSON.stringify(value)} or ${attribute} gt ${JSON.stringify(value)})`;
}

function findRule(rules: Rules, attribute: string, at: number, fail: Fail): AttributeRule {
  const rule = Object.hasOwn(rules.attributes, attribute) ? rules.attributes[attribute] : undefined;
  if (rule !== undefined) return rule;
  if (rules.roots.some((root) => attribute.startsWith(root) && attribute.length > root.length)) return {};
  if (rules.refused && Object.hasOwn(rules.refused, attribute))
    fail(at, `${attribute}, which ${rules.title} does not know; ${rules.refused[attribute]}`);
  const known = Object.keys(rules.attributes);
  const root = rules.roots.find((one) => attribute.toLowerCase().startsWith(one.toLowerCase()));
  const custom = rules.roots.includes('profile.') && !attribute.includes('.') ? `profile.${attribute}` : undefined;
  const respelled = root && attribute.length > root.length ? root + attribute.slice(root.length) : undefined;
  const near = respelled ?? findAlike(attribute, known) ?? nearest(attribute, known) ?? custom;
  const problem = `${attribute}, which ${rules.title} does not know; it knows ${listNames(rules, attribute)}`;
  fail(at, near ? `${problem}; perhaps ${near} was meant` : problem);
}

/** What is known at the place of an attribute; where it is at none, all names, long lists by their beginnings. */
function listNames(rules: Rules, attribute: string): string {
  const names = Object.keys(rules.attributes).filter((one) => !rules.roots.some((root) => one.startsWith(root)));
  const all = [...names, ...rules.roots.map((root) => `${root}*`)];
  const place = /^[^.]+\./.exec(attribute)?.[0];
  const beside = place === undefined ? [] : all.filter((one) => one.startsWith(place));
  if (beside.length > 0) return beside.join(', ');
  if (all.length <= 20) return all.join(', ');
  return [...new Set(all.map((one) => one.replace(/\..*$/, '.*')))].join(', ');
}

/** The name that is the same but for letter case, or else one that ends or begins with the text. */
function findAlike(text: string, names: readonly string[]): string | undefined {
  const wanted = text.toLowerCase();
  return (
    names.find((one) => one.toLowerCase() === wanted) ??
    names.find((one) => one.toLowerCase().endsWith(`.${wanted}`)) ??
    (wanted.includes('.') ? names.find((one) => one.toLowerCase().startsWith(wanted)) : undefined)
  );
}

/** ISO 8601, a whole date at least. */
function isDate(value: unknown): boolean {
  const date = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.exec(String(value));
  if (date?.[1] === undefined || Number.isNaN(Date.parse(String(value).replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))))
    return false;
  return new Date(date[1]).toISOString().startsWith(date[1]);
}
