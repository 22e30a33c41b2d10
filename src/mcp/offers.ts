// What the server offers beside tools, and the requests for it: resources, prompts, completions.

import type { Server, ServerCapabilities, ServerContext } from '@modelcontextprotocol/server';
import type { Catalog, Connected } from './catalog.ts';
import { complete } from './completions.ts';
import type { Dispatch } from './dispatch.ts';
import type { Gate } from './gate.ts';
import type { Health } from './health.ts';
import { createPrompts } from './prompts.ts';
import { createCallFor, type Requester } from './requester.ts';
import { createResources } from './resources.ts';
import { createServerResources } from './server-resources.ts';

export interface OffersOptions {
  readonly version: string;
  readonly connected: readonly Connected[];
  readonly catalog: Catalog;
  readonly gate: Gate;
  readonly dispatch: Dispatch;
  readonly health: () => Promise<Health>;
}

export interface Offers {
  readonly capabilities: ServerCapabilities;
  /** Answers the requests of one server. */
  readonly answer: (server: Server, requesterOf: (mcp: ServerContext) => Requester) => void;
}

export function createOffers(options: OffersOptions): Offers {
  const { catalog, gate, dispatch } = options;
  const configured = options.connected.filter(({ tenants }) => tenants.size > 0);
  // A platform that nobody has configured is not offered. Where none is, everything is shown: for the documentation.
  const connected = configured.length > 0 ? configured : options.connected;
  const callFor = createCallFor(catalog, dispatch);
  const own = createServerResources(options);
  const resources = createResources({ connected, own, catalog, gate, callFor });
  const prompts = createPrompts(connected, catalog, gate);
  const offersPrompts = prompts.list.length > 0;

  return {
    capabilities: { resources: { subscribe: true }, ...(offersPrompts && { prompts: {} }), completions: {} },
    answer(server, requesterOf) {
      server.setRequestHandler('resources/list', async (_request, mcp) => {
        await gate.learn();
        return { resources: resources.list(requesterOf(mcp).narrowing) };
      });
      server.setRequestHandler('resources/templates/list', async (_request, mcp) => {
        await gate.learn();
        return { resourceTemplates: resources.templates(requesterOf(mcp).narrowing) };
      });
      server.setRequestHandler('resources/read', ({ params }, mcp) => resources.read(params.uri, requesterOf(mcp)));
      // What we offer to read is read anew each time and nobody tells us when it changes, so a subscriber has nothing to
      // hear; in 2026-07-28 this is the SDK's subscriptions/listen.
      server.setRequestHandler('resources/subscribe', () => ({}));
      server.setRequestHandler('resources/unsubscribe', () => ({}));
      if (offersPrompts) {
        server.setRequestHandler('prompts/list', () => ({ prompts: prompts.list }));
        server.setRequestHandler('prompts/get', async ({ params }, mcp) => {
          await gate.learn();
          return prompts.get(params.name, params.arguments ?? {}, requesterOf(mcp).narrowing);
        });
      }
      server.setRequestHandler('completion/complete', ({ params }, mcp) =>
        complete(params, requesterOf(mcp), { prompts, resources, callFor }),
      );
    },
  };
}
