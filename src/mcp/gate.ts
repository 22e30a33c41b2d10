// What a caller may see and call, in one order: tenant configured → toolset or tool by name → read-only → what
// the caller's own token allows → scopes of the credential. The operator's limits are upper bounds: a request, and what its
// caller is allowed, narrow them and never widen them.

import type { Allowance, Caller } from '../core/caller.ts';
import { CastellanError } from '../core/errors.ts';
import type { Fault, Values } from '../core/settings.ts';
import type { Tenant } from '../core/tool.ts';
import { nearest } from '../core/words.ts';
import { lacksFor } from './allowed.ts';
import type { Catalog, Connected, Entry, ListedTool } from './catalog.ts';
import type { gateSettings } from './gate-settings.ts';

export type Limits = Pick<Values<typeof gateSettings>, 'toolsets' | 'tools' | 'excludeTools' | 'readOnly'>;

export const noLimits: Limits = { toolsets: undefined, tools: undefined, excludeTools: [], readOnly: false };

/** What one request asks to be limited to, and what its caller may do; `key` is the same for the same of both. */
export interface Narrowing {
  readonly key: string;
  readonly limits: Limits | undefined;
  /** Absent where nobody signs in. */
  readonly allowance?: Allowance | undefined;
}

export const asIs: Narrowing = { key: '', limits: undefined };

export interface Gate {
  /** What `tools/list` answers. */
  readonly list: (narrowing: Narrowing) => readonly ListedTool[];
  /** Why a call must not go on, before its input is looked at. */
  readonly refuse: (entry: Entry, narrowing: Narrowing) => CastellanError | undefined;
  /** The same for the tenant that the call turned out to be for. */
  readonly refuseAt: (entry: Entry, tenant: Tenant) => CastellanError | undefined;
  /** Set while what a list shows still depends on scopes that nobody has asked for: waits for them, for a moment only. */
  readonly learn: () => Promise<void> | undefined;
  /** What a request's headers say, with what its caller may do; faults for names that do not exist. */
  readonly narrow: (headers: HeaderReader, caller: Caller) => Narrowing | readonly Fault[];
}

export type HeaderReader = (name: string) => string | undefined;

/** The header for each limit (the names are those of GitHub's server, whose users know them). */
const headerNames = {
  toolsets: 'x-mcp-toolsets',
  tools: 'x-mcp-tools',
  excludeTools: 'x-mcp-exclude-tools',
  readOnly: 'x-mcp-readonly',
} as const;

const learnMs = 3_000;
const maxNarrowings = 200;

