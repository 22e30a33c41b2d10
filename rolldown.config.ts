// The built program: dist/main.js and the parts that it loads when a command needs them, dependencies bundled in.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';
import { platforms } from './src/app.ts';
import { describeTool } from './src/core/lazy-tools.ts';
import { toolsOf } from './src/core/tool.ts';
import { inputSchemaOf, outputSchemaOf } from './src/mcp/schema.ts';

/**
 * Puts what a start needs of a platform's tools (names, access) in the place of its toolsets.ts. Their JSON Schemas go into
 * a file beside, which is read where a tenant of the platform is configured; their code is loaded at the first call.
 */
const listToolsFirst: Plugin = {
  name: 'list-tools-first',
  load(id) {
    const name = /\/src\/platforms\/(\w+)\/toolsets\.ts$/.exec(id.replaceAll('\\', '/'))?.[1];
    const platform = platforms.find((each) => each.name === name);
    if (!platform) return null;
    const data = Object.entries(platform.toolsets).map(([area, tools]) => [area, tools.map(describeTool)] as const);
    // One string: parsed faster than an object literal.
    const text = JSON.stringify(JSON.stringify(Object.fromEntries(data)));
    const schemas = toolsOf(platform).map((tool) => [
      tool.name,
      { input: inputSchemaOf(tool.input()), output: outputSchemaOf(tool.output()) },
    ]);
    const fileName = `schemas-${platform.name}.json`;
    this.emitFile({ type: 'asset', fileName, source: JSON.stringify(Object.fromEntries(schemas)) });
    return [
      "import { readFileSync } from 'node:fs';",
      "import { lazyToolsets } from '../../core/lazy-tools.ts';",
      `const readSchemas = () => JSON.parse(readFileSync(new URL('./${fileName}', import.meta.url), 'utf8'));`,
      "const load = () => import('./all-tools.ts').then(({ allToolsets }) => allToolsets);",
      `export const toolsets = lazyToolsets(JSON.parse(${text}), readSchemas, load);`,
    ].join('\n');
  },
};

/** Minified code has lost the licences of the libraries in it: they go into a file beside it. */
const collectLicences: Plugin = {
  name: 'collect-licences',
  generateBundle(_options, bundle) {
    const folders = new Set<string>();
    for (const output of Object.values(bundle)) {
      for (const id of output.type === 'chunk' ? output.moduleIds : []) {
        const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
        if (folder !== undefined) folders.add(folder);
      }
    }
    const notices = [...folders].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
      return `${name} ${version} (${license})\n\n${text}`;
    });
    const rule = `\n\n${'-'.repeat(80)}\n\n`;
    const source = `Castellan contains these libraries.${rule}${notices.join(rule)}\n`;
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES.txt', source });
  },
};

export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  // Native: it is loaded from its own package, where it could be installed.
  external: ['@napi-rs/keyring'],
  // Its main file finds its parts in a way that no bundler follows.
  resolve: { alias: { 'jsonc-parser': join(import.meta.dirname, 'node_modules/jsonc-parser/lib/esm/main.js') } },
  // A library of the authorization server's has one; our own code is held by the linter.
  checks: { eval: false },
  plugins: [listToolsFirst, collectLicences],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    // What every host session starts with, in one file: forty small ones cost a start more than their contents do.
    codeSplitting: { groups: [{ name: 'serve', test: /\/src\/cli\/serve\.ts$/ }] },
    // Flat: src/version.ts finds package.json one folder up, from dist as from src.
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // The authorization server tells what it keeps by the names of its classes. Told to keep all names, the bundler would
    // have every start write them anew.
    minify: {
      mangle: { keepNames: { class: true, function: false } },
      compress: { keepNames: { class: true, function: false } },
    },
  },
});
