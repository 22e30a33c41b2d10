// The step that checks whether the caller may use the tool, what it sent, and the tenant that it is for.

import type { z } from 'zod';
import { CastellanError } from '../core/errors.ts';
import type { Tenant } from '../core/tool.ts';
import { failCall, type Step, shorten } from './call.ts';
import type { Entry } from './catalog.ts';
import type { Gate } from './gate.ts';

export function checkCalls(gate: Gate): Step {
  return (call, next) => {
    try {
      throwIf(gate.refuse(call.entry, call.narrowing));
      call.input = checkInput(call.entry, call.translate(call.given));
      call.tenant = chooseTenant(call.entry, call.input);
      if (call.tenant) throwIf(gate.refuseAt(call.entry, call.tenant));
    } catch (error) {
      return Promise.resolve(failCall(call, error));
    }
    return next();
  };
}

function throwIf(error: CastellanError | undefined): void {
  if (error) throw error;
}

/** What the caller sent, as the tool's input; or all that is wrong with it, with what would be right. */
export function checkInput(entry: Entry, given: Record<string, unknown>): Record<string, unknown> {
  const parsed = entry.input().safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => describeIssue(issue, given));
  throw new CastellanError({
    code: 'invalid_input',
    message: `${entry.tool.name}: ${problems.join('; ')}.`,
    hint: `Parameters: ${Object.keys(entry.input().shape).join(', ') || 'none'}.`,
  });
}

function describeIssue(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  if (issue.code === 'unrecognized_keys')
    return `there is no parameter ${issue.keys.slice(0, 10).map(shorten).join(', ')}`;
  const path = issue.path.join('.');
  if (issue.path.length === 1 && !Object.hasOwn(given, String(issue.path[0]))) {
    const choices = issue.code === 'invalid_value' ? ` (one of ${issue.values.map(String).join(', ')})` : '';
    return `${path} is missing${choices}`;
  }
  return `${path}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}

/** The tenant that a call is for. */
function chooseTenant(entry: Entry, input: Record<string, unknown>): Tenant | undefined {
  if (entry.tool.local) return undefined;
  if (entry.choosesTenant) return entry.tenants.get(String(input.tenant));
  const [only] = entry.tenants.values();
  if (only) return only;
  throw new CastellanError({
    code: 'bad_configuration',
    message: `No ${entry.platform} tenant is configured.`,
    hint: 'Run `castellan doctor`; it says what to set.',
  });
}