export function createGate(catalog: Catalog, connected: readonly Connected[], limits: Limits): Gate {
  const toolsets = new Set(catalog.entries.map(({ toolset }) => toolset));
  const covers = new Map(connected.map(({ platform }) => [platform.name, platform.covers ?? has]));
  const tenants = connected.flatMap((each) => [...each.tenants.values()]);
  const lists = new Map<string, { readonly scopes: readonly unknown[]; readonly list: readonly ListedTool[] }>();
  const narrowings = new Map<string, Narrowing>();
  let learning: Promise<void> | undefined;
  let learned = tenants.every(({ learnScopes }) => !learnScopes);

  /** Why the operator, or the request itself, leaves a tool out. */
  function refuseByLimits(entry: Entry, { toolsets: sets, tools, excludeTools, readOnly }: Limits): string | undefined {
    const { name, access } = entry.tool;
    const named = tools?.some((tool) => catalog.find(tool)?.entry === entry) === true;
    const inSet = sets?.some((set) => set === entry.toolset || set === entry.platform || set === 'all') === true;
    const everything = sets === undefined && tools === undefined;
    if (excludeTools.some((tool) => catalog.find(tool)?.entry === entry)) return `${name} is excluded`;
    if (!everything && !named && !inSet) return `${name} is not among the tools that are switched on`;
    if (readOnly && access !== 'read') return `${name} changes something, and only reading is allowed`;
    return undefined;
  }

  /** Only the operator switches these on; a request that names none of its own goes without. */
  function refuseUnasked({ tool, toolset, optIn }: Entry): string | undefined {
    if (!optIn || limits.toolsets?.includes(toolset)) return undefined;
    const named = limits.tools?.some((name) => catalog.find(name)?.entry.tool === tool) === true;
    return named ? undefined : `${tool.name} is off until the toolset ${toolset} is switched on`;
  }

  function refuseByTenants(entry: Entry): CastellanError | undefined {
    if (entry.tool.local) return undefined;
    const all = [...entry.tenants.values()];
    // Without a tenant the call says what to configure.
    if (all.length === 0) return undefined;
    const reasons = all.map((tenant) => refuseAt(entry, tenant));
    return reasons.includes(undefined) ? undefined : reasons[0];
  }

  function refuseAt(entry: Entry, tenant: Tenant): CastellanError | undefined {
    const { name, access, scopes } = entry.tool;
    if (access !== 'read' && tenant.readOnly !== undefined) {
      return new CastellanError({
        code: 'not_allowed',
        message: `${name} changes something, and the tenant ${tenant.name} is read-only: ${tenant.readOnly}.`,
        hint: 'Only the operator can open it; the setting is readOnly of the tenant.',
      });
    }
    const known = tenant.knownScopes?.();
    const missing = known && scopes.filter((scope) => !(covers.get(entry.platform) ?? has)(known, scope));
    if (!missing || missing.length === 0) return undefined;
    return new CastellanError({
      code: 'missing_scope',
      message: `The credential of ${tenant.name} lacks ${missing.join(', ')}.`,
      hint: tenant.scopeAdvice?.(missing),
    });
  }

  function refuseByAllowance(entry: Entry, { allowance }: Narrowing): CastellanError | undefined {
    const missing = lacksFor(entry, allowance);
    if (missing.length === 0) return undefined;
    return new CastellanError({
      code: 'not_allowed',
      message: `${entry.tool.name} needs ${missing.join(' and ')}, which the caller’s sign-in does not include.`,
      hint: allowance?.reach
        ? 'The person may not do this here; an administrator of this server can give them more (groupMap).'
        : 'Sign in again and ask for it; who gets it is decided at the authorization server.',
    });
  }

  function refuse(entry: Entry, narrowing: Narrowing): CastellanError | undefined {
    const byOperator = refuseByLimits(entry, limits) ?? refuseUnasked(entry);
    const reason = byOperator ?? (narrowing.limits && refuseByLimits(entry, narrowing.limits));
    if (reason === undefined) return refuseByAllowance(entry, narrowing) ?? refuseByTenants(entry);
    const hint = byOperator
      ? 'The operator of this server decides; the settings are toolsets, tools, excludeTools and readOnly.'
      : 'The request’s own headers leave it out.';
    return new CastellanError({ code: 'not_allowed', message: `${reason}.`, hint });
  }

  return {
    refuse,
    refuseAt,

    list(narrowing) {
      const scopes = tenants.map((tenant) => tenant.knownScopes?.());
      const known = lists.get(narrowing.key);
      if (known?.scopes.every((set, place) => set === scopes[place])) return known.list;
      // What somebody could still be allowed is shown, so that a call of it can lead to that.
      const { allowance } = narrowing;
      const reaching = allowance?.reach
        ? { ...narrowing, allowance: { ...allowance, scopes: allowance.reach } }
        : narrowing;
      const shown = catalog.entries.filter((entry) => isThere(entry) && refuse(entry, reaching) === undefined);
      const list = shown.map(({ listed }) => listed);
      remember(lists, narrowing.key, { scopes, list });
      return list;
    },

    learn() {
      if (learned) return undefined;
      // Once: a credential that fails fails in the calls as well, and says why there.
      learning ??= Promise.race([
        Promise.allSettled(tenants.map((tenant) => tenant.learnScopes?.(AbortSignal.timeout(learnMs)))),
        new Promise((resolve) => setTimeout(resolve, learnMs).unref()),
      ]).then(() => {
        learned = true;
      });
      return learning;
    },

    narrow(header, { allowance }) {
      const given = Object.values(headerNames).map((name) => header(name)?.trim() || undefined);
      const asked = given.some((text) => text !== undefined);
      const key = asked ? JSON.stringify([allowance?.key, ...given]) : (allowance?.key ?? '');
      const known = asked || allowance ? narrowings.get(key) : asIs;
      if (known) return known;
      const [sets, tools, excluded, readOnly] = given;
      const faults: Fault[] = [];
      if (readOnly !== undefined && !/^(true|false|1|0)$/i.test(readOnly)) {
        faults.push({
          where: headerNames.readOnly,
          problem: `is ${JSON.stringify(readOnly)}`,
          todo: 'Send true or false.',
        });
      }
      const wished: Limits = {
        toolsets: sets === undefined ? undefined : wordsOf(sets),
        tools: tools === undefined ? undefined : wordsOf(tools),
        excludeTools: excluded === undefined ? [] : wordsOf(excluded),
        readOnly: /^(true|1)$/i.test(readOnly ?? ''),
      };
      faults.push(...checkLimits(wished, catalog, toolsets, (name) => headerNames[name]));
      if (faults.length > 0) return faults;
      const narrowing: Narrowing = { key, limits: asked ? wished : undefined, allowance };
      remember(narrowings, key, narrowing);
      return narrowing;
    },
  };

  /** A platform that nobody has configured is not offered. Where none is, everything is shown: for the documentation. */
  function isThere(entry: Entry): boolean {
    return entry.tool.everywhere === true || entry.tenants.size > 0 || tenants.length === 0;
  }
}

