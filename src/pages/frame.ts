// The frame of every page for people: one look, light and dark, under a policy that lets nothing else in.

import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { Reply } from '../core/reply.ts';
import { copyScript } from './copy-script.ts';
import { style } from './style.ts';
import { visibleLine } from './visible.ts';

/** What `html` of hono/html makes: text in `${}` is escaped. */
export type Html = ReturnType<typeof html>;

export interface Page {
  /** Also the page's one `h1`; `body` brings none. */
  readonly title: string;
  readonly body: Html;
  /** Default 200. */
  readonly status?: number;
  /** Who is signed in, for the head of the page. */
  readonly person?: { readonly name: string; readonly csrf: string } | undefined;
  /** Which section of the console it belongs to, by its address. Without it the page stands alone and shows no sections. */
  readonly section?: string | undefined;
  /** Origins (or `scheme:`) to which a form of this page may lead in the end: browsers hold the redirect after a form to the policy too. */
  readonly formTargets?: readonly string[];
  /** Whether it has buttons `data-copies` (copy-script.ts). */
  readonly copies?: boolean;
  /** False for a page of a server that is gone a moment later: nothing on it leads there. */
  readonly lasting?: boolean;
  /** Where the browser goes next by itself. */
  readonly next?: URL | undefined;
  readonly headers?: Reply['headers'];
}

/** The console's sections, by their addresses. */
export const sections: readonly (readonly [string, string])[] = [
  ['/', 'Overview'],
  ['/approvals', 'Approvals'],
  ['/calls', 'Calls'],
  ['/clients', 'Clients'],
  ['/connect', 'Connect'],
];

/** The field of a form that brings back the browser session's `csrf`. */
export const csrfField = 'csrf';

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='%235b7fe0'%3E%3Cpath d='M3 3h4v3h3V3h4v3h3V3h4v7l-2 2v9h-5v-5a2 2 0 0 0-4 0v5H5v-9l-2-2z'/%3E%3C/svg%3E";
const mark = raw(
  '<svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" focusable="false"><path d="M3 3h4v3h3V3h4v3h3V3h4v7l-2 2v9h-5v-5a2 2 0 0 0-4 0v5H5v-9l-2-2z"/></svg>',
);

/** Never cached, never framed, nothing from elsewhere. */
export async function renderPage(page: Page): Promise<Reply> {
  const { title, body, status = 200, person, section, copies = false, lasting = true, next } = page;
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${next && html`<meta http-equiv="refresh" content="${`0; url=${next.href}`}">`}
<title>${title === 'Castellan' ? title : `${title} · Castellan`}</title>
<link rel="icon" href="${icon}">
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="head"><div class="bar">
${lasting ? html`<a class="brand" href="/">${mark}Castellan</a>` : html`<span class="brand">${mark}Castellan</span>`}
${section === undefined || !person ? '' : renderSections(section)}
${person && renderPerson(person)}
</div></header>
<main id="content" tabindex="-1"${section === undefined ? raw(' class="narrow"') : ''}>
<h1>${title}</h1>
${body}
</main>
${copies ? html`<p id="copied" class="unseen" role="status"></p><script>${raw(copyScript)}</script>` : ''}
</body>
</html>
`;
  return { status, headers: { ...pageHeaders(page), ...page.headers }, body: String(text) };
}

function renderSections(current: string): Html {
  const items = sections.map(
    ([path, name]) =>
      html`<li><a href="${path}"${path === current ? raw(' aria-current="page"') : ''}>${name}</a></li>`,
  );
  return html`<nav aria-label="Sections"><ul class="sections">${items}</ul></nav>`;
}

function renderPerson({ name, csrf }: NonNullable<Page['person']>): Html {
  return html`<div class="person"><span class="name"><span class="unseen">Signed in as </span>${visibleLine(name, 60)}</span>
<form method="post" action="/sign-out"><input type="hidden" name="${csrfField}" value="${csrf}"><button class="slight">Sign out</button></form></div>`;
}

/** CSP 3 §6.7.3.3: an inline element by the digest of its text. */
function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function pageHeaders({ formTargets = [], copies }: Page): Reply['headers'] {
  const policy = [
    "default-src 'none'",
    `style-src ${sourceOf(style)}`,
    ...(copies ? [`script-src ${sourceOf(copyScript)}`] : []),
    'img-src data:',
    `form-action ${["'self'", ...formTargets.flatMap(formTarget)].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // With no-referrer the browser would send `Origin: null` with our own forms (Fetch §3.2).
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  };
}

/** As a source of the policy; nothing that could add to the policy. CSP knows no IPv6 hosts: their scheme stands for them. */
function formTarget(target: string): string[] {
  if (/^[a-z][a-z0-9+.-]*:$/i.test(target)) return [target];
  if (/^https?:\/\/\[[0-9a-f:.]+\](:\d+)?$/i.test(target)) return [target.slice(0, target.indexOf('/'))];
  return /^https?:\/\/[a-z0-9._-]+(:(\d+|\*))?$/i.test(target) ? [target] : [];
}
