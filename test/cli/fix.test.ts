/** `fix`: what it changes, what it leaves alone, and what it says. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, NO_SOCKET, REFUSED, run, SHOP, shell } from './program';

const SHOP_CONF = 'nginx/conf.d/shop.conf';
const FIXED = SHOP[SHOP_CONF].replace('server_name example.com', 'server_name example.com;').replace('8.1', '8.2');

describe('fix', () => {
  it('prints a diff that patch(1) takes, and changes nothing', async () => {
    const root = folder(SHOP);
    const { status, stdout, stderr } = await run(root, ['fix', '--dry-run']);
    expect(status).toBe(0);
    expect(stdout).toContain(`--- a/${SHOP_CONF}\n+++ b/${SHOP_CONF}\n@@ `);
    expect(stdout).toContain('\n-\tserver_name example.com\n+\tserver_name example.com;\n');
    expect(stderr).toContain(`would fix: ${SHOP_CONF}: `);
    expect(stderr).toContain('then run: nginx -t && systemctl reload nginx\n');
    expect(readFileSync(join(root, SHOP_CONF), 'utf8')).toBe(SHOP[SHOP_CONF]);
    const patched = await shell(root, '"$NODE" "$MEDIC" fix --dry-run 2>/dev/null | patch -p1');
    expect(patched.status).toBe(0);
    expect(readFileSync(join(root, SHOP_CONF), 'utf8')).toBe(FIXED);
  });

  it('is a dry run unless told to write, and says so', async () => {
    const root = folder(SHOP);
    const { stdout, stderr } = await run(root, ['fix']);
    expect(stderr).toContain('--write');
    expect(stdout).toBe((await run(root, ['fix', '--dry-run'])).stdout);
  });

  it('writes exactly the fixes, and nothing the second time', async () => {
    const root = folder(SHOP);
    const { status, stdout, stderr } = await run(root, ['fix', '--write']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain(`fixed: ${SHOP_CONF}: `);
    expect(readFileSync(join(root, SHOP_CONF), 'utf8')).toBe(FIXED);
    expect(readFileSync(join(root, 'nginx/nginx.conf'), 'utf8')).toBe(SHOP['nginx/nginx.conf']);
    expect(readdirSync(join(root, 'nginx/conf.d'))).toEqual(['shop.conf']);
    expect((await run(root, ['check'])).status).toBe(0);
    const before = statSync(join(root, SHOP_CONF)).ino;
    expect(await run(root, ['fix', '--write'])).toEqual({
      status: 0,
      stdout: '',
      stderr: 'nothing to fix in the files\n',
    });
    expect(statSync(join(root, SHOP_CONF)).ino).toBe(before);
  });

  it('keeps CRLF, comments, byte order, mode and links', async () => {
    const text =
      'events {}\r\nhttp {\r\n\t# caf\xe9  \r\n\tserver {\r\n\t\tlisten 80   # no end\r\n\t\treturn 204;\r\n\t}\r\n}\r\n';
    const root = folder({ 'nginx/real.conf': Buffer.from(text, 'latin1') });
    chmodSync(join(root, 'nginx/real.conf'), 0o640);
    symlinkSync('real.conf', join(root, 'nginx/nginx.conf'));
    const { status } = await run(root, ['fix', '--write', 'nginx/nginx.conf']);
    expect(status).toBe(0);
    expect(readFileSync(join(root, 'nginx/real.conf'), 'latin1')).toBe(text.replace('listen 80', 'listen 80;'));
    expect(statSync(join(root, 'nginx/real.conf')).mode & 0o777).toBe(0o640);
    expect(lstatSync(join(root, 'nginx/nginx.conf')).isSymbolicLink()).toBe(true);
  });

  it('edits a file with two names once', async () => {
    const root = folder({
      'nginx/nginx.conf': 'events {}\nhttp { include sites-enabled/*; include sites-available/shop; }\n',
      'nginx/sites-available/shop': 'server {\n  listen 80\n  return 204;\n}\n',
    });
    mkdirSync(join(root, 'nginx/sites-enabled'));
    symlinkSync('../sites-available/shop', join(root, 'nginx/sites-enabled/shop'));
    await run(root, ['fix', '--write']);
    expect(readFileSync(join(root, 'nginx/sites-available/shop'), 'utf8')).toBe(
      'server {\n  listen 80;\n  return 204;\n}\n',
    );
  });

  it('takes in lower findings only when they are raised', async () => {
    const root = folder({
      'nginx.conf': 'events {}\nhttp { server { location / { proxy_pass http://10.0.0.1:81; } } }\n',
    });
    expect((await run(root, ['fix', 'nginx.conf'])).stdout).toBe('');
    const raised = await run(root, ['fix', '--rule', 'nginx/no-timeouts=warning', 'nginx.conf']);
    expect(raised.stdout).toContain('+http {');
    expect(raised.stdout).toContain('proxy_read_timeout');
  });

  it('exits with 1 when something is left that it cannot fix', async () => {
    const root = folder({ 'nginx.conf': 'events {}\nhttp { include gone.conf; }\n' });
    expect((await run(root, ['fix', '--write', 'nginx.conf'])).status).toBe(1);
  });

  it('exits with 2 for a path that is not there, and prints a diff for standard input', async () => {
    const root = folder({});
    expect((await run(root, ['fix', '--write', 'gone.conf'])).status).toBe(2);
    const { stdout } = await run(root, ['fix', '-'], { input: 'events {}\nhttp { server { listen 80 } }\n' });
    expect(stdout).toContain('--- a/-\n+++ b/-\n');
  });
});

describe('fix --log', () => {
  it('applies what explain prefers for the log, and names what no edit can do', async () => {
    const root = folder({ ...SHOP, 'error.log': `${NO_SOCKET}\n${NO_SOCKET}\n${REFUSED}\n` });
    const args = ['fix', '--write', '--log', 'error.log', '--config', 'nginx/nginx.conf', '--fpm', 'php'];
    const { status, stderr } = await run(root, args);
    expect(status).toBe(0);
    expect(readFileSync(join(root, SHOP_CONF), 'utf8')).toBe(SHOP[SHOP_CONF].replace('8.1', '8.2'));
    expect(stderr.match(/^fixed: /gm)).toHaveLength(1);
    expect(stderr).toMatch(/^not in the files: .*systemctl restart/m);
    const again = await run(root, args);
    expect(again.stderr).toContain('nothing to fix in the files\n');
    expect(existsSync(join(root, 'systemd'))).toBe(false);
  });

  it('takes the paths as the configuration', async () => {
    const root = folder({ ...SHOP, 'error.log': `${NO_SOCKET}\n` });
    const { stdout } = await run(root, ['fix', '--log', 'error.log', '.']);
    expect(stdout).toContain('+\t\tfastcgi_pass unix:/run/php/php8.2-fpm.sock; # php\n');
  });

  it('exits with 2 when the log is not there', async () => {
    expect((await run(folder(SHOP), ['fix', '--log', 'gone.log'])).status).toBe(2);
  });
});
