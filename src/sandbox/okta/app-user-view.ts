// One assignment as Okta writes it: a person at an application, and a group at an application.

import { toTime } from './answer.ts';
import type { AppGroup, AppRecord } from './app-record.ts';
import { givingGroup } from './assignments.ts';
import { hasBit } from './bits.ts';
import type { OktaContext } from './context.ts';
import { viewGroup } from './groups.ts';
import { readProfile, type UserRecord } from './user-record.ts';

type View = Record<string, unknown>;

export function viewAppUser(context: OktaContext, app: AppRecord, user: UserRecord): View {
  const { state, base } = context;
  const direct = hasBit(app.direct, user.n);
  const own = app.people.get(user.n);
  const through = direct ? undefined : givingGroup(app, user);
  const provisions = app.features.includes('PUSH_NEW_USERS');
  const since = own?.created ?? Math.max(app.created, user.created) + 900_000;
  const read = (name: string) => readProfile(user, name, state.users);
  const mapped = { email: read('email'), given_name: read('firstName'), family_name: read('lastName') };
  return {
    id: user.id,
    ...(provisions ? { externalId: user.id.slice(3) } : {}),
    created: toTime(since),
    lastUpdated: toTime(own?.lastUpdated ?? since),
    scope: direct ? 'USER' : 'GROUP',
    status: provisions ? 'PROVISIONED' : 'ACTIVE',
    statusChanged: toTime(since),
    ...(provisions ? { lastSync: toTime(own?.lastUpdated ?? since) } : {}),
    syncState: provisions ? 'SYNCHRONIZED' : 'DISABLED',
    credentials: {
      userName: own?.userName ?? read('login'),
      ...(own?.hasPassword ? { password: {} } : {}),
    },
    profile: withoutNull({ ...mapped, ...givingGroup(app, user)?.profile, ...own?.profile }),
    _links: {
      app: { href: `${base}/api/v1/apps/${app.id}` },
      user: { href: `${base}/api/v1/users/${user.id}` },
      ...(through ? { group: { href: `${base}/api/v1/groups/${through.group.id}`, name: through.group.name } } : {}),
    },
  };
}

/** Okta writes null where a value is taken away; what is null may as well be left out. */
function withoutNull(profile: View): View {
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null && value !== undefined));
}

export function viewAppGroup(context: OktaContext, app: AppRecord, assignment: AppGroup): View {
  const { base, query } = context;
  const { group } = assignment;
  return {
    id: group.id,
    lastUpdated: toTime(assignment.lastUpdated),
    priority: app.groups.indexOf(assignment),
    profile: withoutNull(assignment.profile),
    ...(query.get('expand') === 'group' ? { _embedded: { group: viewGroup(context, group) } } : {}),
    _links: {
      self: { href: `${base}/api/v1/apps/${app.id}/groups/${group.id}` },
      app: { href: `${base}/api/v1/apps/${app.id}` },
      group: { href: `${base}/api/v1/groups/${group.id}` },
    },
  };
}
