// Creating users of an identity domain and changing what they are called: https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/User/

import { z } from 'zod';
import { nameTarget, type Target, type Undo } from '../../../core/change.ts';
import { invalidAnswer } from '../../../core/exchange.ts';
import { undoWith } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import { defineChanges } from '../../../core/tool.ts';
import type { OciClient } from '../client.ts';
import { where } from '../filter.ts';
import { askForDynamicGroups } from './dynamic-groups.ts';
import { itsId, wrong } from './shared.ts';
import { ext, findExact, type User, userEntity, userRef } from './user-facts.ts';
import {
  attributeOf,
  changesTo,
  checkValues,
  lostWith,
  operationsTo,
  type Parameter,
  pickValues,
  profileAttributes,
  removable,
  resourceOf,
  sensitive,
  type Values,
  valuesOf,
  warnOfDifference,
} from './user-profile.ts';

const change = defineChanges<OciClient>();
const name = z.string().max(200);
const word = z.string().max(100);
const address = z.email().max(254);
const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
/** What the caller writes of somebody new is no secret from them. */
const nothingHidden = { hides: () => false };
const userType = z.enum(['Contractor', 'Employee', 'Intern', 'Temp', 'External', 'Service', 'Generic']);

const profileInput = {
  given_name: name.optional(),
  middle_name: name.optional(),
  family_name: name.optional(),
  display_name: name.optional(),
  nick_name: name.optional(),
  title: name.optional(),
  description: z.string().max(1_000).optional(),
  user_type: userType.optional(),
  email: address.optional().describe('Where OCI’s mails go'),
  recovery_email: address.optional(),
  mobile_phone: z.string().max(40).optional(),
  locale: word.optional(),
  preferred_language: word.optional(),
  timezone: word.optional(),
  external_id: name.optional(),
  employee_number: word.optional(),
  department: name.optional(),
  division: name.optional(),
  organization: name.optional(),
  cost_center: word.optional(),
};

export const userChangeTools = [
  change({
    name: 'create_oci_user',
    title: 'Create an OCI user',
    description:
      'Adds a person to the identity domain; OCI mails them a link to set a password. Next: add_oci_group_members, grant_oci_app_role.',
    access: 'write',
    scopes: ['oci:write', 'oci:read'],
    input: () =>
      z.strictObject({
        ...profileInput,
        login: z.string().min(1).max(254).optional().describe('Without it the email'),
        family_name: name.min(1),
        email: address.describe('Where OCI’s mails go'),
        activate: z.boolean().default(true),
        send_email: z.boolean().default(true).describe('false: no mail; reset_oci_user_password later sends one'),
      }),
    async plan({ activate, send_email, ...given }, { client }) {
      const login = given.login ?? given.email;
      const values = checkValues({ ...given, login });
      const [dynamic] = await Promise.all([askForDynamicGroups(client, undefined), checkNew(client, login)]);
      const target: Target = { type: 'user', id: '', name: login };
      const mails = send_email && activate;
      return {
        summary: `Create the user ${quoted(login)}`,
        targets: [target],
        changes: [
          ...changesTo(nothingHidden, {}, values).map(([, each]) => each),
          { field: 'active', after: activate },
        ],
        warnings: [
          mails
            ? 'OCI mails the person a link to set a password.'
            : 'No mail is sent: the person has no password until reset_oci_user_password.',
        ],
        ask: dynamic,
        undo: undoCreation(itsId, { active: activate, mails }),
        async apply() {
          const body = {
            schemas: [userSchema],
            ...resourceOf(values),
            active: activate,
            ...(!mails && { [ext.user]: { bypassNotification: true } }),
          };
          const made = readMade(await client.domain.send('POST', ['Users'], { body, attributes: profileAttributes }));
          const targets = [{ ...target, id: made.id }];
          return {
            targets,
            undo: undoCreation(made.id, { active: activate, mails }),
            ...warnOfDifference(values, made),
          };
        },
      };
    },
  }),

  change({
    name: 'update_oci_user',
    title: 'Change an OCI user',
    description:
      'Sets names, addresses, login and work details of a user and leaves the others as they are; remove makes empty. States: activate_, deactivate_, unlock_oci_user.',
    access: 'write',
    scopes: ['oci:write', 'oci:read'],
    idempotent: true,
    input: () =>
      z.strictObject({
        user_id: userRef,
        login: z.string().min(1).max(254).optional(),
        ...profileInput,
        remove: z.array(z.enum(removable)).min(1).max(removable.length).optional().describe('What to make empty'),
      }),
    async plan({ user_id, remove = [], ...given }, { client }) {
      const values = checkValues(given);
      const both = remove.find((parameter) => values[parameter] !== undefined);
      if (both !== undefined) throw wrong(`${both} is both set and removed.`, 'Do one of the two.');
      const wanted: Values = { ...values, ...Object.fromEntries(remove.map((parameter) => [parameter, null])) };
      if (Object.keys(wanted).length === 0) throw wrong('Nothing is to be changed.', 'Name what should be different.');
      const { user, target } = await findExact(client, user_id, ['meta', ...profileAttributes]);
      const current = valuesOf(user);
      const found = changesTo(client, current, wanted);
      const changes = found.map(([, each]) => each);
      const moved = found.map(([parameter]) => parameter);
      if (values.login && moved.includes('login')) await checkNew(client, values.login, user.id);
      const already = changes.length === 0 ? 'The user is like that already.' : undefined;
      const sent = pickValues(wanted, moved);
      const dynamic = await askForDynamicGroups(client, moved.map(attributeOf));
      return {
        summary: `Change ${moved.join(', ') || 'nothing'} of the ${nameTarget(target)}`,
        targets: [target],
        changes,
        warnings: warningsOf(moved, current),
        undo: undoWith(client, changes, undoTo(user, moved, current, lostWith(sent, user))),
        ask: [whyAsk(moved), dynamic].filter(Boolean).join('; and ') || undefined,
        already,
        async apply() {
          const more = { attributes: profileAttributes, version: user.meta?.version ?? undefined };
          const made = await client.domain.patch(['Users', user.id], operationsTo(sent, user), more);
          const answer = userEntity.safeParse(made).data;
          return answer && warnOfDifference(sent, answer);
        },
      };
    },
  }),
];

