// Why something could not be recorded, as an error that says what to do.

import { CastellanError } from '../core/errors.ts';

/** Why nothing can be recorded, and what to do. Paths are for the log only. */
export function auditError(problem: string, todo: string, cause?: unknown): CastellanError {
  return new CastellanError({
    code: 'internal',
    message: `The audit log cannot be written: ${problem}.`,
    hint: todo,
    detail: cause instanceof Error ? cause.message : cause,
    cause,
  });
}

export function damaged(problem: string, detail?: unknown): CastellanError {
  const todo =
    'Run castellan audit verify to see where. To go on with a new log, move the folder of this one away, in one piece with its key, and start again.';
  return auditError(problem, todo, detail);
}

/** What the system said, for people. */
export function toAuditError(thrown: unknown): CastellanError {
  if (thrown instanceof CastellanError) return thrown;
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  const say = (problem: string, todo: string) => auditError(problem, todo, thrown);
  if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) return say('the disk is full', 'Free some space on it.');
  if (['EACCES', 'EPERM', 'EROFS'].includes(code) || /readonly|unable to open/.test(String(thrown))) {
    return say('its folder or a file in it may not be written', 'Make the folder of the audit log writable.');
  }
  if (['ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR'].includes(code)) {
    return say('its folder is gone or is no folder', 'Look at the folder of the audit log (CASTELLAN_AUDIT).');
  }
  return say(`the system says ${code || 'no more'}`, 'The log on stderr has the details.');
}
