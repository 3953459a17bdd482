/** The licences that go with the bundles. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { notices } from '../scripts/notices';

const root = path.resolve(import.meta.dirname, '..');

test('name each package of a bundle and the documentation, with the whole licence', () => {
  const inputs = {
    'server/src/hosts/cli.ts': { bytes: 1, imports: [] },
    'node_modules/commander/index.js': { bytes: 1, imports: [] },
  };
  const text = notices([{ inputs, outputs: {} }]);
  expect(text).toMatch(/^@nginx\/reference-lib \S+ \(Apache-2\.0\)$/m);
  expect(text).toContain('END OF TERMS AND CONDITIONS');
  expect(text).toMatch(/^commander \S+ \(MIT\)$/m);
  expect(text).toContain(readFileSync(path.join(root, 'node_modules/commander/LICENSE'), 'utf8').trim());
});

test('are packed', () => {
  expect(readFileSync(path.join(root, '.vscodeignore'), 'utf8')).toContain('!dist/NOTICES.txt\n');
});
