// The step that asks a person. What takes something away, or gives administrator rights, is done only when a person who
// saw the preview said yes: through the client's own form, or, where the client has none, under a code at a terminal. The
// question is sealed to the call and to what it would do, and its answer counts once.

import { randomUUID } from 'node:crypto';
import {
  type CallToolResult,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type RequestStateCodec,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server';
import { CastellanError } from '../core/errors.ts';
import type { Seal } from '../stores/seal.ts';
import type { Store } from '../stores/store.ts';
import type { Approval, Approvals } from './approvals.ts';
import { type Answer, type Call, failCall, type Step } from './call.ts';
import { writeQuestion } from './change-text.ts';
import { answerChange } from './plan.ts';

export interface ConfirmOptions {
  readonly seal: Seal;
  /** Where it is remembered which answers were used. Shared by all who hold the keys. */
  readonly store: Store;
  readonly approvals: Approvals;
  /** What is asked about: what destroys (and grants administrator rights), or every change. */
  readonly ask: 'destroy' | 'write';
  /** How a person decides a question that the client cannot put, as half a sentence after "A person must". */
  readonly howToApprove: (code: string) => string;
  readonly now: () => number;
}

export interface Confirm {
  readonly step: Step;
  readonly requestState: NonNullable<ServerOptions['requestState']>;
}

interface State {
  readonly id: string;
  readonly call: string;
  readonly plan: string;
  /** Epoch milliseconds. */
  readonly expires: number;
}

const key = 'approve';
const questionMs = 10 * 60_000;
const form = {
  type: 'object' as const,
  properties: { approve: { type: 'boolean' as const, title: 'Yes, do this', default: false } },
  required: ['approve'],
};

export function createConfirm(options: ConfirmOptions): Confirm {
  const { seal, store, approvals, now } = options;
  let codecs: Promise<readonly RequestStateCodec<State>[]> | undefined;
  const loadCodecs = () => {
    codecs ??= seal.keys('questions').then((keys) => keys.map(makeCodec));
    // A key that could not be read may be there at the next call.
    codecs.catch(() => {
      codecs = undefined;
    });
    return codecs;
  };

  /** Opens a seal of ours, made with whichever of the keys. */
  async function verify(sealed: string, mcp: ServerContext): Promise<State> {
    let failure: unknown;
    for (const codec of await loadCodecs()) {
      try {
        return await codec.verify(sealed, mcp);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async function askClient(call: Call, digests: Digests, question: string): Promise<Answer | undefined> {
    // A 2025-era client that breaks while it asks leaves its question open: the next one then goes by code, so that there
    // is always a way. (In 2026-07-28 a question is no more than an answer that the client may drop.)
    const handshaken = call.mcp?.mcpReq.envelope === undefined;
    if (handshaken && !(await store.add(openKey(digests), '1', questionMs))) return undefined;
    const [codec] = await loadCodecs();
    if (!codec || !call.mcp) throw new TypeError('a question without a key or a client');
    const state: State = { id: randomUUID(), ...digests, expires: now() + questionMs };
    call.outcome = { event: 'asked', confirmation: state.id };
    return inputRequired({
      inputRequests: { [key]: inputRequired.elicit({ message: question, requestedSchema: form }) },
      requestState: await codec.mint(state, call.mcp),
    });
  }

  /** What came back for a question of ours, where it is not a reason to stop. */
  async function readAnswer(call: Call, digests: Digests, state: State): Promise<'approved' | 'changed' | 'dismissed'> {
    if (!(await seal.matches(whatIsCalled(call), state.call))) {
      throw refused(call, 'swapped', state.id, 'The answer belongs to another call (other arguments, tool or caller).');
    }
    if (state.expires <= now()) throw refused(call, 'expired', state.id, 'The question has expired.');
    if (!(await store.add(`used-question:${state.id}`, '1', questionMs))) {
      throw refused(call, 'replayed', state.id, 'This answer was used already; a question is answered once.');
    }
    await store.delete(openKey(digests));
    const response = inputResponse(call.mcp?.mcpReq.inputResponses, key);
    // Closed without an answer, perhaps by a client that has nobody to ask.
    if (response.kind === 'elicit' && response.action === 'cancel') return 'dismissed';
    if (response.kind !== 'elicit' || response.action !== 'accept' || response.content?.approve !== true) {
      throw refused(call, 'person', state.id, 'The person did not agree, so nothing was changed.');
    }
    if (!(await seal.matches(call.plan, state.plan))) return 'changed';
    await call.record({ event: 'approved', confirmation: state.id, by: call.caller.id });
    return 'approved';
  }

  /** For a client without forms: the answer names a code, and the same call runs once a person has approved it. */
  async function goByCode(call: Call, digests: Digests, question: string): Promise<Answer | 'approved'> {
    const known = await approvals.find(digests.call);
    if (known?.status === 'approved' && known.plan === digests.plan && (await approvals.use(known))) {
      await call.record({ event: 'approved', confirmation: known.code, by: known.by ?? 'unknown' });
      return 'approved';
    }
    if (known?.status === 'refused') {
      await approvals.use(known);
      throw refused(call, 'person', known.code, 'The person refused, so nothing was changed.');
    }
    const open = known?.status === 'pending' && known.plan === digests.plan ? known : undefined;
    const approval = open ?? (await approvals.put(describe(call, digests, question)));
    call.outcome = { event: 'asked', confirmation: approval.code };
    return answerWaiting(call, approval, known !== undefined && !open);
  }

  function describe(call: Call, digests: Digests, question: string) {
    const { tool } = call.entry;
    const { id, client } = call.caller;
    return { tool: tool.name, tenant: call.tenant?.name, caller: id, client, ...digests, question };
  }

  function answerWaiting(call: Call, { code }: Approval, changed: boolean): CallToolResult {
    const before = changed ? 'What it would do has changed since the person was asked. ' : '';
    return answerChange(call, {
      done: false,
      approve: `${before}A person must ${options.howToApprove(code)}. Then call again with the same arguments.`,
      note: 'NOT DONE: it waits for a person. Tell them the code; you cannot approve it yourself.',
    });
  }

  /** `approved`, or what is answered in the tool's place. */
  async function decide(call: Call, plan: NonNullable<Call['plan']>, why: string): Promise<Answer | 'approved'> {
    const digests = { call: await seal.digest(whatIsCalled(call)), plan: await seal.digest(plan) };
    const question = writeQuestion(plan, call.tenant?.name, why);
    const state = call.mcp?.mcpReq.requestState<State>();
    if (state !== undefined) {
      const said = await readAnswer(call, digests, state);
      if (said === 'approved') return 'approved';
      const again = `What it would do has changed since you were asked.\n${question}`;
      const asked = said === 'changed' ? await askClient(call, digests, again) : undefined;
      if (asked) return asked;
    } else if (call.canAsk) {
      const asked = await askClient(call, digests, question);
      if (asked) return asked;
    }
    return goByCode(call, digests, question);
  }

  const step: Step = async (call, next) => {
    const { plan } = call;
    const why = plan && whyAsk(call, options.ask);
    if (!plan || why === undefined) return next();
    let approved = false;
    try {
      const decision = await decide(call, plan, why);
      if (decision !== 'approved') return decision;
      approved = true;
      return await next();
    } catch (error) {
      return failCall(call, approved ? error : withoutStore(error));
    }
  };

  return { step, requestState: { verify } };
}

function makeCodec(key: Uint8Array): RequestStateCodec<State> {
  return createRequestStateCodec<State>({ key, ttlSeconds: questionMs / 1000 });
}

const openKey = ({ call }: Digests) => `open-question:${call}`;

/** What an answer is for: tool, tenant, caller and input. */
function whatIsCalled({ entry, tenant, caller, input: { dryRun: _dryRun, ...input } }: Call): readonly unknown[] {
  // A person who agrees has read which client asks.
  return [entry.tool.name, tenant?.name, caller.id, caller.client ?? null, input];
}

interface Digests {
  readonly call: string;
  readonly plan: string;
}

function whyAsk(call: Call, ask: 'destroy' | 'write'): string | undefined {
  if (call.plan?.ask !== undefined) return call.plan.ask;
  if (call.entry.tool.access === 'destroy') return 'it takes something away';
  return ask === 'write' ? 'the operator wants every change confirmed' : undefined;
}

/** What a person says can be neither asked for nor counted without the store. */
function withoutStore(error: unknown): unknown {
  if (!(error instanceof CastellanError) || error.code !== 'store_unavailable') return error;
  const { code, hint, retry, detail } = error;
  const message = `${error.message} Nothing was changed: a person must agree, and that is kept in the store.`;
  return new CastellanError({ code, message, hint, retry, detail, cause: error });
}

function refused(call: Call, code: string, confirmation: string, message: string): CastellanError {
  call.outcome = { event: 'refused', code, confirmation };
  const hint =
    code === 'person'
      ? 'Do not call again unless the person asks for it.'
      : 'Call again without it; the person is then asked anew.';
  return new CastellanError({ code: 'not_confirmed', message, hint });
}
