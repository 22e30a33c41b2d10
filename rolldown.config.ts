// The built program: dist/main.js and the parts that it loads when a command needs them, dependencies bundled in.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';
import { platforms } from './src/app.ts';
import { toolsOf } from './src/core/tool.ts';
import type { Prebuilt } from './src/mcp/prebuilt.ts';
import { inputSchemaOf, outputSchemaOf } from './src/mcp/schema.ts';

/** Computes the JSON Schemas of all tools now instead of at every start. One string: parsed faster than an object literal. */
const prebuildSchemas: Plugin = {
  name: 'prebuild-schemas',
  load(id) {
    if (!id.replaceAll('\\', '/').endsWith('/src/mcp/prebuilt.ts')) return null;
    const tools = platforms.flatMap(toolsOf);
    const schemas: Record<string, Prebuilt> = Object.fromEntries(
      tools.map((tool) => [tool.name, { input: inputSchemaOf(tool.input()), output: outputSchemaOf(tool.output()) }]),
    );
    return `export const prebuilt = JSON.parse(${JSON.stringify(JSON.stringify(schemas))});`;
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
  plugins: [prebuildSchemas, collectLicences],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    // Flat: src/version.ts finds package.json one folder up, from dist as from src.
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    minify: true,
  },
});
