// Dynamic groups of an identity domain: a rule over what is said of people decides who is in them (docs.oracle.com, "Creating a
// Dynamic Group"), so that a change of a person may make an administrator.

import { quoted } from '../../../core/plain.ts';
import type { OciClient } from '../client.ts';
import { where } from '../filter.ts';
import { orUnseen } from '../seeing.ts';
import { findGiven } from './grant-facts.ts';
import { type Group, groupEntity, groupSchemas } from './groups.ts';
import { askForRights, loadStatements, rightsIn } from './iam-rights.ts';

const { dynamic } = groupSchemas;
/** A domain has a few. */
const most = 500;

/**
 * Why a person must be asked before somebody is changed, or made: groups whose rule asks for one of these attributes and which
 * make administrators. What cannot be seen could be so.
 * @param attributes names in the domain's resource, such as `department`; undefined for somebody new, for a rule may ask for what is missing
 */
export async function askForDynamicGroups(
  client: OciClient,
  attributes: readonly string[] | undefined,
): Promise<string | undefined> {
  if (attributes?.length === 0) return undefined;
  const found = await orUnseen(
    client.domain.list({
      path: ['Groups'],
      filter: where.eq(`${dynamic}:membershipType`, 'dynamic'),
      attributes: ['displayName', 'ocid', `${dynamic}:membershipRule`],
      entity: groupEntity,
      max: most,
    }),
  );
  if (found === undefined) return 'dynamic groups may take the person in, and they cannot be seen';
  const groups = found.items.filter((group) => attributes === undefined || asksFor(group, attributes));
  if (groups.length === 0) return undefined;
  const statements = await loadStatements(client);
  const reasons = await Promise.all(
    groups.map(async (group) => {
      const { admin } = await findGiven(client, group.id);
      const rights = askForRights(rightsIn(statements, group), group);
      const name = quoted(group.displayName);
      return [
        ...(admin.length > 0 ? [`the rule of ${name} may take the person in, which gives ${admin.join(', ')}`] : []),
        ...(rights === undefined ? [] : [`the rule of ${name} may take the person in, and ${rights}`]),
      ];
    }),
  );
  return reasons.flat().join('; ') || undefined;
}

function asksFor(group: Group, attributes: readonly string[]): boolean {
  const rule = group[dynamic]?.membershipRule?.toLowerCase();
  if (rule === undefined) return true;
  const words = new Set(rule.match(/[a-z][\w-]*/g));
  return attributes.some((attribute) => words.has(attribute.toLowerCase()));
}