/** Names in limits that stand for nothing: a limit that is not heeded is worse than none. `where` says how a setting is called. */
export function checkLimits(
  limits: Limits,
  catalog: Catalog,
  toolsets: ReadonlySet<string> = new Set(catalog.entries.map((entry) => entry.toolset)),
  where: (name: 'toolsets' | 'tools' | 'excludeTools') => string = (name) => `tools.${name}`,
): Fault[] {
  const sets = new Set([...toolsets, ...catalog.entries.map(({ platform }) => platform), 'all']);
  const toolNames = catalog.entries.map(({ tool }) => tool.name);
  const unknown = (setting: 'toolsets' | 'tools' | 'excludeTools', name: string, names: Iterable<string>): Fault => {
    const near = nearest(name, [...names]);
    const all = setting === 'toolsets' ? `One of: ${[...names].join(', ')}.` : '`castellan tools` names them.';
    return {
      where: where(setting),
      problem: `there is no ${setting === 'toolsets' ? 'toolset' : 'tool'} ${JSON.stringify(name.slice(0, 60))}`,
      todo: near ? `Did you mean ${near}? ${all}` : all,
    };
  };
  return [
    ...(limits.toolsets ?? []).filter((name) => !sets.has(name)).map((name) => unknown('toolsets', name, sets)),
    ...(limits.tools ?? []).filter((name) => !catalog.find(name)).map((name) => unknown('tools', name, toolNames)),
    ...limits.excludeTools
      .filter((name) => !catalog.find(name))
      .map((name) => unknown('excludeTools', name, toolNames)),
  ];
}

function has(granted: ReadonlySet<string>, needed: string): boolean {
  return granted.has(needed);
}

/** A header is a caller's to write: no more names than there can be. */
const maxNames = 200;

function wordsOf(text: string): string[] {
  const words = text.split(',', maxNames * 5).flatMap((word) => word.trim() || []);
  return [...new Set(words)].slice(0, maxNames);
}

/** Headers are a caller's to invent: they must not fill the memory. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  const [oldest] = map.keys();
  if (map.size >= maxNarrowings && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
