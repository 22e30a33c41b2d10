// Counters and times in Prometheus' text format. Only a server that is scraped opens them.

import type { Counter, Histogram, Registry } from 'prom-client';

export interface CallSeen {
  readonly tool: string;
  /** `ok`, `error`, or an error code. */
  readonly outcome: string;
  readonly seconds: number;
}

export interface AttemptSeen {
  readonly tenant: string;
  readonly status: number | 'failed';
  readonly seconds: number;
}

export type CallObserver = (seen: CallSeen) => void;

export interface Metrics {
  readonly observeCall: CallObserver;
  readonly observeAttempt: (seen: AttemptSeen) => void;
  /** Forgets what was observed so far. */
  readonly reset: () => void;
  /** The exposition, and its content type. */
  readonly read: () => Promise<{ text: string; contentType: string }>;
}

/** When nobody serves metrics. */
export const noMetrics: Metrics = {
  observeCall: () => {},
  observeAttempt: () => {},
  reset: () => {},
  read: async () => ({ text: '', contentType: 'text/plain' }),
};

interface Instruments {
  readonly registry: Registry;
  readonly calls: Counter<'tool' | 'outcome'>;
  readonly callSeconds: Histogram<'tool'>;
  readonly attempts: Counter<'tenant' | 'status'>;
  readonly attemptSeconds: Histogram<'tenant'>;
}

export async function openMetrics(): Promise<Metrics> {
  const instruments = createInstruments(await import('prom-client'));
  return {
    observeCall({ tool, outcome, seconds }) {
      instruments.calls.inc({ tool, outcome });
      instruments.callSeconds.observe({ tool }, seconds);
    },
    observeAttempt({ tenant, status, seconds }) {
      instruments.attempts.inc({ tenant, status: String(status) });
      instruments.attemptSeconds.observe({ tenant }, seconds);
    },
    reset: () => instruments.registry.resetMetrics(),
    read: async () => ({ text: await instruments.registry.metrics(), contentType: instruments.registry.contentType }),
  };
}

function createInstruments(prom: typeof import('prom-client')): Instruments {
  const registry = new prom.Registry();
  const registers = [registry];
  prom.collectDefaultMetrics({ register: registry, prefix: 'castellan_' });
  return {
    registry,
    calls: new prom.Counter({
      name: 'castellan_tool_calls_total',
      help: 'Tool calls by outcome.',
      labelNames: ['tool', 'outcome'],
      registers,
    }),
    callSeconds: new prom.Histogram({
      name: 'castellan_tool_call_seconds',
      help: 'Time of a tool call.',
      labelNames: ['tool'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30],
      registers,
    }),
    attempts: new prom.Counter({
      name: 'castellan_upstream_requests_total',
      help: 'Requests to identity platforms by HTTP status.',
      labelNames: ['tenant', 'status'],
      registers,
    }),
    attemptSeconds: new prom.Histogram({
      name: 'castellan_upstream_request_seconds',
      help: 'Time of a request to an identity platform.',
      labelNames: ['tenant'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
  };
}
