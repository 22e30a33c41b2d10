// Questions to a person that the client cannot put: each has a short code, under which a person finds it in a terminal
// or on the console, and decides. The code opens nothing: whoever only knows it has gained nothing.

import { randomInt } from 'node:crypto';
import { CastellanError } from '../core/errors.ts';
import type { Store } from '../stores/store.ts';

export interface Approval {
  /** `ABCD-EFGH` */
  readonly code: string;
  readonly tool: string;
  readonly tenant?: string | undefined;
  readonly caller: string;
  /** The application that asked for the caller, as the issuer knows it. */
  readonly client?: string | undefined;
  /** Digest of what was called by whom. */
  readonly call: string;
  /** Digest of what it would do. */
  readonly plan: string;
  /** What the person is asked, with what would change. */
  readonly question: string;
  /** Epoch milliseconds. */
  readonly expires: number;
  readonly status: 'pending' | 'approved' | 'refused';
  /** Who decided. */
  readonly by?: string | undefined;
}

export type Question = Pick<Approval, 'tool' | 'tenant' | 'caller' | 'client' | 'call' | 'plan' | 'question'>;

export interface Approvals {
  /** The question that is open (or decided) for a call. */
  readonly find: (call: string) => Promise<Approval | undefined>;
  /** Puts a question; an older one for the same call is no longer there then. */
  readonly put: (question: Question) => Promise<Approval>;
  readonly get: (code: string) => Promise<Approval | undefined>;
  /** All that wait for a person, the oldest first. */
  readonly pending: () => Promise<readonly Approval[]>;
  /** How many lie there that were sealed with another key. */
  readonly countUnreadable: () => Promise<number>;
  /** Undefined when there is nothing (any more) to decide under this code. Of several at once, one decides. */
  readonly decide: (code: string, status: 'approved' | 'refused', by: string) => Promise<Approval | undefined>;
  /** Takes a decision away for use: of several calls at once, one gets it. */
  readonly use: (approval: Approval) => Promise<Approval | undefined>;
}

/** A person has this long to decide, and the assistant to call again; milliseconds. */
export const approvalMs = 15 * 60_000;

/** Without what looks or sounds alike. */
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const key = (code: string) => `approval:${code}`;
const keyOfCall = (call: string) => `approval-of:${call}`;

/** Questions of one caller that may be open at once: more would bury those that matter. */
const maxOpen = 50;

/** @param store seals what lies in it: questions name people */
export function createApprovals(
  store: Pick<Store, 'get' | 'set' | 'add' | 'take' | 'delete' | 'keys'>,
  now: () => number,
): Approvals {
  async function get(code: string): Promise<Approval | undefined> {
    return parse(await store.get(key(code)));
  }

  async function pending(): Promise<readonly Approval[]> {
    const all = await Promise.all((await store.keys('approval:')).map((name) => store.get(name)));
    return all
      .flatMap((text) => parse(text) ?? [])
      .filter(({ status }) => status === 'pending')
      .sort((a, b) => a.expires - b.expires);
  }

  return {
    get,

    async find(call) {
      const code = await store.get(keyOfCall(call));
      const approval = code === undefined ? undefined : await get(code);
      return approval?.call === call ? approval : undefined;
    },

    async put(question) {
      const old = await store.take(keyOfCall(question.call));
      if (old !== undefined) await store.delete(key(old));
      const open = (await pending()).filter(({ caller }) => caller === question.caller);
      if (open.length >= maxOpen) throw tooManyOpen();
      for (;;) {
        const code = makeCode();
        const approval: Approval = { code, ...question, expires: now() + approvalMs, status: 'pending' };
        if (!(await store.add(key(code), JSON.stringify(approval), approvalMs))) continue;
        await store.set(keyOfCall(question.call), code, approvalMs);
        return approval;
      }
    },

    pending,

    async countUnreadable() {
      const all = await Promise.all((await store.keys('approval:')).map((name) => store.get(name)));
      return all.filter((text) => text === undefined).length;
    },

    async decide(code, status, by) {
      const approval = parse(await store.take(key(code)));
      if (!approval) return undefined;
      const left = approval.expires - now();
      if (left <= 0) return undefined;
      const decided: Approval = approval.status === 'pending' ? { ...approval, status, by } : approval;
      await store.set(key(code), JSON.stringify(decided), left);
      return approval.status === 'pending' ? decided : undefined;
    },

    async use(approval) {
      const taken = parse(await store.take(key(approval.code)));
      return taken && taken.status === approval.status && taken.plan === approval.plan ? taken : undefined;
    },
  };
}

function tooManyOpen(): CastellanError {
  return new CastellanError({
    code: 'not_confirmed',
    message: `${maxOpen} questions wait for a person already, so this one was not put.`,
    hint: 'Ask the person to decide them where the questions said; undecided ones are gone after 15 minutes.',
  });
}

/** As people type it: in small letters, with or without the dash. */
export function readCode(typed: string): string {
  const plain = typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return `${plain.slice(0, 4)}-${plain.slice(4)}`;
}

function makeCode(): string {
  const draw = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return `${draw()}-${draw()}`;
}

function parse(text: string | undefined): Approval | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Approval);
}
