// What many wait for and one asks.

/**
 * One answer by key for all who wait, kept while it is worth keeping. A failure is only the one's who asked: their call may
 * have been cancelled, so everybody who waited asks anew.
 */
export function createOnce<T>(worthKeeping: (value: T) => boolean) {
  const known = new Map<string, Promise<T>>();
  return async (key: string, ask: () => Promise<T>): Promise<T> => {
    const others = known.get(key);
    if (others) return others.catch(ask);
    const own = ask();
    known.set(key, own);
    const forget = () => void known.delete(key);
    own.then((value) => worthKeeping(value) || forget(), forget);
    return own;
  };
}
