// Taking secrets out of values on their way to a log, an answer or a record.

/** Names of properties whose text is a secret wherever they stand. */
const secretName =
  /(secret|password|passphrase|passcode|private_?key|api_?key|(access|refresh|id|api|activation|recovery|state|session)_?token|^token$|^answer$|authorization|cookie|assertion)$/i;
/** Containers in which Okta, Scalekit and OCI put a secret under `value`, `hash` or `salt`. */
const secretBox = /^(password|recovery_question|secret|token)$/i;
const removed = '[removed]';

/** A deep copy without secrets, and without the properties named in `drop`. Plain JSON values only. */
export function withoutSecrets(value: unknown, drop: ReadonlySet<string> = new Set()): unknown {
  return copy(value, drop, false);
}

function copy(value: unknown, drop: ReadonlySet<string>, boxed: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => copy(item, drop, boxed));
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (drop.has(name)) continue;
    const text = typeof inner === 'string' || typeof inner === 'number';
    const hidden = text && (secretName.test(name) || (boxed && /^(value|hash|salt)$/i.test(name)));
    result[name] = hidden ? removed : copy(inner, drop, secretBox.test(name));
  }
  return result;
}
