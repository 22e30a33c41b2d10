// The pages that people see: plain HTML without a script, under a policy that lets nothing else in.

import { createHash } from 'node:crypto';
import type { Answer } from '../answer.ts';

const style = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6577; --paper: #fff; --ground: #eef1f6; --line: #d5dbe6; --lead: #1f5fbf; --warn: #8a5a00; --warnground: #fff4d6; --wrong: #b3262c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf3; --soft: #a3adbd; --paper: #1b212b; --ground: #11151c; --line: #343d4b; --lead: #79aaf5; --warn: #f0c766; --warnground: #352b12; --wrong: #ff9f99; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 30rem; background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 2rem; }
h2 { font-size: .95rem; margin: 1.5rem 0 .4rem; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; }
.sandbox { background: var(--warnground); color: var(--warn); border-radius: 8px; padding: .6rem .9rem; font-size: .9rem; margin: 0 0 1.5rem; }
.soft { color: var(--soft); font-size: .9rem; }
.wrong { color: var(--wrong); font-weight: 600; }
.code { font: 600 1.5rem ui-monospace, monospace; letter-spacing: .15em; }
label.text { display: block; font-weight: 600; margin-bottom: 1rem; }
input[type=text], input[type=password] { width: 100%; font: inherit; font-weight: 400; padding: .55rem .7rem; margin-top: .3rem; border: 1px solid var(--soft); border-radius: 8px; background: transparent; color: inherit; }
.people { list-style: none; margin: 0; padding: 0; font: inherit; font-size: .9rem; }
.people li { border-top: 1px solid var(--line); padding: .35rem 0; overflow-wrap: anywhere; }
.people span { display: block; color: var(--soft); }
@media (max-width: 28rem) { body { padding: .6rem; } main { padding: 1.1rem; } .people { font-size: .85rem; } }
kbd { font: 600 .9em ui-monospace, monospace; user-select: all; overflow-wrap: anywhere; }
ul.scopes { margin: 0 0 1.2rem; padding-left: 1.2rem; font: .85rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
.choices { display: flex; gap: .7rem; }
button { font: inherit; font-weight: 600; flex: 1; padding: .6rem 1rem; border-radius: 8px; border: 1px solid var(--lead); background: var(--lead); color: var(--paper); cursor: pointer; }
button.no { background: transparent; color: inherit; border-color: var(--line); }
:focus-visible { outline: 3px solid var(--lead); outline-offset: 2px; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** HTML that was escaped or written here; the only thing a page is put together from. */
export interface Html {
  readonly html: string;
}

type Piece = string | number | Html | readonly Html[] | undefined | false;

/** Text in `${}` is escaped; pieces of HTML stand as they are. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  const written = parts.map((part, i) => part + (i < pieces.length ? write(pieces[i]) : ''));
  return { html: written.join('') };
}

function write(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (typeof piece === 'object') return 'html' in piece ? piece.html : piece.map(({ html: text }) => text).join('');
  return String(piece).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface PageOptions {
  status?: number;
  /** Where else a form may lead: browsers hold the redirect after a form to the policy as well. */
  formTarget?: string;
}

export function answerPage(title: string, body: Html, { status = 200, formTarget }: PageOptions = {}): Answer {
  const page = html`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${{ html: style }}</style></head>
<body><main>
<p class="sandbox">This is a sandbox. Larkspur Logistics and its people are invented; nothing real can be reached, and no password of yours belongs here.</p>
<h1>${title}</h1>
${body}
</main></body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `form-action 'self'${formTarget === undefined ? '' : ` ${formTarget}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
    body: page.html,
  };
}
