// Where a network zone counts: the policy rules that name it, and everybody's way in where it blocks.

import { z } from 'zod';
import { isMap } from '../../../core/merging.ts';
import { quoted } from '../../../core/plain.ts';
import type { OktaClient } from '../client.ts';
import { isInForce } from './asking.ts';
import { orUndefined } from './counting.ts';

/** Types of which rules can have a condition on the network. */
const types = ['OKTA_SIGN_ON', 'ACCESS_POLICY', 'PASSWORD', 'MFA_ENROLL', 'IDP_DISCOVERY'];

const text = z.string().nullish();
const ruleEntity = z.object({
  id: z.string(),
  name: text,
  status: text,
  conditions: z.record(z.string(), z.unknown()).nullish(),
});
const policyEntity = z.object({
  id: z.string(),
  name: text,
  _embedded: z.object({ rules: z.array(ruleEntity).nullish() }).nullish(),
});

interface ZoneUses {
  readonly touches: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

const maxNamed = 10;

/** The rules that name a zone, with one request for each type of policy. */
export async function findZoneUses(client: OktaClient, zone: string): Promise<ZoneUses> {
  const found = await Promise.all(types.map((type) => listUses(client, type, zone)));
  const uses = found.flatMap((each) => each ?? []);
  const unread = types.filter((_type, place) => found[place] === undefined);
  const more = uses.length > maxNamed ? `, and ${uses.length - maxNamed} more` : '';
  return {
    // A count of what could be read would pass for a count of all.
    touches: unread.length === 0 ? { policy_rules: uses.length } : {},
    warnings: [
      ...(uses.length > 0 ? [`Policy rules name it: ${uses.slice(0, maxNamed).join(', ')}${more}.`] : []),
      ...(unread.length > 0 ? [`Whether rules of ${unread.join(', ')} policies name it could not be read.`] : []),
    ],
  };
}

async function listUses(client: OktaClient, type: string, zone: string): Promise<string[] | undefined> {
  const request = { path: ['policies'], query: { type, expand: 'rules' }, entity: policyEntity, max: 1_000 };
  // Without okta.policies.read, and where an organization has no policies of a type, the zone can be changed all the same.
  const policies = await orUndefined(client.list(request), 'missing_scope', 'refused_by_platform', 'not_found');
  return policies?.items.flatMap((policy) =>
    (policy._embedded?.rules ?? [])
      .filter(({ conditions }) => namesZone(conditions, zone))
      .map((rule) => `${quoted(rule.name ?? rule.id)} of ${quoted(policy.name ?? policy.id)}`),
  );
}

function namesZone(conditions: unknown, zone: string): boolean {
  const network = isMap(conditions) ? conditions.network : undefined;
  if (!isMap(network)) return false;
  return [network.include, network.exclude].some((list) => Array.isArray(list) && list.includes(zone));
}

/** The whole internet may stand in a blocking zone, with the people who would have to open it again. */
export function warnOfBlocking(before: ZoneState | undefined, after: ZoneState): readonly string[] {
  const blocks = (zone: ZoneState | undefined) => zone?.usage === 'BLOCKLIST' && zone.status === 'ACTIVE';
  if (!blocks(after)) return blocks(before) ? ['What it blocked can reach Okta again.'] : [];
  return [
    'Whoever comes from a blocking zone reaches Okta in no way, the API included. If the address that Castellan or you come from is in it, neither can undo this; somebody from another address must.',
  ];
}

/** Why a person must be asked before a zone that is, or comes, into force is made or changed. */
export function askForZone(before: ZoneState | undefined, after: ZoneState): string | undefined {
  if (!isInForce(after.status)) return undefined;
  if (warnOfBlocking(before, after).length > 0) return 'it decides who reaches Okta at all';
  return 'rules let in, turn away, or ask less of, whoever comes from a zone';
}

interface ZoneState {
  readonly usage?: unknown;
  readonly status?: unknown;
}
