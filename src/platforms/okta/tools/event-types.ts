// A tool that asks no tenant: what the System Log calls an event.

import { z } from 'zod';
import { type AnyTool, defineTools, tableOf } from '../../../core/tool.ts';
import type { EventType } from '../event-types.ts';

const tool = defineTools<never>();
const typeView = z.object({ id: z.string(), meaning: z.string() });

export const eventTypeTools: readonly AnyTool[] = [
  tool({
    name: 'list_okta_event_types',
    title: 'Find System Log event types',
    description:
      'Event types of the System Log by words of their name or meaning, for event_type of get_okta_event_logs.',
    access: 'read',
    scopes: [],
    local: true,
    parameterAliases: { q: 'query', search: 'query' },
    input: () => z.strictObject({ query: z.string().max(100).optional().describe('e.g. password, admin role, zone') }),
    output: () => z.object({ event_types: z.array(typeView), note: z.string() }),
    table: tableOf<EventType>('event_types', { id: (type) => type.id, meaning: (type) => type.meaning }),
    async run({ query = '' }) {
      const { listEventTypes } = await import('../event-types.ts');
      const words = query.toLowerCase().split(/\s+/).filter(Boolean);
      const event_types = listEventTypes().filter(({ id, meaning }) => {
        const text = `${id} ${meaning}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
      return {
        event_types,
        note:
          event_types.length > 0
            ? 'Okta knows more, for rare events; get_okta_event_logs finds them by words of q.'
            : 'None here has all of these words. Ask with fewer, or look for them with q of get_okta_event_logs.',
      };
    },
  }),
];
