// The interface suite: needs the packed extension, a VS Code host and Chromium, and is slow, so it is no part of plain `vitest`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'ui',
    include: ['test/ui/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 90_000,
    // A workbench is a server, an extension host and a browser: one at a time.
    fileParallelism: false,
  },
});
