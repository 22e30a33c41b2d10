// Sending Okta what it only takes as a whole: only while it is still the one that was merged into.

import { z } from 'zod';
import { type Applied, findChanges } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { invalidAnswer } from '../../../core/exchange.ts';
import { type Fields, isMap, isSame, pick, without } from '../../../core/merging.ts';
import { withoutSecrets } from '../../../core/redact.ts';
import type { OktaClient } from '../client.ts';

/** An object of which every field is kept. */
const wholeEntity = z.record(z.string(), z.unknown());

/** @throws CastellanError `invalid_input` for names that cannot be set, and for secrets, which no assistant should hold. */
export function checkUpdates(parameter: string, updates: Fields, allowed: readonly string[]): void {
  const strange = Object.keys(updates).filter((name) => !allowed.includes(name));
  if (strange.length > 0) {
    throw new CastellanError({
      code: 'invalid_input',
      message: `${strange.map((name) => `${parameter}.${name}`).join(' and ')} cannot be set with this tool.`,
      hint: `It sets ${allowed.join(', ')}.`,
    });
  }
  refuseSecrets(parameter, updates);
}

/** @throws CastellanError `invalid_input` where something is, or looks like, a secret. */
export function refuseSecrets(parameter: string, value: Fields): void {
  const [secret] = findChanges(value, withoutSecrets(value));
  if (secret === undefined) return;
  throw new CastellanError({
    code: 'invalid_input',
    message: `${parameter}.${secret.field} is a secret; secrets are not set through an assistant.`,
    hint: 'Leave it out. A person sets it in Okta’s admin console.',
  });
}

/** What Okta changes by itself, or that is only embedded in an answer. */
const passing = ['_links', '_embedded'];

/**
 * @param besides further fields that change without anybody's doing.
 * @throws CastellanError `refused_by_platform` when the object is no longer the one that the plan was made from.
 */
export async function checkUnchanged(
  client: OktaClient,
  path: readonly string[],
  planned: Fields,
  besides: readonly string[] = [],
): Promise<void> {
  const now = await client.getExact(path, wholeEntity);
  const names = [...passing, ...besides];
  if (isSame(without(now, names), without(planned, names))) return;
  throw new CastellanError({
    code: 'refused_by_platform',
    message: 'It was changed by somebody else in the meantime, so nothing was done.',
    hint: 'Call again: what would change is then found out anew.',
  });
}

interface Replacement {
  readonly path: readonly string[];
  /** The whole object as it was when the plan was made. */
  readonly planned: Fields;
  readonly body: Fields;
  /** The fields that the plan spoke of. */
  readonly names: readonly string[];
}

/**
 * Sends the whole object in the place of the planned one.
 * @returns a warning where Okta made something else of it.
 */
export async function replaceWhole(
  client: OktaClient,
  { path, planned, body, names }: Replacement,
): Promise<Applied | undefined> {
  await checkUnchanged(client, path, planned);
  const answer = await client.send('PUT', path, { body });
  return warnOfDifference(pick(body, names), isMap(answer) ? pick(answer, names) : answer);
}

/** What Okta answered, compared with what was sent: it fills in defaults, and ignores what it does not know. */
export function warnOfDifference(sent: Fields, made: unknown): Applied | undefined {
  if (!isMap(made)) return undefined;
  const fields = findChanges(sent, made).map(({ field }) => field);
  if (fields.length === 0) return undefined;
  return { warnings: [`Okta set ${fields.join(', ')} otherwise than it was sent; read it again to see.`] };
}

/** @throws CastellanError `platform_answer_invalid` when Okta does not say what it made. */
export function idOfMade(made: unknown): string {
  if (isMap(made) && typeof made.id === 'string') return made.id;
  throw invalidAnswer('Okta did not say what it made.', undefined);
}
