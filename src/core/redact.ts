// Taking secrets out of values on their way to a log, an answer or a record. Called for every full view and log line.

/** Names, in lower case without `_` and `-`, below which every text and number is a secret. A page token is only a place. */
const secretName =
  /(?:secret|password|passwd|pwd|passphrase|passcode|(?<!page)token|cookie|assertion|(?:private|api|signing|access|secret|shared|auth|authentication|encryption|master|hmac)key)s?(?:enc|pem|value|hash|salt|hint)?$|(?:recovery|backup|activation|verification|otp)codes?$|authorization$|(?:db|admin|root)pass$|secretbundlecontent$|(?:passwordverifiers?|mixedsalt)$|^(?:answers?|pin|otp|psk|seed)$/;
/** Okta's `_links` name what can be done about a password. */
const action = /^(?:change|reset|expire|forgot)(?:recovery)?password$/;
/** Where Okta, Scalekit and OCI put what was set: `credentials.password.hash.value`, `recovery_question.answer`. */
const secretLeaf = /^(?:value|hash|salt|answer)$/;
/** What secrets are described with, rather than made of: `recoveryToken.tokenLifetimeMinutes`, `refresh_token.leeway`. */
const describing = /^(?:kid|keyid|rotationtype|leeway)$/;
const measure = /(?:lifetime|seconds|minutes|hours|days|expiresin|expiresat|length|count)$/;
/** RFC 7517 §4, RFC 7518 §6: the private members of a JSON Web Key. */
const privateMember: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']);
const removed = '[removed]';

/** What is known of a place: nothing; all is secret; a password; what is asked of one, where only an answer is secret. */
type Place = 'open' | 'secret' | 'password' | 'question';

/** A deep copy without secrets, and without the properties named in `drop`. Plain JSON values only. */
export function withoutSecrets(value: unknown, drop: ReadonlySet<string> = new Set()): unknown {
  return copy(value, drop, 'open');
}

function copy(value: unknown, drop: ReadonlySet<string>, place: Place): unknown {
  if (typeof value === 'string')
    return place === 'secret' || place === 'password' ? removed : textWithoutSecrets(value);
  if (typeof value === 'number') return place === 'secret' ? removed : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copy(item, drop, place));
  const key = 'kty' in value && typeof value.kty === 'string';
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    if (drop.has(name)) continue;
    const safe = copy(inner, drop, key ? placeInKey(name) : placeOf(name, inner, place));
    if (name !== '__proto__') result[name] = safe;
    else Object.defineProperty(result, name, { value: safe, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

function placeInKey(name: string): Place {
  return privateMember.has(name) ? 'secret' : 'open';
}

interface Facts {
  readonly secret: boolean;
  readonly leaf: boolean;
  readonly describing: boolean;
  readonly measure: boolean;
  readonly own: Place;
}

function placeOf(name: string, inner: unknown, outer: Place): Place {
  const facts = factsOf(name);
  if (outer === 'secret') {
    const describes = (facts.describing && typeof inner !== 'object') || (facts.measure && typeof inner === 'number');
    return describes ? 'open' : outer;
  }
  if (outer !== 'open' && facts.leaf) return 'secret';
  // A policy's numbers stand below `password`; a password that is a number or a list stands there itself.
  const isMap = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  if (facts.own === 'password') return !isMap ? 'secret' : holdsPassword(inner) ? 'password' : 'question';
  if (facts.secret) return 'secret';
  return facts.own === 'open' ? outer : facts.own;
}

/** A policy's `password` holds no text, only groups of what is asked of one. */
function holdsPassword(map: object): boolean {
  return Object.entries(map).some(
    ([name, value]) => typeof value === 'string' || Array.isArray(value) || factsOf(name).leaf,
  );
}

/** The same few hundred names come again and again; those that strangers invent must not fill the memory. */
const known = new Map<string, Facts>();
const maxKnown = 2_000;

function factsOf(name: string): Facts {
  const found = known.get(name);
  if (found) return found;
  const plain = name.toLowerCase().replace(/[_-]/g, '');
  const facts: Facts = {
    secret: secretName.test(plain) && !action.test(plain),
    leaf: secretLeaf.test(plain),
    describing: describing.test(plain),
    measure: measure.test(plain),
    own: plain === 'password' ? 'password' : plain === 'recoveryquestion' ? 'question' : 'open',
  };
  if (known.size < maxKnown && name.length < 100) known.set(name, facts);
  return facts;
}

const suspicious = /[?&#]|eyJ|:\/\/[^/\s]*@|\b(?:SSWS|Bearer|Basic|DPoP)\s|PRIVATE KEY/i;
/** RFC 7468; one that was cut before its end is one all the same. */
const privateKeyText =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g;

/** A text without the secrets inside it: authorization headers, JSON Web Tokens, private keys, user information and query parameters of addresses. */
export function textWithoutSecrets(text: string): string {
  if (!suspicious.test(text)) return text;
  return (
    text
      .replace(/\b(SSWS|Bearer|Basic|DPoP)\s+(\S+)/gi, (all, scheme: string, rest: string) =>
        // A group may be called Basic Users; no two words in base64 look so.
        /^basic$/i.test(scheme) && /^(?:[A-Z]?[a-z]+|[A-Z]+)[.,;:!?)]*$/.test(rest) ? all : `${scheme} ${removed}`,
      )
      // Bounded, and never begun inside a word: a text of ten thousand beginnings must not be read ten thousand times.
      .replace(/(?<![\w-])eyJ[\w-]{1,8192}\.[\w-]{0,8192}\.[\w-]{0,8192}(?:\.[\w-]{0,8192}){0,2}/g, removed)
      .replace(privateKeyText, removed)
      .replace(/:\/\/[^/?#\s@]*@/g, `://${removed}@`)
      .replace(/([?&#])([^?&#=\s]{1,100})=([^&#\s"'<>]+)/g, (all, mark: string, name: string) =>
        isSecretParameter(name) ? `${mark}${name}=${removed}` : all,
      )
  );
}

function isSecretParameter(name: string): boolean {
  return /^(?:code|usercode|devicecode|samlresponse)$/i.test(name.replace(/[_-]/g, '')) || factsOf(name).secret;
}
