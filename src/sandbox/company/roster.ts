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
  return {
    members,
    byLogin: (login) => logins.get(login),
    byId: (id) => ids.get(id),
    setLocked(login, locked) {
      const member = logins.get(login);
      if (!member) throw new TypeError(`sandbox: there is no '${login}'`);
      member.isLocked = locked;
    },
    suggestions: [cast.admin, cast.helpDesk, cast.head, cast.lockedOut].flatMap((n) => {
      const member = members[n];
      if (!member) return [];
      const about = member.isLocked ? 'Cannot sign in: locked' : member.teams.join(', ');
      return { login: member.login, about: `${member.given} ${member.family} · ${member.title} · ${about}` };
    }),
  };
}
