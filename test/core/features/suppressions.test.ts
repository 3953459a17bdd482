/** Comments that ignore a finding: they take it away, and are pointed out when they take nothing or say no reason. */
import { describe, expect, test } from 'vitest';
import { applyEdits, findings, ignore, load, mapFiles } from '../../../server/src/core/index';

async function found(text: string, file = '/p/nginx.conf'): Promise<string[]> {
  const isFpm = file.endsWith('www.conf');
  const request = isFpm ? { nginx: [], fpm: [[file]] } : { nginx: [file], fpm: [] };
  const { project } = await load(mapFiles(new Map([[file, text]])), request);
  return findings(project, file)
    .filter(({ severity }) => severity !== 'hint')
    .map(({ code, message }) => (code === 'suppression' ? `${code}: ${message.slice(0, 7)}` : code));
}

const wrap = (body: string): string => `events {}\nhttp {\n${body}}\n`;

describe('a comment', () => {
  test('on the line before', async () => {
    expect(
      await found(wrap('  # upstream-medic: ignore=nginx/invalid-value a test of the parser\n  gzip onn;\n')),
    ).toEqual([]);
  });
  test('on the line itself', async () => {
    expect(await found(wrap('  gzip onn; # upstream-medic: ignore=nginx/invalid-value a test\n'))).toEqual([]);
  });
  test('for several rules', async () => {
    expect(
      await found(wrap('  # upstream-medic: ignore=nginx/argument-count,nginx/invalid-value both\n  gzip onn;\n')),
    ).toEqual([]);
  });
  test('for another rule, or too far away', async () => {
    expect(await found(wrap('  # upstream-medic: ignore=nginx/argument-count why\n  gzip onn;\n'))).toEqual([
      'suppression: This co',
      'nginx/invalid-value',
    ]);
    expect(await found(wrap('  # upstream-medic: ignore=nginx/invalid-value why\n\n  gzip onn;\n'))).toHaveLength(2);
  });
  test('without a reason', async () => {
    expect(await found(wrap('  gzip onn; # upstream-medic: ignore=nginx/invalid-value\n'))).toEqual([
      'suppression: Say why',
    ]);
  });
  test('in a pool', async () => {
    expect(await found('[www]\n; upstream-medic: ignore=php-fpm/syntax kept for later\n# x\n', '/p/www.conf')).toEqual(
      [],
    );
  });
});

test('the light bulb writes it above the line, in its indentation', async () => {
  const text = wrap('    gzip onn;\r\n');
  const { project } = await load(mapFiles(new Map([['/p/nginx.conf', text]])), { nginx: ['/p/nginx.conf'], fpm: [] });
  const [finding] = findings(project, '/p/nginx.conf');
  const fixed = applyEdits(text, ignore(project.sources.get('/p/nginx.conf')!, finding!).edits());
  expect(fixed).toContain('    # upstream-medic: ignore=nginx/invalid-value (say why)\r\n    gzip onn;');
  expect(await found(fixed)).toEqual(['suppression: Say why']);
});
