// The frame of every page for people: one look, light and dark, under a policy that lets nothing else in.

import { html } from 'hono/html';
import type { Reply } from '../core/reply.ts';

/** What `html` of hono/html makes: text in `${}` is escaped. */
export type Html = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** Default 200. */
  readonly status?: number;
  /** Who is signed in, for the head of the page. */
  readonly person?: { readonly name: string; readonly csrf: string } | undefined;
  /** Origins to which a form of this page may lead in the end: browsers hold the redirect after a form to the policy too. */
  readonly formTargets?: readonly string[];
}

/** Never cached, never framed, nothing from elsewhere. */
export async function renderPage({ title, body, status = 200 }: Page): Promise<Reply> {
  const page =
    await html`<!doctype html><html lang="en"><head><title>${title}</title></head><body>${body}</body></html>`;
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'" };
  return { status, headers, body: String(page) };
}
