// The operator's index of documentation (https://llmstxt.org/): read when it is asked for, kept for an hour, and nothing
// beyond its own server.

import { CastellanError } from '../../core/errors.ts';
import type { UpstreamOptions } from '../../core/upstream.ts';

export interface Page {
  readonly title: string;
  readonly url: string;
  readonly about: string;
}

export interface Found extends Page {
  /** The page itself, where it could be read. */
  readonly text?: string | undefined;
}

export interface Docs {
  readonly index: (signal: AbortSignal) => Promise<readonly Page[]>;
  /** The pages that fit best, best first, with the text of the first few. */
  readonly search: (query: string, signal: AbortSignal) => Promise<readonly Found[]>;
}

const keepMs = 3_600_000;
const timeoutMs = 8_000;
const maxBytes = 2 * 1024 * 1024;
const maxPages = 2_000;
const mostFound = 10;
const mostRead = 3;
/** Of one page in an answer. */
const maxText = 8_000;

export function openDocs(
  indexUrl: string,
  { fetch, now, userAgent }: Pick<UpstreamOptions, 'fetch' | 'now' | 'userAgent'>,
): Docs {
  let kept: { readonly pages: readonly Page[]; readonly until: number } | undefined;

  async function read(url: string, signal: AbortSignal): Promise<string> {
    const headers = { accept: 'text/plain, text/markdown', 'user-agent': userAgent };
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await fetch(url, { headers, redirect: 'error', signal: limited });
      if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
      const bytes: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of response.body ?? []) {
        size += chunk.byteLength;
        if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
        bytes.push(chunk);
      }
      return Buffer.concat(bytes).toString('utf8');
    } catch (error) {
      throw new CastellanError({
        code: 'platform_unavailable',
        message: 'The documentation could not be read.',
        hint: 'Try again; an operator can check docsUrl (SCALEKIT_DOCS_URL).',
        retry: { again: true, afterMs: 0 },
        detail: String(error),
        cause: error,
      });
    }
  }

  async function index(signal: AbortSignal): Promise<readonly Page[]> {
    if (kept && now() < kept.until) return kept.pages;
    const pages = readIndex(await read(indexUrl, signal), indexUrl);
    kept = { pages, until: now() + keepMs };
    return pages;
  }

  return {
    index,
    async search(query, signal) {
      const best = rank(await index(signal), query).slice(0, mostFound);
      return Promise.all(
        best.map(async (page, place) => {
          if (place >= mostRead) return page;
          // A page that fails is no reason to withhold the others.
          const text = await read(page.url, signal).catch(() => undefined);
          return { ...page, text: text?.slice(0, maxText) };
        }),
      );
    },
  };
}

/** Lines such as `- [Title](address): what it is about`. */
function readIndex(text: string, base: string): Page[] {
  const pages: Page[] = [];
  for (const [, title = '', link = '', about = ''] of text.matchAll(
    /^\s*[-*]\s*\[([^\]\n]{1,200})\]\(([^)\s]{1,500})\):?(.*)$/gm,
  )) {
    const url = URL.canParse(link, base) ? new URL(link, base) : undefined;
    if (url?.origin !== new URL(base).origin) continue;
    pages.push({ title, url: url.href, about: about.trim().slice(0, 300) });
    if (pages.length === maxPages) break;
  }
  return pages;
}

function rank(pages: readonly Page[], query: string): readonly Page[] {
  const words = [...new Set(query.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [])];
  const score = ({ title, url, about }: Page) =>
    words.reduce(
      (sum, word) =>
        sum +
        (title.toLowerCase().includes(word) ? 3 : 0) +
        (url.toLowerCase().includes(word) ? 2 : 0) +
        (about.toLowerCase().includes(word) ? 1 : 0),
      0,
    );
  return pages
    .map((page) => ({ page, points: score(page) }))
    .filter(({ points }) => points > 0)
    .sort((one, other) => other.points - one.points)
    .map(({ page }) => page);
}
