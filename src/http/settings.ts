// Settings of the web server.

import { z } from 'zod';
import { defineSettings } from '../core/settings.ts';

export const httpSettings = defineSettings({
  host: {
    schema: z.string().min(1),
    description: 'Address to listen on.',
    env: ['CASTELLAN_HTTP_HOST'],
    flag: 'host',
    default: '127.0.0.1',
  },
  port: {
    schema: z.number().int().min(0).max(65_535),
    description: 'Port to listen on, 0 to 65535; 0 takes any free one.',
    env: ['CASTELLAN_HTTP_PORT'],
    flag: 'port',
    default: 3000,
  },
  allowedHosts: {
    schema: z.array(z.string().min(1)),
    description:
      'Host names by which clients may address the server; any other, beside those of this machine, is refused (comma-separated).',
    env: ['CASTELLAN_HTTP_ALLOWED_HOSTS'],
    flag: 'allowed-hosts',
    default: [],
  },
  allowedOrigins: {
    schema: z.array(z.url()),
    description:
      'Origins from which a browser’s requests are taken; any other, beside those of this machine, is refused. No CORS headers are sent (comma-separated).',
    env: ['CASTELLAN_HTTP_ALLOWED_ORIGINS'],
    flag: 'allowed-origins',
    default: [],
  },
  sse: {
    schema: z.boolean(),
    description:
      'Whether clients of the HTTP+SSE transport of protocol 2024-11-05, which is deprecated, are served too, at /sse and /messages.',
    env: ['CASTELLAN_HTTP_SSE'],
    flag: 'sse',
    default: false,
  },
  openMetrics: {
    schema: z.boolean(),
    description: 'Whether other machines may read /metrics although nobody signs in for it; this machine always may.',
    env: ['CASTELLAN_HTTP_OPEN_METRICS'],
    flag: 'open-metrics',
    default: false,
  },
});
