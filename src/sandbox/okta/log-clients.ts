// Where people sign in from: an address, a place and a browser for each of them, always the same.

import { type Place, places } from '../company/places.ts';
import { hash } from '../random.ts';
import type { Agent, LogClient } from './log-record.ts';
import type { UserRecord } from './user-record.ts';

const agents: readonly Agent[] = [
  {
    raw: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
    os: 'Windows 10',
    browser: 'CHROME',
    device: 'Computer',
  },
  {
    raw: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15',
    os: 'Mac OS X',
    browser: 'SAFARI',
    device: 'Computer',
  },
  {
    raw: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    os: 'Windows 10',
    browser: 'FIREFOX',
    device: 'Computer',
  },
  {
    raw: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
    os: 'Linux',
    browser: 'CHROME',
    device: 'Computer',
  },
  {
    raw: 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
    os: 'Android',
    browser: 'CHROME',
    device: 'Mobile',
  },
];

/** The mail program of a telephone, which goes on trying the password it has kept. */
export const phoneMail: Agent = {
  raw: 'PosternMail/4.2 (iPhone; iOS 18.5; build 2291)',
  os: 'iOS',
  browser: 'UNKNOWN',
  device: 'Mobile',
};

export const strangeBrowser: Agent = {
  raw: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  os: 'Linux',
  browser: 'FIREFOX',
  device: 'Computer',
};

export function placeOf(user: UserRecord): Place {
  return places[user.person.place] as Place;
}

export function officeClient(user: UserRecord): LogClient {
  const place = placeOf(user);
  const agent = agents[hash(3, 181, user.n) % agents.length] as Agent;
  return {
    ip: `${place.net}.${10 + (hash(3, 182, user.n) % 230)}`,
    agent,
    geo: { ...place, asn: 64_500 + user.person.place },
    zone: 'Offices',
  };
}

export function homeClient(user: UserRecord, agent: Agent = officeClient(user).agent): LogClient {
  const place = placeOf(user);
  const ip = `100.${96 + user.person.place}.${hash(3, 183, user.n) % 256}.${1 + (hash(3, 184, user.n) % 254)}`;
  return {
    ip,
    agent,
    geo: { ...place, isp: 'homeline broadband', asn: 64_600 + user.person.place },
    zone: 'OFF_NETWORK',
  };
}
