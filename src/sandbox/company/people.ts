// The people of Larkspur Logistics, made one by one from the seed; the first few have a part in a story and are always the same.

import { pick, roll } from '../random.ts';
import { namePools } from './names.ts';
import { company, departments, places } from './places.ts';

export interface Person {
  /** Ordinal: 0, 1, 2 … */
  n: number;
  given: string;
  family: string;
  login: string;
  department: number;
  place: number;
  title: string;
  /** Ordinal of the manager; absent for the head of the company. */
  manager: number | undefined;
  /** Days before the opening of the sandbox. */
  hiredDaysAgo: number;
  contractor: boolean;
}

interface Part {
  given: string;
  family: string;
  department: string;
  place: string;
  title: string;
}

/** Ordinals of the people whom the stories name. */
export const cast = { admin: 0, lockedOut: 1, traveller: 2, lostApp: 3, helpDesk: 4, head: 5 } as const;

const parts: readonly Part[] = [
  { given: 'Helena', family: 'Brandt', department: 'IT', place: 'Rotterdam', title: 'Identity Administrator' },
  { given: 'Maya', family: 'Lindqvist', department: 'Customer Service', place: 'Leeds', title: 'Claims Specialist' },
  { given: 'Tomas', family: 'Okafor', department: 'Finance', place: 'Rotterdam', title: 'Treasury Analyst' },
  { given: 'Priya', family: 'Raman', department: 'Warehouse Operations', place: 'Memphis', title: 'Inventory Analyst' },
  { given: 'Declan', family: 'Kinsella', department: 'IT', place: 'Leeds', title: 'Service Desk Analyst' },
  {
    given: 'Solveig',
    family: 'Halvorsen',
    department: 'Finance',
    place: 'Rotterdam',
    title: 'Chief Executive Officer',
  },
];

const salts = {
  pool: 1,
  given: 2,
  family: 3,
  mixed: 4,
  department: 5,
  place: 6,
  title: 7,
  hired: 8,
  contractor: 9,
} as const;

const departmentByShare = spread(departments.map((department) => department.share));
const placeByShare = spread(places.map((place) => place.share));

export function makePeople(count: number, seed: number): Person[] {
  const taken = new Map<string, number>();
  const inDepartment: number[][] = departments.map(() => []);
  const people: Person[] = [];
  for (let n = 0; n < count; n++) {
    const person = parts[n] ? castPerson(parts[n] as Part, n) : drawPerson(n, seed);
    person.login = makeLogin(person, taken);
    const colleagues = inDepartment[person.department] as number[];
    placeInDepartment(person, colleagues, count, seed);
    people.push(person);
  }
  return people;
}

/** Everybody reports to an earlier colleague, eight at most to each; heads of departments to the head of the company. */
function placeInDepartment(person: Person, colleagues: number[], count: number, seed: number): void {
  const head = cast.head < count ? cast.head : 0;
  if (person.n === head) return;
  const titles = departments[person.department]?.titles ?? ['Associate'];
  const rank = colleagues.length;
  person.manager = rank === 0 || person.n < parts.length ? head : colleagues[(rank - 1) >> 3];
  if (person.n < parts.length) return;
  person.title = rank === 0 ? (titles[0] as string) : pick(titles.slice(1), seed, salts.title, person.n);
  colleagues.push(person.n);
}

function castPerson(part: Part, n: number): Person {
  return {
    n,
    given: part.given,
    family: part.family,
    login: '',
    department: departments.findIndex((department) => department.name === part.department),
    place: places.findIndex((place) => place.city === part.place),
    title: part.title,
    manager: undefined,
    hiredDaysAgo: 900 + n * 137,
    contractor: false,
  };
}

function drawPerson(n: number, seed: number): Person {
  const home = pick(namePools, seed, salts.pool, n);
  const away = roll(seed, salts.mixed, n) < 0.25 ? pick(namePools, seed, salts.mixed + 100, n) : home;
  return {
    n,
    given: pick(home.given, seed, salts.given, n),
    family: pick(away.family, seed, salts.family, n),
    login: '',
    department: pick(departmentByShare, seed, salts.department, n),
    place: pick(placeByShare, seed, salts.place, n),
    title: '',
    manager: undefined,
    hiredDaysAgo: 25 + Math.floor(roll(seed, salts.hired, n) ** 2 * 3600),
    contractor: roll(seed, salts.contractor, n) < 0.07,
  };
}

function makeLogin(person: Person, taken: Map<string, number>): string {
  const base = `${person.given}.${person.family}`.toLowerCase().replace(/[^a-z0-9.-]/g, '');
  const times = (taken.get(base) ?? 0) + 1;
  taken.set(base, times);
  return `${base}${times > 1 ? times : ''}@${company.domain}`;
}

/** [3, 1] → [0, 0, 0, 1]: a list from which a plain pick follows the shares. */
function spread(shares: readonly number[]): number[] {
  return shares.flatMap((share, index) => new Array<number>(share).fill(index));
}
