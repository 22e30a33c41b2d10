// Rules for single fields, as Scalekit's protobuf descriptors have them (buf.validate): lengths, forms, sizes of maps.

import { invalid } from './problem.ts';

export const roleName = /^[a-zA-Z0-9_]{1,64}$/;
export const scopeName = /^[a-zA-Z0-9:]{1,64}$/;

/** Characters. A text that is not there breaks no rule. */
export function checkLength(field: string, text: string | undefined, least: number, most: number): void {
  if (text !== undefined && (text.length < least || text.length > most))
    throw invalid(field, `length must be between ${least} and ${most}`);
}

export function checkForm(field: string, text: string, form: RegExp): void {
  if (!form.test(text)) throw invalid(field, `must match ${form.source}`);
}

export function checkMetadata(field: string, map: Readonly<Record<string, string>> | undefined, most = 20): void {
  const entries = Object.entries(map ?? {});
  if (entries.length > most) throw invalid(field, `must have at most ${most} pairs`);
  for (const [key, value] of entries) {
    checkLength(`${field} keys`, key, 3, 25);
    checkLength(`${field}["${key}"]`, value, 1, 256);
  }
}
