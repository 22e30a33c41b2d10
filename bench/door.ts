// What it costs to let somebody in whose token was seen before: reading the header, and finding what is known of it.

import type { IncomingMessage } from 'node:http';
import { openDoor } from '../src/auth/door.ts';
import { authSettings } from '../src/auth/settings.ts';
import { loadDefaults } from '../src/core/settings.ts';
import { median, type Row } from './rows.ts';
import { openSignIn } from './sign-in.ts';

const turns = 9;
const times = 20_000;

export async function measureDoor(): Promise<Row> {
  const { issuer, audience, token, close } = await openSignIn();
  const settings = { ...loadDefaults(authSettings), issuer, publicUrl: audience };
  const door = openDoor({ settings, fetch, now: Date.now, log: { debug() {}, warn() {} } });
  const headers = { host: 'mcp.example.com', 'content-type': 'application/json', accept: 'application/json' };
  const authorization = `Bearer ${token}`;
  // The door takes the token off the request, so each is another one.
  const requests = (count: number) =>
    Array.from({ length: count }, () => {
      const rawHeaders = Object.entries({ ...headers, authorization }).flat();
      return { headers: { ...headers, authorization }, rawHeaders } as unknown as IncomingMessage;
    });
  try {
    const [first] = requests(1);
    if (!first || 'status' in (await door.admit(first))) throw new Error('the token does not open the door');
    const costs: number[] = [];
    for (let turn = 0; turn <= turns; turn++) {
      const all = requests(times);
      const started = performance.now();
      for (const request of all) if (door.admit(request) instanceof Promise) throw new Error('it was not remembered');
      // The first turn warms up.
      if (turn > 0) costs.push(((performance.now() - started) / times) * 1_000);
    }
    const what = 'the door, for a token seen before';
    return { what, unit: 'µs', ours: median(costs), target: { of: 'ours', most: 10 } };
  } finally {
    close();
  }
}
