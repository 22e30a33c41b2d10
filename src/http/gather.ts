// Answers that come at once leave in one piece: a stream of events costs a write for each of its parts, which is most of what
// a quick call takes.

/** So long the head of an answer waits for its end, milliseconds: a client that counts on the first event gets it then. */
const waitMs = 20;

/** The same answer; one that ends within a moment has a body that is there already. */
export async function gatherAnswer(response: Response): Promise<Response> {
  if (!response.body) return response;
  const { status, headers } = response;
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  const over = Promise.withResolvers<undefined>();
  const timer = setTimeout(over.resolve, waitMs, undefined);
  /** What breaks while nobody takes more is told to whoever takes the next, and ends no process. */
  const read = () => {
    const next = reader.read();
    next.catch(() => {});
    return next;
  };
  let reading = read();
  try {
    for (;;) {
      const came = await Promise.race([reading, over.promise]);
      if (came === undefined) break;
      if (came.done) return new Response(Buffer.concat(parts), { status, headers });
      parts.push(came.value);
      reading = read();
    }
  } finally {
    clearTimeout(timer);
  }
  const rest = new ReadableStream<Uint8Array>({
    start(controller) {
      if (parts.length > 0) controller.enqueue(Buffer.concat(parts));
    },
    async pull(controller) {
      const { done, value } = await reading;
      if (done) return controller.close();
      controller.enqueue(value);
      reading = read();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(rest, { status, headers });
}
