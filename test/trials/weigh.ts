// Loaded into a server under trial (`node --expose-gc --import`): on SIGUSR2 it says on stderr what it holds after
// collection.

process.on('SIGUSR2', () => {
  // What the first collection lets go of, finalizers may only free for the next.
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.stderr.write(`weighed ${JSON.stringify({ held: heapUsed + external, rss })}\n`);
});
