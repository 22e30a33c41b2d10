// What a client sends to a session is for one of the replicas at times: the answer to a question goes to whoever asked, a
// cancellation to whoever works on the request. Behind a load balancer it may arrive at any. It then lies in the store under
// a name that its receiver looks at while it waits.

import {
  type AuthInfo,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
  type WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Seal } from '../stores/seal.ts';
import { openText, sealText } from '../stores/sealed.ts';
import type { Store } from '../stores/store.ts';
import type { Replica } from './replica.ts';

export interface Mail {
  /** Gives questions that this transport sends a name that says who asked, and takes their answers. */
  readonly attend: (
    session: string,
    transport: WebStandardStreamableHTTPServerTransport,
    onCancel: (request: RequestId) => void,
  ) => Attended;
  /**
   * Hands on what is for another replica.
   * @returns what is for this one
   */
  readonly sort: (
    session: string,
    messages: readonly unknown[],
    answers: (request: RequestId) => boolean,
  ) => Promise<readonly unknown[]>;
  readonly close: () => void;
}

export interface Attended {
  /** From now on a cancellation that arrives elsewhere is looked for. */
  readonly awaitCancel: (request: RequestId, stillOpen: () => boolean) => void;
  readonly end: () => void;
}

export interface MailOptions {
  readonly store: Store;
  readonly seal: Pick<Seal, 'keys'> | undefined;
  readonly replica: Replica;
  /** Whether other processes can reach the store at all. */
  readonly shared: boolean;
}

const purpose = 'session mail';
/** Whoever waits for it looks much more often, unless it is gone. */
const keepMs = 2 * 60_000;
const lookMs = 250;
/** An answer is a form of a few fields. */
const maxAnswerBytes = 64 * 1024;
const maxIdLength = 100;

type Deliver = (message: JSONRPCMessage) => void;

export function createMail({ store, seal, replica, shared }: MailOptions): Mail {
  /** What may come from elsewhere, by its key. */
  const awaited = new Map<string, { readonly deliver: Deliver; readonly stillOpen: () => boolean }>();
  let instances = 0;
  let looking = false;
  let closed = false;

  const answerKey = (session: string, question: string) => `session-answer:${session}:${question}`;
  const cancelKey = (session: string, request: RequestId) => `session-cancel:${session}:${JSON.stringify(request)}`;

  async function post(key: string, message: unknown): Promise<void> {
    const text = JSON.stringify(message);
    // The first answer counts.
    await store.add(key, seal ? sealText(await seal.keys(purpose), key, text) : text, keepMs);
  }

  /** Whoever asked may be dead: then there is no question any more. */
  async function postAnswer(session: string, message: Answer): Promise<void> {
    const id = String(message.id);
    if (JSON.stringify(message).length > maxAnswerBytes || !(await replica.lives(id.slice(0, id.indexOf('.'))))) return;
    await post(answerKey(session, id), message);
  }

  async function postCancellation(session: string, { jsonrpc, method, params }: Cancellation): Promise<void> {
    const { requestId } = params;
    if (String(requestId).length > maxIdLength) return;
    await post(cancelKey(session, requestId), { jsonrpc, method, params: { requestId } });
  }

  async function take(key: string): Promise<JSONRPCMessage | undefined> {
    const kept = await store.take(key);
    const text = kept !== undefined && seal ? openText(await seal.keys(purpose), key, kept) : kept;
    return text === undefined ? undefined : (JSON.parse(text) as JSONRPCMessage);
  }

  function await_(key: string, deliver: Deliver, stillOpen: () => boolean): void {
    if (!shared) return;
    awaited.set(key, { deliver, stillOpen });
    if (!looking) void look();
  }

  async function look(): Promise<void> {
    looking = true;
    while (awaited.size > 0 && !closed) {
      await new Promise((resolve) => setTimeout(resolve, lookMs).unref());
      await Promise.all(
        [...awaited].map(async ([key, { deliver, stillOpen }]) => {
          if (!stillOpen()) return void awaited.delete(key);
          // A store that is away is asked again.
          const message = await take(key).catch(() => undefined);
          if (!message) return;
          awaited.delete(key);
          deliver(message);
        }),
      );
    }
    looking = false;
  }

  return {
    attend(session, transport, onCancel) {
      const prefix = `${replica.id}.${++instances}.`;
      const questions = new Set<RequestId>();
      const send = transport.send.bind(transport);
      const receive = transport.onmessage;
      const toWire = (id: RequestId) => `${prefix}${id}`;

      /** An answer as it came, under the name that was sent. */
      function accept(message: JSONRPCMessage, extra?: { authInfo?: AuthInfo }): void {
        if (!isAnswer(message)) {
          receive?.(message, extra);
          if (isCancellation(message)) onCancel(message.params.requestId);
          return;
        }
        const id = Number(String(message.id).slice(prefix.length));
        if (!String(message.id).startsWith(prefix) || !questions.delete(id)) return;
        receive?.({ ...message, id }, extra);
      }

      transport.onmessage = accept;
      transport.send = (message, options) => {
        if (isJSONRPCRequest(message)) {
          const { id } = message;
          questions.add(id);
          await_(answerKey(session, toWire(id)), accept, () => questions.has(id));
          return send({ ...message, id: toWire(id) }, options);
        }
        if (isCancellation(message)) {
          const { requestId } = message.params;
          questions.delete(requestId);
          return send({ ...message, params: { ...message.params, requestId: toWire(requestId) } }, options);
        }
        return send(message, options);
      };
      return {
        awaitCancel: (request, stillOpen) => await_(cancelKey(session, request), accept, stillOpen),
        end: () => questions.clear(),
      };
    },

    async sort(session, messages, answers) {
      const own: unknown[] = [];
      for (const message of messages) {
        if (shared && isAnswer(message) && isForAnother(message.id)) {
          await postAnswer(session, message);
        } else if (shared && isCancellation(message) && !answers(message.params.requestId)) {
          await postCancellation(session, message);
        } else own.push(message);
      }
      return own;
    },

    close() {
      closed = true;
    },
  };

  function isForAnother(id: RequestId | undefined): boolean {
    const [, asker] = /^([\da-f]{12})\.\d{1,9}\.\d{1,9}$/.exec(String(id)) ?? [];
    return asker !== undefined && asker !== replica.id;
  }
}

type Answer = JSONRPCMessage & { readonly id?: RequestId };

function isAnswer(message: unknown): message is Answer {
  return isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
}

interface Cancellation {
  readonly jsonrpc: '2.0';
  readonly method: 'notifications/cancelled';
  readonly params: { readonly requestId: RequestId; readonly reason?: string };
}

function isCancellation(message: unknown): message is Cancellation {
  if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled') return false;
  const id = (message.params as { readonly requestId?: unknown } | undefined)?.requestId;
  return typeof id === 'string' || typeof id === 'number';
}
