/** `check`: formats, exit status, and what paths can be. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, OTHER, run, SHOP } from './program';

interface Json {
  file: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
  severity: number;
  code: string;
  source: string;
  message: string;
  href: string;
  related: { file: string; range: Json['range']; message: string }[];
  fixes: {
    id: string;
    title: string;
    preferred: boolean;
    edits: { file: string; range: Json['range']; newText: string }[];
  }[];
}

async function json(
  root: string,
  ...args: string[]
): Promise<{ status: number | null; found: Json[]; stderr: string }> {
  const { status, stdout, stderr } = await run(root, ['check', '--format', 'json', ...args]);
  return { status, found: JSON.parse(stdout), stderr };
}

const HEALTHY = {
  'nginx/nginx.conf': 'events {}\nhttp {\n  server {\n    listen 80;\n    return 204;\n  }\n}\n',
};
const BROKEN = 'events {}\nhttp {\n  server {\n    listen 80\n    return 204;\n  }\n}\n';

describe('check: paths', () => {
  it('checks the current folder as one project, nginx and pools together', async () => {
    const { status, found } = await json(folder(SHOP));
    expect(status).toBe(1);
    const mismatch = found.find(({ code }) => code === 'links/pool-address-mismatch')!;
    expect(mismatch.file).toBe('nginx/conf.d/shop.conf');
    expect(mismatch.related[0]!.file).toBe('php/8.2/fpm/pool.d/www.conf');
  });

  it('links files that are named together, and follows their includes', async () => {
    const { found } = await json(folder(SHOP), 'nginx/nginx.conf', 'php/8.2/fpm/pool.d/www.conf');
    expect(found.map(({ code }) => code)).toContain('links/pool-address-mismatch');
    expect(new Set(found.map(({ file }) => file))).toEqual(new Set(['nginx/conf.d/shop.conf']));
  });

  it('prints paths below the current folder as relative, others as absolute', async () => {
    const root = folder({ ...SHOP, 'elsewhere/x': '' });
    const { found } = await json(join(root, 'elsewhere'), '../nginx/nginx.conf');
    expect(found[0]!.file).toBe(join(root, 'nginx/conf.d/shop.conf'));
  });

  it('reads standard input as the file "-", whose includes start from here', async () => {
    const root = folder({ 'inner.conf': 'server {\n  listen 80\n  return 204;\n}\n' });
    const input = 'events {}\nhttp { include inner.conf; include missing.conf; }\n';
    const { status, stdout } = await run(root, ['check', '--format', 'json', '-'], { input });
    const found: Json[] = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(found.map(({ file, code }) => `${file} ${code}`)).toContain('- nginx/include-missing');
    const fpm = await run(root, ['check', '-'], {
      input: '[www]\nlisten\nuser = a\npm = static\npm.max_children = 1\n',
    });
    expect(fpm.stdout).toContain('-:2:1 error');
    expect(fpm.stdout).toContain('(php-fpm/');
  });

  it('takes the language it is told', async () => {
    const root = folder({ 'a.conf': '[www]\nlisten = 9000\npm = static\npm.max_children = 1\nuser = x\n' });
    expect((await run(root, ['check', 'a.conf'])).status).toBe(0);
    expect((await run(root, ['check', '--language', 'nginx', 'a.conf'])).status).toBe(1);
  });

  it('says what cannot be read, checks the rest, and exits with 2', async () => {
    const root = folder({ 'nginx.conf': BROKEN });
    symlinkSync('nowhere', join(root, 'dangling.conf'));
    mkdirSync(join(root, 'empty'));
    const { status, stdout, stderr } = await run(root, ['check', 'missing.conf', 'dangling.conf', 'nginx.conf', '']);
    expect(status).toBe(2);
    expect(stdout).toContain('nginx.conf:5:5 error');
    expect(stderr.split('\n')).toEqual([
      'upstream-medic: missing.conf: no such file or directory',
      'upstream-medic: dangling.conf: no such file or directory',
      'upstream-medic: "": no such file or directory',
      '',
    ]);
    expect(await run(root, ['check', 'empty'])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'upstream-medic: no nginx or php-fpm configuration found\n',
    });
  });

  it('sends error logs to explain', async () => {
    const root = folder({ 'error.log': `${OTHER}\n`.repeat(5) });
    const { status, stderr } = await run(root, ['check', 'error.log']);
    expect(status).toBe(2);
    expect(stderr).toContain('upstream-medic explain error.log');
  });

  it('reads a file with two names once', async () => {
    const root = folder({
      'nginx/nginx.conf': 'events {}\nhttp { include sites-enabled/*; }\n',
      'nginx/sites-available/shop': 'server {\n  listen 80\n  return 204;\n}\n',
    });
    mkdirSync(join(root, 'nginx/sites-enabled'));
    symlinkSync('../sites-available/shop', join(root, 'nginx/sites-enabled/shop'));
    const { found } = await json(root);
    expect(new Set(found.map(({ file }) => file))).toEqual(new Set(['nginx/sites-enabled/shop']));
  });

  it('reads files that include each other', async () => {
    const root = folder({ 'nginx/a.conf': 'http { include b.conf; }\n', 'nginx/b.conf': 'include a.conf;\n' });
    const { found } = await json(root);
    expect(found.map(({ code }) => code)).toContain('nginx/include-cycle');
  });

  it('resolves includes from --prefix', async () => {
    const root = folder({ 'main/nginx.conf': 'events {}\ninclude inner.conf;\n', 'other/inner.conf': 'http { x }\n' });
    expect((await json(root, '--prefix', 'other', 'main/nginx.conf')).found[0]!.file).toBe('other/inner.conf');
  });
});

describe('check: bad input', () => {
  it.each([
    ['an empty file', '', 0],
    ['a binary file', new Uint8Array([0, 1, 2, 3, 255, 0]), 2],
    ['a line of a megabyte', `server_name ${'x'.repeat(1024 * 1024)}\n`, 1],
    ['100 000 open blocks', 'a {\n'.repeat(100_000), 1],
    ['100 000 closed blocks', 'http {'.repeat(100_000) + '}'.repeat(100_000), 1],
    ['Latin-1', Buffer.from('server {\n  # caf\xe9\n  listen 80;\n}\n', 'latin1'), 0],
    ['nothing but brackets', '}}}}{{{{', 1],
  ])(
    'survives %s',
    async (_, text, expected) => {
      const root = folder({ 'nginx.conf': text });
      for (const format of ['text', 'json', 'sarif', 'github']) {
        const { status, stdout, stderr } = await run(root, ['check', '--format', format, 'nginx.conf']);
        expect(stderr).not.toContain('internal error');
        expect(status).toBe(expected);
        if (format === 'json' || format === 'sarif') JSON.parse(stdout);
        if (format === 'text') for (const line of stdout.split('\n')) expect(line.length).toBeLessThan(300);
      }
    },
    60_000,
  );

  it('prints no control characters of a file raw', async () => {
    const root = folder({
      'nginx.conf': 'events {}\nhttp {\n  evil\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e "x\r";\n}\n',
    });
    for (const format of ['text', 'json', 'sarif', 'github']) {
      const { stdout } = await run(root, [
        'check',
        '--format',
        format,
        '--rule',
        'nginx/byte-order-mark=error',
        'nginx.conf',
      ]);
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('check: text', () => {
  it('is silent but for one line where all is well', async () => {
    expect(await run(folder(HEALTHY), ['check'])).toEqual({
      status: 0,
      stdout: '1 file checked: no problems\n',
      stderr: '',
    });
  });

  it('shows place, line, caret, fix and counts', async () => {
    const { status, stdout } = await run(folder(SHOP), ['check']);
    expect(status).toBe(1);
    const lines = stdout.split('\n');
    const at = lines.findIndex((line) => line.includes('(links/pool-address-mismatch)'));
    expect(lines[at]).toMatch(/^nginx\/conf\.d\/shop\.conf:6:16 error Nothing in this project listens on /);
    expect(lines[at + 1]).toBe('    fastcgi_pass unix:/run/php/php8.1-fpm.sock; # php');
    expect(lines[at + 2]).toBe(`    ${' '.repeat(13)}${'^'.repeat(29)}`);
    expect(lines[at + 3]).toMatch(/^ {2}see php\/8\.2\/fpm\/pool\.d\/www\.conf:4:1 /);
    expect(lines[at + 4]).toMatch(/^ {2}fix: Point fastcgi_pass at pool "www"/);
    expect(lines.at(-2)).toBe('2 errors in 1 file (3 checked)');
  });

  it('shows hints only to those who ask', async () => {
    const root = folder(SHOP);
    expect((await run(root, ['check'])).stdout).not.toContain(' hint ');
    expect((await run(root, ['check', '--hints'])).stdout).toContain(' hint ');
    const failing = await run(root, ['check', '--fail-on', 'hint']);
    expect(failing).toMatchObject({ status: 1 });
    expect(failing.stdout).toContain(' hint ');
  });
});

describe('check: severities', () => {
  const only = (severity: string): string[] => [
    ...['--rule', 'nginx/missing-semicolon=off', '--rule', `links/pool-address-mismatch=${severity}`],
    ...['--rule', 'links/socket-permission=off'],
  ];

  it.each([
    ['warning', 'error', 0],
    ['warning', 'warning', 1],
    ['information', 'warning', 0],
    ['information', 'information', 1],
    ['error', 'error', 1],
    ['off', 'error', 0],
  ])('a rule set to %s with --fail-on %s exits with %d', async (severity, limit, status) => {
    expect((await run(folder(SHOP), ['check', '--fail-on', limit, ...only(severity)])).status).toBe(status);
  });
});

describe('check: json', () => {
  it('has the fixed shape', async () => {
    const { found } = await json(folder(SHOP));
    for (const finding of found) {
      expect(Object.keys(finding)).toEqual(
        expect.arrayContaining(['file', 'range', 'severity', 'code', 'source', 'message', 'href', 'related', 'fixes']),
      );
      expect(finding.source).toBe('upstream-medic');
      expect([1, 2, 3, 4]).toContain(finding.severity);
      expect(finding.href).toMatch(new RegExp(`^https://.*/docs/rules/${finding.code}\\.md$`));
    }
    const mismatch = found.find(({ code }) => code === 'links/pool-address-mismatch')!;
    expect(mismatch).toMatchObject({
      range: { start: { line: 5, character: 15 }, end: { line: 5, character: 44 } },
      severity: 1,
    });
    expect(mismatch.fixes[0]).toMatchObject({
      id: 'align-address',
      preferred: true,
      edits: [{ file: 'nginx/conf.d/shop.conf', range: mismatch.range, newText: 'unix:/run/php/php8.2-fpm.sock' }],
    });
    expect(found.some(({ severity }) => severity === 4)).toBe(true);
  });

  it('is an empty array where all is well', async () => {
    expect((await run(folder(HEALTHY), ['check', '--format', 'json'])).stdout).toBe('[]\n');
  });

  it('counts characters in UTF-16 and lines with CRLF', async () => {
    const root = folder({ 'nginx.conf': 'server {\r\n  root /😀é\r\n  listen 80;\r\n}\r\n' });
    const { found } = await json(root, 'nginx.conf');
    const missing = found.find(({ code }) => code === 'nginx/missing-semicolon')!;
    expect(missing.fixes[0]!.edits[0]!.range.start).toEqual({ line: 1, character: 11 });
  });
});

describe('check: sarif', () => {
  it('is SARIF 2.1.0', async () => {
    const root = folder({ ...SHOP, 'nginx/conf.d/a b#ä.conf': 'server { listen 80 }\n' });
    const log = JSON.parse((await run(root, ['check', '--format', 'sarif'])).stdout);
    expect(log.version).toBe('2.1.0');
    expect(log.$schema).toMatch(/sarif-2\.1\.0\.json$/);
    const [sarif] = log.runs;
    expect(sarif.columnKind).toBe('utf16CodeUnits');
    expect(sarif.originalUriBaseIds.SRCROOT.uri).toMatch(/^file:\/\/\/.*\/$/);
    expect(sarif.invocations).toEqual([{ executionSuccessful: true }]);
    const { driver } = sarif.tool;
    expect(driver).toMatchObject({ name: 'upstream-medic', version: expect.stringMatching(/^\d/) });
    expect(sarif.results.length).toBeGreaterThan(1);
    for (const result of sarif.results) {
      expect(driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(['error', 'warning', 'note']).toContain(result.level);
      expect(result.message.text).not.toBe('');
      const { artifactLocation, region } = result.locations[0].physicalLocation;
      expect(artifactLocation).toMatchObject({ uriBaseId: 'SRCROOT', uri: expect.stringMatching(/^[\w./%-]+$/) });
      expect(region.startLine).toBeGreaterThan(0);
      expect(region.startColumn).toBeGreaterThan(0);
      expect(region.endLine * 1e6 + region.endColumn).toBeGreaterThanOrEqual(
        region.startLine * 1e6 + region.startColumn,
      );
    }
    expect(
      sarif.results.map(
        (result: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
          result.locations[0]!.physicalLocation.artifactLocation.uri,
      ),
    ).toContain('nginx/conf.d/a%20b%23%C3%A4.conf');
    for (const rule of driver.rules) {
      expect(rule).toMatchObject({
        shortDescription: { text: expect.any(String) },
        helpUri: expect.stringContaining(rule.id),
      });
    }
    const mismatch = sarif.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'links/pool-address-mismatch');
    expect(mismatch.locations[0].physicalLocation.region).toEqual({
      startLine: 6,
      startColumn: 16,
      endLine: 6,
      endColumn: 45,
    });
    expect(mismatch.relatedLocations[0].physicalLocation.artifactLocation.uri).toBe('php/8.2/fpm/pool.d/www.conf');
    expect(mismatch.fixes[0].artifactChanges[0].replacements[0]).toEqual({
      deletedRegion: { startLine: 6, startColumn: 16, endLine: 6, endColumn: 45 },
      insertedContent: { text: 'unix:/run/php/php8.2-fpm.sock' },
    });
  });
});

describe('check: github', () => {
  it('escapes what would end a value', async () => {
    const root = folder({});
    writeFileSync(join(root, 'a,b:c%.conf'), 'events {}\nhttp { server { listen 80 } }\n');
    const { status, stdout } = await run(root, ['check', '--format', 'github', 'a,b:c%.conf']);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^::error file=a%2Cb%3Ac%25\.conf,line=2,endLine=2,col=\d+,endColumn=\d+,title=nginx\/[a-z-]+::.+\n/,
    );
  });
});
