// The little markup that models write (CommonMark: headings §4.2, fenced code §4.5), as it stands in a terminal.

import { expect, test } from 'vitest';
import { createTextWriter } from '../../src/chat/terminal-text.ts';

function write(text: string, piece: number): string {
  let written = '';
  const writer = createTextWriter({
    write: (part) => {
      written += part;
    },
    width: () => 40,
    paint: (_style, part) => part,
  });
  for (let at = 0; at < text.length; at += piece) writer.add(text.slice(at, at + piece));
  writer.end();
  return written;
}

test.each([1, 3, 1000])('marks of headings and code leave no space and no line behind (pieces of %i)', (piece) => {
  expect(write('# Who is locked out\n\nRun\n\n```sh\n  castellan call x\n```\n\nor `this`.', piece)).toBe(
    'Who is locked out\n\nRun\n\n  castellan call x\n\nor this.\n',
  );
  expect(write('Code:\n```\na\n\nb', piece)).toBe('Code:\na\n\nb\n');
});
