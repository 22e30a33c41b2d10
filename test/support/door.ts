// The front door alone, with a clock that a test moves, in front of an authorization server over real HTTP.

import type { IncomingMessage } from 'node:http';
import { type Admission, type Door, openDoor, type Visitor } from '../../src/auth/door.ts';
import { authSettings, checkAuth } from '../../src/auth/settings.ts';
import { loadSettings } from '../../src/core/settings.ts';
import { createLog } from '../../src/observe/log.ts';

export interface TestDoor {
  readonly door: Door;
  readonly admit: (token: string) => Promise<Admission>;
  /** The same for a token that must be taken. */
  readonly enter: (token: string) => Promise<Visitor>;
  /** Status of a refusal, 200 for a visitor. */
  readonly statusOf: (token: string) => Promise<number>;
  readonly wait: (ms: number) => void;
  readonly log: () => string;
}

export function readAuth(file: Record<string, unknown>) {
  const none = { flags: {}, env: {}, fileName: 'castellan.json: auth', trusted: true };
  const lookUp = { readEnv: () => undefined, readFile: () => '' };
  return loadSettings(authSettings, { ...none, ...lookUp, file }, checkAuth);
}

export function openTestDoor(file: Record<string, unknown>): TestDoor {
  const { values, faults } = readAuth({ publicUrl: 'https://mcp.example.com/mcp', ...file });
  if (faults.length > 0) throw new TypeError(JSON.stringify(faults));
  const lines: string[] = [];
  let later = 0;
  const log = createLog({ level: 'debug', format: 'json', write: (line) => void lines.push(line) });
  const door = openDoor({ settings: values, fetch, now: () => Date.now() + later, log });
  const admit = async (token: string) => {
    const rawHeaders = ['Authorization', `Bearer ${token}`];
    return door.admit({ url: '/mcp', headers: {}, rawHeaders } as unknown as IncomingMessage);
  };
  return {
    door,
    admit,
    async enter(token) {
      const admission = await admit(token);
      if ('status' in admission) throw new Error(`${admission.status} ${admission.message}`);
      return admission;
    },
    async statusOf(token) {
      const admission = await admit(token);
      return 'status' in admission ? admission.status : 200;
    },
    wait: (ms) => {
      later += ms;
    },
    log: () => lines.join(''),
  };
}
