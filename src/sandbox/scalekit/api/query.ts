// What a query says, read as the gateway does: names in snake or camel case, a wrong value refused, an unknown name passed over.

import { ApiProblem, invalid } from './problem.ts';
import { toCamel } from './shape.ts';

export interface Query {
  text: (name: string) => string | undefined;
  texts: (name: string) => string[];
  flag: (name: string) => boolean | undefined;
  whole: (name: string) => number | undefined;
  word: <const W extends readonly string[]>(name: string, words: W) => W[number] | undefined;
  time: (name: string) => string | undefined;
}

export function createQuery(given: URLSearchParams): Query {
  const texts = (name: string) => [
    ...given.getAll(name),
    ...(toCamel(name) === name ? [] : given.getAll(toCamel(name))),
  ];
  const text = (name: string) => texts(name).at(-1) || undefined;
  const wrong = (name: string, value: string) =>
    new ApiProblem(400, `type mismatch, parameter: ${name}, error: invalid value "${value.slice(0, 60)}"`);
  return {
    text,
    texts: (name) =>
      texts(name)
        .flatMap((each) => each.split(','))
        .filter((each) => each !== ''),
    flag(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (value !== 'true' && value !== 'false') throw wrong(name, value);
      return value === 'true';
    },
    whole(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^-?\d{1,15}$/.test(value)) throw wrong(name, value);
      return Number(value);
    },
    word(name, words) {
      const value = text(name);
      if (value !== undefined && !words.includes(value)) throw invalid(name, `must be one of ${words.join(', ')}`);
      return value;
    },
    time(name) {
      const value = text(name);
      if (value !== undefined && Number.isNaN(Date.parse(value))) throw wrong(name, value);
      return value === undefined ? undefined : new Date(value).toISOString();
    },
  };
}
