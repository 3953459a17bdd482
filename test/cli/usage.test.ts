/** What is said to those who call the program wrongly, and how it behaves among other programs. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folder, REFUSED, run, SHOP, shell } from './program';

describe('usage', () => {
  it('prints its version and its help on stdout', async () => {
    const root = folder({});
    const version = await run(root, ['--version']);
    expect(version).toMatchObject({ status: 0, stderr: '' });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await run(root, ['--help']);
    expect(help.status).toBe(0);
    for (const command of ['check', 'explain', 'fix', 'rules']) expect(help.stdout).toContain(`\n  ${command} `);
    expect(help.stdout).not.toContain('diagnose');
    for (const command of ['check', 'explain', 'fix', 'rules']) {
      const page = await run(root, [command, '--help']);
      expect(page.status).toBe(0);
      expect(Math.max(...page.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  it.each([
    [[], 'Usage: upstream-medic'],
    [['chekc'], "upstream-medic: unknown command 'chekc'\n(Did you mean check?)"],
    [['check', '--formt', 'json'], "unknown option '--formt'"],
    [['check', '--format', 'xml'], 'text, json, sarif, github'],
    [['check', '--fail-on', 'never'], 'error, warning, information, hint'],
    [['check', '--nginx-version', '1.x'], 'X.Y.Z'],
    [['check', '--context', 'http,sever'], '"sever" is no block'],
    [['check', '--rule', 'nginx/no-timeouts'], 'id=severity'],
    [['check', '--rule', 'nginx/no-timeouts=fatal'], 'id=severity'],
    [['check', '--rule', 'nginx/no-timeout=off'], 'did you mean "nginx/no-timeouts"?'],
    [['check', '--language', 'apache'], 'nginx, php-fpm'],
    [['explain', 'missing.log'], 'upstream-medic: missing.log: no such file or directory'],
    [['explain', '.'], 'upstream-medic: .: is a folder'],
    [['fix', '--write', '--dry-run'], 'cannot be used with'],
    [['fix', '--write', '-'], 'standard input cannot be changed'],
    [['fix', '--config', 'nginx.conf'], 'go with --log'],
    [['rules', 'no-timeout'], 'did you mean "nginx/no-timeouts"?'],
  ])('%j exits with 2 and says why on stderr', async (args, message) => {
    const { status, stdout, stderr } = await run(folder({}), args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('ends quietly when the reader has seen enough', async () => {
    const root = folder({
      'error.log': `${REFUSED}\n`.repeat(20_000),
      'nginx.conf': 'server {\n  listen 80\n  return 204;\n}\n'.repeat(3000),
    });
    const log = await shell(root, '"$NODE" "$MEDIC" explain --format jsonl error.log | head -n 1');
    expect(log.stdout).toMatch(/^\{"line":1,.*\}\n$/);
    expect(log.stderr).toBe('');
    const check = await shell(root, '"$NODE" "$MEDIC" check --format json nginx.conf | head -n 1');
    expect(check).toEqual({ status: 0, stdout: '[\n', stderr: '' });
  });

  it.skipIf(process.platform === 'win32')('waits for a pipe that somebody made not to wait', async () => {
    const root = folder({ 'nginx.conf': `events {}\nhttp {\n${'lissten 80;\n'.repeat(1000)}}\n` });
    const { stdout } = await run(root, ['check', 'nginx.conf']);
    expect(stdout.length).toBeGreaterThan(100_000);
    const notWaiting = "perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); exec @ARGV'";
    const slow = await shell(root, `${notWaiting} "$NODE" "$MEDIC" check nginx.conf | (sleep 0.5; cat)`);
    expect(slow.stdout).toBe(stdout);
    expect(slow.stderr).toBe('');
  });

  it.skipIf(process.platform === 'win32')(
    'gives the exit status alone where the output goes to /dev/null',
    async () => {
      const root = folder(SHOP);
      const { stdout, stderr } = await shell(root, '"$NODE" "$MEDIC" check > /dev/null; echo $?');
      expect({ stdout, stderr }).toEqual({ stdout: '1\n', stderr: '' });
    },
  );

  it.skipIf(!existsSync('/dev/full'))('says that it cannot write', async () => {
    const root = folder(SHOP);
    const full = await shell(root, '"$NODE" "$MEDIC" check > /dev/full');
    expect(full).toEqual({ status: 2, stdout: '', stderr: 'upstream-medic: cannot write: ENOSPC\n' });
  });

  it('colours only where it is asked to', async () => {
    const root = folder(SHOP);
    expect((await run(root, ['check'])).stdout).not.toContain('\u001b');
    expect((await run(root, ['check'], { env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[31m');
    expect((await run(root, ['check'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
  });

  it('lists rules, causes and remedies, and prints one page', async () => {
    const root = folder({});
    const list = await run(root, ['rules']);
    expect(list.status).toBe(0);
    for (const id of ['links/pool-address-mismatch', 'connection-refused', 'align-address'])
      expect(list.stdout).toContain(id);
    const page = await run(root, ['rules', 'connection-refused']);
    expect(page.status).toBe(0);
    expect(page.stdout).toContain('Nothing listens on the upstream address');
    expect(page.stdout).toContain('/docs/causes/connection-refused.md');
    expect((await run(root, ['rules', 'pool-address-mismatch'])).stdout).toContain('links/pool-address-mismatch');
  });
});
