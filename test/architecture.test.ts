// The house plan, held: who may import whom, no cycles, no area of tools forgotten.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../src');

/** Floors from the ground up. A file imports from lower floors or its own room. */
const floors: readonly (readonly string[])[] = [
  ['core', 'version.ts'],
  ['stores', 'observe', 'pages', 'clients'],
  ['sign-in'],
  ['platforms/okta', 'platforms/scalekit', 'platforms/oci', 'sandbox'],
  ['mcp', 'auth', 'chat'],
  ['http'],
  ['config-file.ts', 'config-faults.ts'],
  ['config-variables.ts', 'config-shown.ts'],
  ['config.ts'],
  ['config-schema.ts'],
  ['app.ts'],
  ['front-door.ts'],
  ['cli'],
  ['main.ts'],
];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

function roomOf(file: string): { room: string; floor: number } {
  for (const [floor, rooms] of floors.entries()) {
    const room = rooms.find((name) => file === name || file.startsWith(`${name}/`));
    if (room !== undefined) return { room, floor };
  }
  throw new Error(`${file} stands in no room of the plan`);
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = text.matchAll(/(?:^|\n)\s*(?:import|export)[^'"]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g);
  return [...found].map(([, fixed, lazy]) => relative(src, resolve(src, dirname(file), fixed ?? lazy ?? '')));
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

describe('the house plan', () => {
  test('a file imports from a lower floor or its own room, never up, never sideways', () => {
    const broken: string[] = [];
    for (const [file, targets] of imports) {
      const from = roomOf(file);
      for (const target of targets) {
        const to = roomOf(target);
        if (to.room !== from.room && to.floor >= from.floor) broken.push(`${file} → ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  test('the simulated tenants are an independent reading: sandbox and platforms do not know one another', () => {
    for (const [file, targets] of imports) {
      if (file.startsWith('sandbox/')) expect(targets.filter((target) => target.startsWith('platforms/'))).toEqual([]);
      if (file.startsWith('platforms/')) expect(targets.filter((target) => target.startsWith('sandbox'))).toEqual([]);
    }
  });

  test('no file imports itself through others', () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) throw new Error(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
      if (done.has(file)) return;
      for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  test('every area of tools stands in its platform’s list', () => {
    const areas = files.filter((file) => /^platforms\/[^/]+\/tools\//.test(file));
    for (const area of areas) {
      const exported = /export const (\w+Tools)\b/.exec(readFileSync(join(src, area), 'utf8'))?.[1];
      if (exported === undefined) continue;
      const index = readFileSync(join(src, dirname(dirname(area)), 'all-tools.ts'), 'utf8');
      // Once imported, and once in a toolset.
      const named = index.match(new RegExp(`\\b${exported}\\b`, 'g'))?.length ?? 0;
      expect(named, `${area} is not in its platform's all-tools.ts`).toBeGreaterThan(1);
    }
  });

  test('only config.ts reads the environment, and only cli/ and the front step write to stdout', () => {
    for (const file of files) {
      const text = readFileSync(join(src, file), 'utf8');
      if (file !== 'config.ts') expect(text, file).not.toMatch(/process\.env\b/);
      if (!file.startsWith('cli/')) expect(text, file).not.toMatch(/process\.stdout\b|\bconsole\.\w+\(/);
    }
  });

  test('every file says in its first line what it is, and is not too long for one thing', () => {
    for (const file of files) {
      const lines = readFileSync(join(src, file), 'utf8').split('\n');
      expect(lines[0], file).toMatch(/^\/\/ .{10,}/);
      expect(lines.length, file).toBeLessThanOrEqual(320);
    }
  });
});
