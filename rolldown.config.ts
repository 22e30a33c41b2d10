// The built program: dist/main.js and the parts that it loads when a command needs them, dependencies bundled in.

import { defineConfig, type Plugin } from 'rolldown';
import { platforms } from './src/app.ts';
import type { Prebuilt } from './src/mcp/prebuilt.ts';
import { inputSchemaOf, outputSchemaOf } from './src/mcp/schema.ts';

/** Computes the JSON Schemas of all tools now instead of at every start. One string: parsed faster than an object literal. */
const prebuildSchemas: Plugin = {
  name: 'prebuild-schemas',
  load(id) {
    if (!id.replaceAll('\\', '/').endsWith('/src/mcp/prebuilt.ts')) return null;
    const tools = platforms.flatMap((platform) => platform.tools);
    const schemas: Record<string, Prebuilt> = Object.fromEntries(
      tools.map((tool) => [tool.name, { input: inputSchemaOf(tool.input), output: outputSchemaOf(tool.output) }]),
    );
    return `export const prebuilt = JSON.parse(${JSON.stringify(JSON.stringify(schemas))});`;
  },
};

export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  plugins: [prebuildSchemas],
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
