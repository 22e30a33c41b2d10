// Making, replacing and deleting network zones, and switching them on and off.

import { empty, json, type OktaAnswer } from './answer.ts';
import { note, readBody } from './changes.ts';
import type { OktaContext, OktaRoute } from './context.ts';
import type { LogTarget } from './log-record.ts';
import { makeNewId } from './new-id.ts';
import { readName } from './policy-checks.ts';
import type { Part } from './policy-parts.ts';
import type { RuleRecord } from './policy-seed.ts';
import { switchStatus } from './policy-writes.ts';
import { invalid, OktaProblem } from './problems.ts';
import type { OktaState } from './state.ts';
import { checkZone } from './zone-checks.ts';
import type { ZoneRecord } from './zone-seed.ts';
import { requireZone, viewZone } from './zones.ts';

export const zoneWriteRoutes: readonly OktaRoute[] = [
  { method: 'POST', path: '/api/v1/zones', handle: createZone },
  { method: 'PUT', path: '/api/v1/zones/{zoneId}', handle: replaceZone },
  { method: 'DELETE', path: '/api/v1/zones/{zoneId}', handle: deleteZone },
  {
    method: 'POST',
    path: '/api/v1/zones/{zoneId}/lifecycle/activate',
    handle: (context) => setStatus(context, 'ACTIVE'),
  },
  {
    method: 'POST',
    path: '/api/v1/zones/{zoneId}/lifecycle/deactivate',
    handle: (context) => setStatus(context, 'INACTIVE'),
  },
];

function targetOf(zone: ZoneRecord): LogTarget {
  return { kind: 'other', type: 'NetworkZone', id: zone.id, name: zone.name };
}

function createZone(context: OktaContext): OktaAnswer {
  const { state } = context;
  const body = readBody(context);
  const name = readFreeName(state, body, undefined);
  const now = state.now();
  const { status } = body;
  if (status !== undefined && status !== 'ACTIVE' && status !== 'INACTIVE')
    throw invalid('status', "It must be 'ACTIVE' or 'INACTIVE'.");
  const zone: ZoneRecord = {
    id: makeNewId(state, 'nzo'),
    name,
    ...checkZone(body),
    status: status ?? 'ACTIVE',
    system: false,
    created: now,
    lastUpdated: now,
  };
  state.zones.push(zone);
  state.version++;
  note(context, 'zone.create', targetOf(zone));
  if (zone.usage === 'BLOCKLIST') note(context, 'zone.make_blacklist', targetOf(zone));
  return json(viewZone(context, zone));
}

function readFreeName(state: OktaState, body: Part, own: ZoneRecord | undefined): string {
  const name = readName(body, 128);
  if (state.zones.some((other) => other !== own && other.name === name))
    throw invalid('name', 'A network zone with this name already exists.');
  return name;
}

function replaceZone(context: OktaContext): OktaAnswer {
  const { state } = context;
  const zone = requireZone(context);
  const body = readBody(context);
  const name = readFreeName(state, body, zone);
  const next = checkZone(body);
  if (next.type !== zone.type) throw invalid('type', 'The type of a network zone cannot be changed.');
  if (zone.system) checkSystem(zone, name, next);
  const usedFor = zone.usage;
  zone.name = name;
  zone.usage = next.usage;
  zone.body = next.body;
  zone.lastUpdated = state.now();
  state.version++;
  note(context, 'zone.update', targetOf(zone));
  if (zone.usage !== usedFor)
    note(context, zone.usage === 'BLOCKLIST' ? 'zone.make_blacklist' : 'zone.remove_blacklist', targetOf(zone));
  return json(viewZone(context, zone));
}

/** The addresses in Okta's own zones can be changed; what the zones are called and for cannot. */
function checkSystem(zone: ZoneRecord, name: string, next: { usage: string; body: Part }): void {
  if (name !== zone.name) throw invalid('name', `The network zone does not allow name changes for ${zone.name}.`);
  if (next.usage !== zone.usage)
    throw invalid('usage', `The network zone does not allow usage changes for ${zone.name}.`);
  if ((next.body.useAsExemptList === true) !== (zone.body.useAsExemptList === true))
    throw invalid('useAsExemptList', `The network zone does not allow usage changes for ${zone.name}.`);
}

/** Okta: an active zone stays; so does one that a rule would be left without; from other rules it is taken out. */
function deleteZone(context: OktaContext): OktaAnswer {
  const { state } = context;
  const zone = requireZone(context);
  if (zone.system) throw refusal(zone, 'is a system zone. System zones cannot be deleted.');
  if (zone.status === 'ACTIVE') throw refusal(zone, 'is an active zone. Active zones cannot be deleted.');
  const users = state.policies.flatMap((policy) => policy.rules.filter((rule) => listsWith(rule, zone.id).length > 0));
  const last = users.find((rule) => listsWith(rule, zone.id).some((list) => list.length === 1));
  if (last) throw refusal(zone, `is the only zone of the policy rule '${last.name}'. Change the rule first.`);
  for (const rule of users) removeFrom(rule, zone.id);
  state.zones.splice(state.zones.indexOf(zone), 1);
  state.version++;
  note(context, 'zone.delete', targetOf(zone));
  return empty();
}

function refusal(zone: ZoneRecord, why: string): OktaProblem {
  return new OktaProblem('E0000001', `The zone: ${zone.name} ${why}`, [`id: The zone: ${zone.id} ${why}`]);
}

function networkOf(rule: RuleRecord): Part | undefined {
  const conditions = rule.body.conditions as Part | undefined;
  return conditions?.network as Part | undefined;
}

function listsWith(rule: RuleRecord, zoneId: string): string[][] {
  const network = networkOf(rule);
  return [network?.include, network?.exclude].filter(
    (list): list is string[] => Array.isArray(list) && list.includes(zoneId),
  );
}

function removeFrom(rule: RuleRecord, zoneId: string): void {
  const network = networkOf(rule) as Part;
  const without = (list: unknown) => (Array.isArray(list) ? list.filter((id) => id !== zoneId) : undefined);
  const include = without(network.include);
  const exclude = without(network.exclude);
  const left = { connection: network.connection, ...(include ? { include } : {}), ...(exclude ? { exclude } : {}) };
  rule.body = { ...rule.body, conditions: { ...(rule.body.conditions as Part), network: left } };
}

function setStatus(context: OktaContext, status: 'ACTIVE' | 'INACTIVE'): OktaAnswer {
  const zone = requireZone(context);
  if (zone.system) throw refusal(zone, 'is a system zone. The status of system zones cannot be changed.');
  switchStatus(context, zone, status, status === 'ACTIVE' ? 'zone.activate' : 'zone.deactivate', targetOf(zone));
  return json(viewZone(context, zone));
}
