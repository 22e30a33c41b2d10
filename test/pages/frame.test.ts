// The frame of all pages: what browsers are told to let in, and that text of others stays text.

import { createHash } from 'node:crypto';
import { html } from 'hono/html';
import { describe, expect, test } from 'vitest';
import { type Page, renderPage } from '../../src/pages/frame.ts';
import { visible, visibleLine } from '../../src/pages/visible.ts';

const plainPage: Page = { title: 'A page', body: html`<p>Text</p>` };

async function policyOf(page: Page): Promise<Map<string, string>> {
  const policy = String((await renderPage(page)).headers['content-security-policy']);
  return new Map(policy.split('; ').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
}

describe('the frame of a page', () => {
  test('its policy lets in the one style by its digest, no script, nothing from elsewhere (CSP 3 §6.7.3.3)', async () => {
    const { body } = await renderPage(plainPage);
    const inline = /<style>([\s\S]*?)<\/style>/.exec(body)?.[1] ?? '';
    const policy = await policyOf(plainPage);
    expect(policy.get('style-src')).toBe(`'sha256-${createHash('sha256').update(inline).digest('base64')}'`);
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(policy.get('base-uri')).toBe("'none'");
    expect(policy.has('script-src')).toBe(false);
    expect(body).not.toContain('<script');
    expect(body).not.toMatch(/ style=| on[a-z]+=/);
  });

  test('a page with buttons that copy has that one script, by its digest', async () => {
    const page = { ...plainPage, copies: true };
    const inline = /<script>([\s\S]*?)<\/script>/.exec((await renderPage(page)).body)?.[1] ?? '';
    expect((await policyOf(page)).get('script-src')).toBe(
      `'sha256-${createHash('sha256').update(inline).digest('base64')}'`,
    );
  });

  test('forms lead home, and to the origins that the page names', async () => {
    expect((await policyOf(plainPage)).get('form-action')).toBe("'self'");
    const formTargets = ['http://127.0.0.1:5000', 'https://client.example', 'cursor:', 'http://[::1]:3000'];
    expect((await policyOf({ ...plainPage, formTargets })).get('form-action')).toBe(
      "'self' http://127.0.0.1:5000 https://client.example cursor: http:",
    );
  });

  test.each([
    "https://a.example; script-src 'unsafe-inline'",
    "*'",
    'https://a.example *',
    'x\r\nset-cookie: a=b',
    '*',
  ])('a form’s target cannot add to the policy: %j', async (target) => {
    expect((await policyOf({ ...plainPage, formTargets: [target] })).get('form-action')).toBe("'self'");
  });

  test('it is not kept, framed, sniffed, or shared with a window that opened it', async () => {
    expect((await renderPage(plainPage)).headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test('names and titles are text, whatever stands in them', async () => {
    const hostile = `</title></h1><script>alert(1)</script>"'\u202E`;
    const person = { name: hostile, csrf: '"><img src=x>' };
    const { body } = await renderPage({ title: hostile, body: html`<p>${hostile}</p>`, person, section: '/calls' });
    expect(body).not.toMatch(/<script|<img/);
    expect(body).toContain('aria-current="page"');
    expect(body.match(/<h1>/g)).toHaveLength(1);
  });

  test('characters that hide or turn text around are shown, lines stay', () => {
    expect(visible('a\u202Eb\u200B\u0000\r\nc\td')).toBe('a⟨U+202E⟩b⟨U+200B⟩⟨U+0000⟩\nc\td');
    expect(visible('x\u{E0041}y')).toBe('x⟨U+E0041⟩y');
    expect(visibleLine(`  a\n b ${'c'.repeat(300)}`, 10)).toMatch(/^a b c{6}… \(30\d characters\)$/);
  });
});
