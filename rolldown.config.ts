// The built program: dist/main.js and the parts that it loads when a command needs them, dependencies bundled in.

import { defineConfig } from 'rolldown';

export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
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
