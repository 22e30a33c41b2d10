// A form's fields, within bounds.

import type { IncomingMessage } from 'node:http';

/** Ours have a few short fields. */
const maxBytes = 16 * 1024;

/** The fields, or the status with which the request is refused. */
export function readForm(request: IncomingMessage): Promise<URLSearchParams | 400 | 413 | 415> {
  const { headers } = request;
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '')) return Promise.resolve(415);
  if (Number(headers['content-length'] ?? 0) > maxBytes) return Promise.resolve(413);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        request.pause();
        resolve(413);
      }
    });
    request.once('end', () => resolve(new URLSearchParams(Buffer.concat(chunks).toString('utf8'))));
    request.once('error', () => resolve(400));
    request.once('close', () => resolve(400));
  });
}
