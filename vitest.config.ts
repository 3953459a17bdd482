// The suites that need no VS Code: `npx vitest --project unit` for one of them.
import { defineConfig } from 'vitest/config';

// These run real programs, one file at a time: two cores are soon busy with nginx and php-fpm.
const real = { testTimeout: 30_000, hookTimeout: 60_000, fileParallelism: false };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          // A limit against hanging, not a claim of speed: a busy machine may take long.
          testTimeout: 60_000,
          exclude: ['test/oracle/**', 'test/healing/**', 'test/lab/**', 'test/host/**', 'test/ui/**'],
        },
      },
      { test: { name: 'oracle', include: ['test/oracle/**/*.test.ts'], ...real } },
      { test: { name: 'healing', include: ['test/healing/**/*.test.ts', 'test/lab/**/*.test.ts'], ...real } },
    ],
  },
});
