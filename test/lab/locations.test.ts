/** The location that an explanation shows is the one that nginx chose: nginx says it in a header of its answer. */
import { beforeAll, expect, it } from 'vitest';
import { describeReal } from '../real/programs';
import { freePort, type Scene } from '../real/scene';
import { ask } from './client';
import { explained, type Lab, openLab, placeTexts } from './lab';

/** Each location says which it is (but for dollars, which are variables there); nobody listens behind any of them. */
const said = (name: string, more = ''): string => `add_header X-Location "${name.replaceAll('$', '')}" always; ${more}`;
const pass = (name: string, more = ''): string => said(name, `proxy_pass http://127.0.0.1:<refused>; ${more}`);

const SERVER = `
    location = /exact { ${pass('= /exact')} }
    location /exact { ${pass('/exact')} }
    location /images/ { ${pass('/images/')} }
    location ^~ /images/raw/ { ${pass('^~ /images/raw/')} }
    location ~ \\.(gif|jpg)$ { ${pass('~ \\\\.(gif|jpg)$')} }
    location ~* \\.PNG$ { ${pass('~* \\\\.PNG$')} }
    location ~ ^/images/(\\d+)/ { ${pass('~ ^/images/(\\\\d+)/')} }
    location /nested/ {
        ${pass('/nested/')}
        location /nested/deep/ { ${pass('/nested/deep/')} }
        location ~ \\.jpg$ { ${pass('~ \\\\.jpg$')} }
        location = /nested/one.gif { ${pass('= /nested/one.gif')} }
    }
    location ~ ^/users/ {
        ${pass('~ ^/users/')}
        location ~ /photo$ { ${pass('~ /photo$')} }
    }
    location /old/ { rewrite ^/old/(.*)$ /new/$1 last; }
    location /new/ { ${pass('/new/')} }
    location /kept/ { rewrite ^/kept/(.*)$ /new/$1 break; ${pass('/kept/')} }
    location /mapped/ { ${said('/mapped/', 'proxy_pass http://127.0.0.1:<refused>/inner/;')} }
    location /inner/ { ${pass('/inner/')} }
    location /a-b { ${pass('/a-b')} }
    location /with-if/ {
        ${said('/with-if/')}
        if ($arg_to) { proxy_pass http://127.0.0.1:<refused>; }
        proxy_pass http://127.0.0.1:<refused2>;
    }
    location /falls/ { ${said('/falls/', 'error_page 502 = @fallback; proxy_pass http://127.0.0.1:<refused2>;')} }
    location @fallback { ${pass('@fallback')} }
    location / { ${pass('/')} }
`;

const PATHS: readonly (readonly [path: string, location?: string])[] = [
  ['/exact'],
  ['/exact/more'],
  ['/exactly'],
  ['/images/a'],
  ['/images/a.gif'],
  ['/images/raw/a.gif'],
  ['/images/a.png'],
  ['/images/100/a'],
  ['/images/100/a.jpg'],
  ['/nested/a'],
  ['/nested/a.jpg'],
  ['/nested/a.gif'],
  ['/nested/one.gif'],
  ['/nested/deep/a'],
  ['/nested/deep/a.gif'],
  ['/nested/deep/a.jpg'],
  ['/users/1'],
  ['/users/1/photo'],
  ['/old/a'],
  ['/old/a.gif'],
  ['/new/a'],
  ['/kept/a'],
  ['/mapped/a'],
  ['/inner/a'],
  ['/%61-b/c'],
  ['//a-b//c'],
  ['/x/../a-b/./c?q=/exact'],
  ['/with-if/a?to=1', '/with-if/'],
  ['/with-if/b', '/with-if/'],
  ['/anything'],
];

async function places(scene: Scene): Promise<Map<string, string>> {
  return new Map([
    ['folder', scene.folder],
    ['refused', String(await freePort())],
    ['refused2', String(await freePort())],
  ]);
}

describeReal('the location of a request', ['nginx'], () => {
  let lab: Lab;
  beforeAll(async () => {
    let close = async (): Promise<void> => {};
    lab = await openLab(
      { faults: [{ name: 'none', site: 'return 404;', server: SERVER, cause: '', got: 404 }], places },
      (end) => {
        close = end;
      },
    );
    return close;
  });

  it.each(PATHS.map(([path, known]) => ({ path, known })))('$path', async ({ path, known }) => {
    const reply = await ask(lab.port, path);
    expect(reply.status).toBe(502);
    const chosen = known ?? /^X-Location: (.*)$/m.exec(reply.text)?.[1]?.trim();
    expect(chosen).toBeTruthy();
    const found = await explained(lab, 'connection-refused', path.split('?')[0]!);
    const shown = placeTexts(lab, found).find((text) => text.startsWith('location'));
    expect(shown?.replaceAll('$', '')).toBe(`location ${chosen}`);
  });

  it('a fallback has a place of its own', async () => {
    const reply = await ask(lab.port, '/falls/a');
    expect(/^X-Location: (.*)$/m.exec(reply.text)?.[1]?.trim()).toBe('@fallback');
    const first = await explained(lab, 'connection-refused', '/falls/a');
    expect(placeTexts(lab, first)).toContain('location /falls/');
  });
});
