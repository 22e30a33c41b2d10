// A browser without a window: it keeps cookies, follows redirects and sends the forms of the pages that it meets, so that
// the demo can sign in by itself as anybody would.

export interface Form {
  readonly action: URL;
  readonly method: string;
  /** What would be sent as it stands: hidden and filled fields, boxes that are set. */
  readonly fields: readonly Field[];
  /** Boxes that are not set. */
  readonly unset: readonly Field[];
  /** Every field and button that it has. */
  readonly names: ReadonlySet<string>;
}

export type Field = readonly [name: string, value: string];

export interface Seen {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  readonly forms: readonly Form[];
}

/** What a person types and chooses on a page: the form, and values in the place of its own. */
export interface Deed {
  readonly form: Form;
  readonly values: Readonly<Record<string, string>>;
  /** Boxes that are set beside those that are. */
  readonly ticked?: readonly Field[];
}

export interface Visitor {
  /** Goes on until it is sent to where it leaves. @returns that address */
  readonly walk: (from: URL, act: (page: Seen) => Deed) => Promise<URL>;
  /** The page at an address, or where the visitor was sent out of its world. */
  readonly open: (url: URL) => Promise<Seen | URL>;
  readonly send: (deed: Deed) => Promise<Seen | URL>;
  /** For a request that is made by other means. */
  readonly cookies: (url: URL) => string;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

const longestWalk = 20;

/** @param leaves tells addresses that are no pages, such as a client's own */
export function createVisitor(leaves: (url: URL) => boolean, send: typeof fetch = fetch): Visitor {
  /** By host, as browsers have it: ports do not count (RFC 6265 §8.5). */
  const jars = new Map<string, Map<string, Cookie>>();

  function cookies({ hostname, pathname }: URL): string {
    const kept = [...(jars.get(hostname) ?? [])].filter(([, { path }]) => isBelow(pathname, path));
    return kept.map(([name, { value }]) => `${name}=${value}`).join('; ');
  }

  function keep({ hostname }: URL, lines: readonly string[]): void {
    const jar = jars.get(hostname) ?? new Map<string, Cookie>();
    jars.set(hostname, jar);
    for (const line of lines) {
      const [, name, value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (name === undefined) continue;
      const ended =
        /;\s*max-age=0\b/i.test(line) || Date.parse(/;\s*expires=([^;]+)/i.exec(line)?.[1] ?? '') < Date.now();
      if (ended) jar.delete(name);
      else jar.set(name, { value, path: /;\s*path=([^;]+)/i.exec(line)?.[1] ?? '/' });
    }
  }

  async function go(url: URL, init: RequestInit = {}): Promise<Seen | URL> {
    let next = url;
    let request = init;
    for (let step = 0; step < longestWalk; step++) {
      if (leaves(next)) return next;
      const headers = { accept: 'text/html', cookie: cookies(next), ...(request.headers as Record<string, string>) };
      const response = await send(next, { ...request, headers, redirect: 'manual' });
      keep(next, response.headers.getSetCookie());
      const text = await response.text();
      const onward = response.headers.get('location') ?? refreshOf(text);
      if (onward === undefined) return { url: next, status: response.status, text, forms: readForms(text, next) };
      next = new URL(onward, next);
      request = {};
    }
    throw new Error(`sent from page to page, at last to ${next.origin}${next.pathname}`);
  }

  const open = (url: URL) => go(url);

  function sendForm({ form, values, ticked = [] }: Deed): Promise<Seen | URL> {
    const body = new URLSearchParams();
    for (const [name, value] of [...form.fields, ...ticked]) if (!Object.hasOwn(values, name)) body.append(name, value);
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    return go(form.action, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: form.action.origin },
      body: body.toString(),
    });
  }

  return {
    open,
    send: sendForm,
    cookies,
    async walk(from, act) {
      let at = await open(from);
      for (let step = 0; step < longestWalk; step++) {
        if (at instanceof URL) return at;
        if (at.status >= 400 && at.forms.length === 0)
          throw new Error(`${at.url.origin}${at.url.pathname} answered ${at.status}`);
        at = await sendForm(act(at));
      }
      throw new Error('the pages lead nowhere');
    },
  };
}

/** RFC 6265 §5.1.4 */
function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function refreshOf(text: string): string | undefined {
  const target = /<meta http-equiv="refresh" content="\d+; ?url=([^"]+)"/i.exec(text)?.[1];
  return target === undefined ? undefined : plain(target);
}

function readForms(text: string, base: URL): Form[] {
  return [...text.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, head = '', inside = '']) => {
    const controls = [...inside.matchAll(/<(input|button)\b([^>]*)>/g)].map(([, kind, attributes = '']) => ({
      kind,
      type: attributeOf(attributes, 'type') ?? 'text',
      name: attributeOf(attributes, 'name'),
      value: attributeOf(attributes, 'value'),
      checked: /\bchecked\b/.test(attributes),
    }));
    const fields = controls.flatMap(({ kind, type, name, value, checked }): Field[] => {
      if (kind === 'button' || name === undefined || type === 'submit') return [];
      if (type === 'checkbox' || type === 'radio') return checked ? [[name, value ?? 'on']] : [];
      return [[name, value ?? '']];
    });
    return {
      action: new URL(attributeOf(head, 'action') ?? base.href, base),
      method: attributeOf(head, 'method') ?? 'get',
      fields,
      unset: controls.flatMap(({ type, name, value, checked }): Field[] =>
        type === 'checkbox' && name !== undefined && !checked ? [[name, value ?? 'on']] : [],
      ),
      names: new Set(controls.flatMap(({ name }) => name ?? [])),
    };
  });
}

function attributeOf(attributes: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1];
  return value === undefined ? undefined : plain(value);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function plain(text: string): string {
  return text.replace(/&(?:#(\d+)|(amp|lt|gt|quot));/g, (_all, code?: string, name?: string) =>
    code === undefined ? (entities[name ?? ''] ?? '') : String.fromCodePoint(Number(code)),
  );
}
