// The people of the company as an identity provider other than Okta knows them: found by login or id, with their teams.

import { cast, makePeople, type Person } from './people.ts';
import { teamsOf } from './teams.ts';

export interface Member extends Person {
  id: string;
  teams: readonly string[];
  isLocked: boolean;
}

export interface Roster {
  members: readonly Member[];
  byLogin: (login: string) => Member | undefined;
  byId: (id: string) => Member | undefined;
  /** @throws TypeError for somebody whom the company does not have */
  setLocked: (login: string, locked: boolean) => void;
  /** Somebody whom the company did not have; where they work is not known, and said to be the first of its places. */
  add: (member: Pick<Member, 'id' | 'login' | 'given' | 'family' | 'teams' | 'isLocked'>) => void;
  update: (id: string, changes: Partial<Pick<Member, 'login' | 'given' | 'family' | 'teams' | 'isLocked'>>) => void;
  remove: (id: string) => void;
  /** Somebody of each kind, to try. */
  suggestions: readonly { login: string; about: string }[];
}

export function createRoster(users: number, seed: number, makeId: (n: number) => string): Roster {
  const members = makePeople(users, seed).map(
    (person): Member => ({
      ...person,
      id: makeId(person.n),
      teams: teamsOf(person),
      isLocked: person.n === cast.lockedOut,
    }),
  );
  const logins = new Map(members.map((member) => [member.login, member]));
  const ids = new Map(members.map((member) => [member.id, member]));
  let next = members.length;
  return {
    members,
    byLogin: (login) => logins.get(login),
    byId: (id) => ids.get(id),
    setLocked(login, locked) {
      const member = logins.get(login);
      if (!member) throw new TypeError(`sandbox: there is no '${login}'`);
      member.isLocked = locked;
    },
    add(given) {
      const unknown = { department: 0, place: 0, title: '', manager: undefined, hiredDaysAgo: 0, contractor: false };
      const member: Member = { n: next++, ...unknown, ...given };
      members.push(member);
      logins.set(member.login, member);
      ids.set(member.id, member);
    },
    update(id, changes) {
      const member = ids.get(id);
      if (!member) throw new TypeError(`sandbox: there is nobody with the id '${id}'`);
      logins.delete(member.login);
      Object.assign(member, changes);
      logins.set(member.login, member);
    },
    remove(id) {
      const at = members.findIndex((member) => member.id === id);
      if (at < 0) return;
      const [member] = members.splice(at, 1);
      ids.delete(id);
      if (member) logins.delete(member.login);
    },
    suggestions: [cast.admin, cast.helpDesk, cast.head, cast.lockedOut].flatMap((n) => {
      const member = members[n];
      if (!member) return [];
      const about = member.isLocked ? 'Cannot sign in: locked' : member.teams.join(', ');
      return { login: member.login, about: `${member.given} ${member.family} · ${member.title} · ${about}` };
    }),
  };
}
