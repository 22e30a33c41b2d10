// What IAM policies of the tenancy give the members of a group: statements that name it by name or OCID
// (docs.oracle.com, "Policy Syntax"). Domains of a tenancy may have groups of the same name; all of them are heeded, for which
// domain a tenant's is does not show.

import { z } from 'zod';
import { CastellanError, type ErrorCode } from '../../../core/errors.ts';
import { quoted, shortened } from '../../../core/plain.ts';
import type { OciClient } from '../client.ts';

export interface IamRights {
  /** Statements that name the group. */
  readonly statements: readonly string[];
  /** Those of them that let its members rule the tenancy, or who may do what in it. */
  readonly ruling: readonly string[];
}

interface Named {
  readonly displayName: string;
  readonly ocid?: string | null | undefined;
}

const policyEntity = z.looseObject({ statements: z.array(z.string()).nullish() });
/** A tenancy has no more than a few hundred. */
const most = 1_000;
const pageSize = 100;
/** Whoever manages one of these in the tenancy can give themselves all else. */
const rulingResources = new Set([
  'all-resources',
  'policies',
  'users',
  'groups',
  'dynamic-groups',
  'domains',
  'identity-providers',
]);
/** Whoever uses users and groups decides who is in which, that of the administrators included ("Details for IAM with Identity Domains"). */
const rulingWhereUsed = new Set(['all-resources', 'users', 'groups', 'dynamic-groups']);
/** The same, permission by permission; and what lets somebody into another's account. */
const rulingPermission =
  /^(?:POLICY_(?:CREATE|UPDATE)|(?:DYNAMIC_)?GROUP_UPDATE|DYNAMIC_GROUP_CREATE|IDENTITY_PROVIDER_(?:CREATE|UPDATE)|USER_(?:UIPASS|APIKEY)_\w+)$/i;

const statement =
  /^\s*allow\s+group\s+(.+?)\s+to\s+(?:(\w+)\s+([\w-]+)|\{([^}]*)\})\s+in\s+(tenancy|compartment\s+id\s+ocid1\.tenancy|compartment)\b/is;
/** `Name`, `'Domain'/'Name'`, `id ocid1.group…`; several are parted by commas. */
const subject = /id\s+(ocid1[\w.-]+)|(?:(?:'[^']*'|"[^"]*"|[\w.@+-]+)\s*\/\s*)?('[^']*'|"[^"]*"|[\w.@+-]+)/gi;

/** The services may be out of reach where the identity domain is not. */
const unseen: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'missing_scope',
  'not_found',
  'unauthorized',
  'bad_configuration',
  'refused_by_platform',
  'platform_unavailable',
]);

/** Undefined where policies cannot be seen. Those of compartments below the root rule no tenancy, and are not read. */
export async function loadStatements(client: OciClient): Promise<readonly string[] | undefined> {
  try {
    const { tenancy } = await client.identity();
    const { items, complete } = await client.service('identity').list({
      path: ['policies'],
      query: { compartmentId: tenancy },
      entity: policyEntity,
      max: most,
      pageSize,
    });
    return complete ? items.flatMap(({ statements }) => statements ?? []) : undefined;
  } catch (error) {
    if (error instanceof CastellanError && unseen.has(error.code)) return undefined;
    throw error;
  }
}

export function rightsIn(all: readonly string[] | undefined, group: Named): IamRights | undefined {
  const statements = all?.filter((text) => names(text, group));
  return statements && { statements, ruling: statements.filter(rules) };
}

export async function findIamRights(client: OciClient, group: Named): Promise<IamRights | undefined> {
  return rightsIn(await loadStatements(client), group);
}

function names(text: string, { displayName, ocid }: Named): boolean {
  const [, subjects = ''] = statement.exec(text) ?? [];
  return [...subjects.matchAll(subject)].some(([, id, name = '']) =>
    id === undefined ? unquoted(name).toLowerCase() === displayName.toLowerCase() : id === ocid,
  );
}

function rules(text: string): boolean {
  const [, , verb = '', resource = '', permissions = '', where = ''] = statement.exec(text) ?? [];
  if (where.toLowerCase() === 'compartment') return false;
  if (permissions.split(',').some((permission) => rulingPermission.test(permission.trim()))) return true;
  const ruling = { manage: rulingResources, use: rulingWhereUsed }[verb.toLowerCase()];
  return ruling?.has(resource.toLowerCase()) ?? false;
}

function unquoted(name: string): string {
  return /^['"]/.test(name) ? name.slice(1, -1) : name;
}

/** A question is cut where it grows long. */
const maxTold = 4;
const longest = 200;

export function tellStatements(statements: readonly string[]): string {
  const told = statements.slice(0, maxTold).map((text) => quoted(shortened(text, longest)));
  return `${told.join(', ')}${statements.length > maxTold ? `, and ${statements.length - maxTold} more` : ''}`;
}

/** @param what its members lose or get, as the beginning of a sentence */
export function warnOfRights(rights: IamRights | undefined, what: string): readonly string[] {
  if (rights === undefined) return ['What IAM policies give the group, whoever the requests are made as may not see.'];
  return rights.statements.length === 0 ? [] : [`${what} ${tellStatements(rights.statements)}.`];
}

/** Why a person must be asked before somebody becomes a member: rights that cannot be seen could be there. */
export function askForRights(rights: IamRights | undefined, { displayName }: Named): string | undefined {
  const name = quoted(displayName);
  if (rights === undefined) return `IAM policies may give ${name} any rights, and they cannot be seen`;
  return rights.ruling.length === 0 ? undefined : `IAM policies let ${name} rule the tenancy`;
}
