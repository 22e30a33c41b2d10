// What several areas of Scalekit tools say the same way.

import { z } from 'zod';
import type { Undo } from '../../../core/change.ts';
import { CastellanError } from '../../../core/errors.ts';
import { listInput } from '../../../core/listing.ts';
import { isSame } from '../../../core/merging.ts';
import type { EnvironmentClient, GetRequest } from '../client.ts';

export function idOf(prefix: string, what: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_\\w{1,60}$`), { error: `is no id such as ${prefix}_123` })
    .describe(`${what} id, ${prefix}_…`);
}

/** Required by the tools' names of old; a tenant that is one environment needs none. */
export const environmentId = idOf('env', 'Environment').optional();
export const organizationId = idOf('org', 'Organization');
export const connectionId = idOf('conn', 'Connection');
export const userId = idOf('usr', 'User');
export const directoryId = idOf('dir', 'Directory');

/** Optional fields of a view: those that Scalekit gave. proto3 leaves a field empty where it has nothing to say. */
export function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(fields).filter(
    ([, value]) =>
      value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> };
}

/** Names that assistants know from other servers. */
export const environmentAlias = { environment_id: 'environmentId' };
export const connectionAlias = { ...environmentAlias, connection_id: 'connectionId' };
export const listAliases = {
  ...environmentAlias,
  pageToken: 'cursor',
  page_token: 'cursor',
  pageSize: 'max_results',
  page_size: 'max_results',
};

/** Of lists whose pages Scalekit counts: other servers take a page's number, as a number too. */
export const numberedListInput = {
  ...listInput,
  cursor: z.coerce.string().max(4_000).optional().describe('next_cursor of the last answer'),
};

/** For the undo of what does not exist yet. */
export const itsId = '(its id, once it is made)';

/** `environmentId` for another call, where the caller named one. */
export function inSame(id: string | undefined): { readonly environmentId?: string } {
  return id === undefined ? {} : { environmentId: id };
}

/**
 * Scalekit takes a list as a whole and knows no versions: what was read for the plan must still be there.
 * @throws CastellanError `refused_by_platform` when somebody else changed it in the meantime.
 */
async function checkStill<T>(
  client: EnvironmentClient,
  request: GetRequest<T>,
  read: (entity: T) => unknown,
  planned: unknown,
): Promise<void> {
  if (!isSame(read(await client.getExact(request)), planned)) throw changedMeanwhile();
}

export function changedMeanwhile(): CastellanError {
  return new CastellanError({
    code: 'refused_by_platform',
    message: 'It was changed by somebody else in the meantime, so nothing was done.',
    hint: 'Call again: what would change is then found out anew.',
  });
}

/**
 * Sends what was planned, if it is still planned on what is there: of changes at the same time only the first finds that, and none
 * undoes another.
 * @throws CastellanError as `checkStill`
 */
export function sendIfStill<T, R>(
  client: EnvironmentClient,
  request: GetRequest<T>,
  read: (entity: T) => unknown,
  planned: unknown,
  send: () => Promise<R>,
): Promise<R> {
  return client.inTurn(request.path, async () => {
    await checkStill(client, request, read, planned);
    return send();
  });
}

/** Back to earlier values; what was empty cannot be made empty again, for hosts write "" where they mean nothing. */
export function undoTo(
  tool: string,
  names: Readonly<Record<string, unknown>>,
  earlier: Readonly<Record<string, unknown>>,
): Undo {
  const back = present(earlier);
  const stuck = Object.keys(earlier).filter((name) => !(name in back));
  if (Object.keys(back).length === 0) return { none: `${stuck.join(' and ')} cannot be made empty again` };
  return {
    tool,
    input: { ...names, ...back },
    ...(stuck.length > 0 && { but: `${stuck.join(' and ')} stays as it is then` }),
  };
}

export function wrong(message: string, hint: string): CastellanError {
  return new CastellanError({ code: 'invalid_input', message, hint });
}

/** The id in an answer such as `{ "resource": { "id": … } }`. */
export function idOfMade(answer: unknown, key: string): string {
  const made = z.object({ [key]: z.object({ id: z.string() }) }).safeParse(answer).data?.[key];
  if (made) return made.id;
  throw new CastellanError({
    code: 'platform_answer_invalid',
    message: 'Scalekit did not say what it made.',
    hint: 'Look with a list tool before you call again.',
  });
}