/** @throws CastellanError `invalid_input` when somebody else has the login. */
async function checkNew(client: OciClient, login: string, own?: string): Promise<void> {
  const filter = where.eq('userName', login);
  const request = { path: ['Users'], filter, attributes: ['userName', 'active'], entity: userEntity, max: 2 };
  const other = (await client.domain.list(request)).items.find(({ id }) => id !== own);
  if (!other) return;
  const who = nameTarget({ type: 'user', id: other.id, name: login });
  throw wrong(
    `There is a user with this login already: the ${who}, ${other.active === false ? 'inactive' : 'active'}.`,
    other.active === false ? 'activate_oci_user brings an inactive user back.' : 'Take another login.',
  );
}

function undoCreation(id: string, { active, mails }: { readonly active: boolean; readonly mails: boolean }): Undo {
  if (!active) return { tool: 'delete_oci_user', input: { user_id: id } };
  const mail = mails ? '. A mail cannot be called back' : '';
  const but = `the user is then inactive; delete_oci_user afterwards removes it${mail}`;
  return { tool: 'deactivate_oci_user', input: { user_id: id }, but };
}

/** Back to what was there; what was not is removed again. */
function undoTo({ id }: User, moved: readonly Parameter[], current: Values, lost: readonly string[]): Undo {
  const back = pickValues(current, moved);
  const gone = moved.filter((parameter) => back[parameter] === undefined);
  const remove = gone.filter((parameter) => removable.includes(parameter));
  if (remove.length < gone.length) return { none: 'OCI takes no user without what was missing before' };
  const input = { user_id: id, ...back, ...(remove.length > 0 && { remove }) };
  return { tool: 'update_oci_user', input, ...(lost.length > 0 && { but: lost.join('; ') }) };
}

function readMade(made: unknown): User {
  const user = userEntity.safeParse(made).data;
  if (user) return user;
  throw invalidAnswer('OCI did not say what it made.', undefined);
}

function whyAsk(moved: readonly Parameter[]): string | undefined {
  const names = moved.filter((parameter) => sensitive.includes(parameter));
  if (names.length === 0) return undefined;
  return `${names.join(' and ')} decide how somebody signs in and where links go that set a new password`;
}

function warningsOf(moved: readonly Parameter[], current: Values): string[] {
  const renamed = moved.some((parameter) => parameter === 'given_name' || parameter === 'family_name');
  return [
    ...(moved.includes('login') ? ['The person signs in with the new login from then on.'] : []),
    ...(moved.includes('email') ? ['OCI takes the new address for unverified, and may mail the person about it.'] : []),
    ...(renamed && current.display_name && !moved.includes('display_name') ? ['display_name stays as it is.'] : []),
  ];
}
