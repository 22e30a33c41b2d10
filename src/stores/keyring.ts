// The operating system's keyring: Keychain, Credential Manager or Secret Service, where there is one that works.

/** Small secrets under names. Every operation rejects where the keyring does not answer. */
export interface Keyring {
  readonly get: (account: string) => Promise<string | undefined>;
  readonly set: (account: string, value: string) => Promise<void>;
  readonly delete: (account: string) => Promise<void>;
}

/** There is one, and its owner has to unlock it: nothing that another place for secrets would be right for. */
export class KeyringLocked extends Error {
  override readonly name = 'KeyringLocked';
}

const service = 'castellan';
/** A keyring may ask its owner to unlock it; nobody answers on a server. Milliseconds. */
const patienceMs = 20_000;
/** The kernel's keyring, the library's other choice, forgets at every restart. */
const options = { linux: { store: 'secret-service' } } as const;

/** @throws when the native part is missing or does not fit this machine. */
export async function openKeyring(): Promise<Keyring> {
  const { AsyncEntry } = await import('@napi-rs/keyring');
  const entry = (account: string) => new AsyncEntry(service, account, options);
  return {
    get: async (account) => (await patiently(entry(account).getPassword())) ?? undefined,
    set: (account, value) => patiently(entry(account).setPassword(value)),
    delete: async (account) => void (await patiently(entry(account).deleteCredential())),
  };
}

async function patiently<T>(promise: Promise<T>): Promise<T> {
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => over.reject(new KeyringLocked('it did not answer, so it may wait to be unlocked')),
    patienceMs,
  );
  try {
    return await Promise.race([promise, over.promise]);
  } catch (error) {
    throw error instanceof Error && isLocked(error.message) ? new KeyringLocked(error.message) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Secret Service: “object locked”, “prompt was dismissed”; Keychain: errSecInteractionNotAllowed, errSecUserCanceled. */
function isLocked(message: string): boolean {
  return /\blocked\b|dismissed|interaction is not allowed|user canceled|before prompt completed/i.test(message);
}
