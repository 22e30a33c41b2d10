// What is piped into a command, as text.

/** Longer than any question, and shorter than what fills a memory. */
export const mostPiped = 500_000;

export async function readPiped(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostPiped) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
