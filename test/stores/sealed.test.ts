// What lies sealed in a store: only the key opens it, and only where it lies.

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openText, sealText } from '../../src/stores/sealed.ts';

const older = randomBytes(32);
const newer = randomBytes(32);

test('opens what it sealed, and shows nothing of it', () => {
  const sealed = sealText([newer], 'person:1', 'refresh-token-of-somebody');
  expect(sealed).not.toContain('refresh');
  expect(openText([newer], 'person:1', sealed)).toBe('refresh-token-of-somebody');
  expect(sealText([newer], 'person:1', 'refresh-token-of-somebody')).not.toBe(sealed);
});

test('the newest key seals, older ones still open; a removed one does not', () => {
  const old = sealText([older], 'a', 'text');
  expect(openText([newer, older], 'a', old)).toBe('text');
  expect(openText([newer], 'a', old)).toBeUndefined();
  expect(openText([newer], 'a', sealText([newer, older], 'a', ''))).toBe('');
});

test('what was moved, changed, cut or never sealed is not opened', () => {
  const sealed = sealText([newer], 'code:1', 'text');
  expect(openText([newer], 'code:2', sealed)).toBeUndefined();
  for (let place = 2; place < sealed.length; place++) {
    for (const other of ['A', 'B', 'C', 'D', 'Q', 'g', 'w']) {
      const changed = sealed.slice(0, place) + other + sealed.slice(place + 1);
      if (changed !== sealed) expect(openText([newer], 'code:1', changed)).toBeUndefined();
    }
  }
  for (const text of ['', 'text', '1.', '1.AAAA', sealed.slice(0, -4), sealed.slice(2)])
    expect(openText([newer], 'code:1', text)).toBeUndefined();
});
