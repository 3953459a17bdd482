/** Dumps of `nginx -T` are read as the files they hold, and everything found is at its place in the dump. */
import { describe, expect, test } from 'vitest';
import {
  applyEdits,
  explain,
  findings,
  languageOfText,
  loadFolder,
  mapFiles,
  parseLine,
  serverName,
} from '../../../server/src/core';
import { readDump } from '../../../server/src/core/project/dump';
import { inside, projectsInside } from '../../../server/src/core/project/inside';
import type { Project } from '../../../server/src/core/project/project';
import { make } from './make';

const FILES = {
  '/etc/nginx/nginx.conf': `user www-data;
events {}
http {
    include mime.types;
    include conf.d/*.conf;
    include /etc/nginx/sites-enabled/*;
}
`,
  '/etc/nginx/mime.types': 'types {\n    text/html html;\n    font/woff2 woff2;\n}\n',
  '/etc/nginx/conf.d/upstreams.conf': 'upstream app {\n    server 127.0.0.1:9000;\n}\n',
  '/etc/nginx/sites-enabled/shop': `server {
    listen 80;
    server_name example.com;
    location / {
        proxy_pass http://app;
    }
    location ~ \\.php$ {
        fastcgi_pass unix:/run/php/php8.1-fpm.sock;
        include fastcgi_params;
    }
    include snippets/static.conf;
}
`,
  '/etc/nginx/fastcgi_params': 'fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n',
  '/etc/nginx/snippets/static.conf': 'location /static/ {\n    expires 1h;\n}\n',
};

const dump = (files: Readonly<Record<string, string>> = FILES): string =>
  Object.entries(files)
    .map(([name, text]) => `# configuration file ${name}:\n${text}\n`)
    .join('');

const SAID = `nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
nginx: configuration file /etc/nginx/nginx.conf test is successful
`;

interface Found {
  readonly line: number;
  readonly at: string;
  readonly code: string;
}

/** Errors and warnings of a file, with the text that they are about. */
function problems(project: Project, file = '/p/dump.txt'): Found[] {
  const { text, lines } = project.sources.get(file)!;
  return findings(project, file)
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map((found) => {
      expect(found.file).toBe(file);
      const { start, end } = found.span;
      return { line: lines.position(start).line + 1, at: text.slice(start, end), code: found.code };
    });
}

const read = async (text: string): Promise<Project> => {
  const { load } = await import('../../../server/src/core');
  return (await load(mapFiles(new Map([['/p/dump.txt', text]])), { nginx: ['/p/dump.txt'], fpm: [] })).project;
};

describe('shapes', () => {
  const mistaken = dump().replace('expires 1h;', 'expire 1h;');
  const shapes: Record<string, (text: string) => string> = {
    plain: (text) => text,
    'with what nginx says before': (text) => SAID + text,
    'with what nginx says behind': (text) => text + SAID,
    'with a warning in between': (text) =>
      text.replace('    include snippets', 'nginx: [warn] conflicting server name "x" on 0.0.0.0:80, ignored\n$&'),
    CRLF: (text) => (SAID + text).replaceAll('\n', '\r\n'),
    'a byte order mark before': (text) => `\ufeff${text}`,
    'of a terminal': (text) => `root@web:/# nginx -T\n${SAID}${text}root@web:/# `,
    'of a terminal, and left': (text) => `[root@web ~]# nginx -T\n${text}[root@web ~]# exit\n`,
    'of a container': (text) => `Defaulted container "nginx" out of: nginx, init (init)\n${text}`,
    'of a container that starts': (text) =>
      `/docker-entrypoint.sh: Configuration complete; ready for start up\n${text}`,
    coloured: (text) =>
      text.replace(/^# .*$/gm, '\u001b[32m$&\u001b[0m').replace(/server_name/g, '\u001b[1m$&\u001b[22m'),
    indented: (text) => text.replace(/^/gm, '    '),
    'without its last line end': (text) => text.trimEnd(),
    'of Windows': (text) =>
      text
        .replaceAll('/etc/nginx/sites-enabled/*', 'C:\\nginx\\conf\\sites-enabled\\*')
        .replaceAll('# configuration file /etc/nginx/', '# configuration file C:\\nginx/conf/'),
    'with a relative prefix': (text) =>
      text
        .replaceAll('/etc/nginx/sites-enabled/*', 'sites-enabled/*')
        .replaceAll('# configuration file /etc/nginx/', '# configuration file ./conf/'),
    'of two hosts, one after the other': (text) => SAID + dump() + SAID + text,
  };

  test.each(Object.entries(shapes))('%s', async (_, shape) => {
    expect(languageOfText(shape(dump()))).toBe('nginx');
    expect(problems(await read(shape(dump())))).toEqual([]);
    const text = shape(mistaken);
    const line = text.slice(0, text.indexOf('expire ')).split('\n').length;
    expect(problems(await read(text))).toEqual([{ line, at: 'expire', code: 'nginx/unknown-directive' }]);
  });

  test('cut below, nothing is missed that may have stood there', async () => {
    const text = dump();
    for (let end = 0; end < text.length; end++) {
      // A blank line is how a dump ends.
      if (/\n[ \t]*\n$/.test(text.slice(0, end))) continue;
      const found = findings(await read(text.slice(0, end)), '/p/dump.txt');
      expect(
        found.filter(({ severity }) => severity === 'error'),
        text.slice(0, end).slice(-60),
      ).toEqual([]);
    }
  });

  test('cut above, nothing is missed either', async () => {
    const text = dump();
    for (let start = 0; start < text.lastIndexOf('# configuration'); start += 3) {
      const found = findings(await read(text.slice(start)), '/p/dump.txt');
      expect(
        found.filter(({ severity }) => severity === 'error'),
        text.slice(start, start + 60),
      ).toEqual([]);
    }
  });
});

describe('no dumps', () => {
  test.each([
    ['a comment about a file', '# configuration file for the shop:\nserver {\n    listen 80;\n}\n'],
    ['a name in the middle of a line', 'server {} # configuration file /etc/nginx/nginx.conf:\n'],
    [
      'a file made of a dump, includes filled in',
      `events {}\nhttp {\n${dump({ '/etc/nginx/a.conf': 'gzip on;\n' })}}\n`,
    ],
    [
      'the same with the first name left',
      dump({ '/etc/nginx/nginx.conf': `events {}\nhttp {\n${dump({ '/etc/nginx/a.conf': 'gzip on;\n' })}}\n` }),
    ],
  ])('%s', async (_, text) => {
    const project = await make({ 'nginx.conf': text });
    expect(project.nginx('/p/nginx.conf')!.held).toEqual([]);
    expect(project.nginx('/p/nginx.conf')!.tree.items.length).toBeGreaterThan(0);
  });

  test('a file taken from a dump: what it includes lies beside it', async () => {
    const project = await make({
      'nginx.conf': dump({ '/etc/nginx/nginx.conf': 'events {}\nhttp {\n    include conf.d/*.conf;\n}\n' }),
      'conf.d/a.conf': dump({ '/etc/nginx/conf.d/a.conf': 'gzip onn;\n' }),
    });
    expect(project.contexts('/p/conf.d/a.conf')).toEqual(['http']);
    expect(problems(project, '/p/conf.d/a.conf')).toMatchObject([{ line: 2, at: 'onn' }]);
  });

  test('a note that quotes something under such a line', () => {
    expect(languageOfText('See\n# configuration file /etc/motd:\nWelcome to the machine, it is slow today.\n')).toBe(
      null,
    );
  });
});

describe('inside', () => {
  test('contexts come from who includes whom', async () => {
    const project = await read(SAID + dump());
    const [view] = projectsInside(project, project.nginx('/p/dump.txt')!);
    expect(view!.nginxRoots).toEqual([{ file: '/etc/nginx/nginx.conf', prefix: '/etc/nginx' }]);
    expect(view!.contexts('/etc/nginx/conf.d/upstreams.conf')).toEqual(['http']);
    expect(view!.contexts('/etc/nginx/snippets/static.conf')).toEqual(['server']);
    expect(view!.contexts('/etc/nginx/fastcgi_params')).toEqual(['location']);
    expect(view!.nginx('/etc/nginx/snippets/static.conf')!.tree.items[0]!.name.value).toBe('location');
  });

  test('what a file may not hold where it is included', async () => {
    const files = { ...FILES, '/etc/nginx/snippets/static.conf': 'upstream other {\n    server 127.0.0.1:1;\n}\n' };
    expect(problems(await read(dump(files)))).toMatchObject([{ at: 'upstream', code: 'nginx/misplaced-directive' }]);
  });

  test('data lines of a map stand in files too', async () => {
    const main = 'events {}\nhttp {\n    map $uri $new {\n        include redirects.map;\n    }\n}\n';
    const files = { '/etc/nginx/nginx.conf': main, '/etc/nginx/redirects.map': '/old /new;\n~^/a(/.*)$ /b$1;\n' };
    expect(problems(await read(dump(files)))).toEqual([]);
    const wrong = { ...files, '/etc/nginx/redirects.map': '/old /new /newer;\n' };
    expect(problems(await read(dump(wrong)))).toMatchObject([{ line: 10 }]);
  });

  test('a file that the dump does not hold is not missing', async () => {
    const { '/etc/nginx/fastcgi_params': _, ...rest } = FILES;
    expect(problems(await read(dump(rest)))).toEqual([]);
  });

  test('an unclosed block ends where the next file starts', async () => {
    const files = { ...FILES, '/etc/nginx/conf.d/upstreams.conf': 'upstream app {\n    server 127.0.0.1:9000;\n' };
    const text = dump(files);
    const heading = text.slice(0, text.indexOf('# configuration file /etc/nginx/sites')).split('\n').length;
    const project = await read(text);
    const [found] = problems(project);
    expect(found).toMatchObject({ code: 'nginx/unclosed-block', line: heading - 1 });
    const fix = findings(project, '/p/dump.txt').find(({ code }) => code === 'nginx/unclosed-block')!.fixes[0]!;
    expect(applyEdits(text, fix.edits())).toBe(
      text.replace('    server 127.0.0.1:9000;\n\n', '    server 127.0.0.1:9000;\n}\n\n'),
    );
  });

  test('a place leads to the file that stands there', async () => {
    const text = dump();
    const project = await read(text);
    expect(inside(project, '/p/dump.txt', text.indexOf('expires')).file).toBe('/etc/nginx/snippets/static.conf');
    expect(inside(project, '/p/dump.txt', 3).file).toBe('/p/dump.txt');
    expect(serverName(project, '/p/dump.txt', text.indexOf('server {\n    listen'))).toBe('example.com');
  });

  test('a comment takes a finding away', async () => {
    const text = dump().replace(
      '    expires 1h;',
      '    # upstream-medic: ignore=nginx/unknown-directive ours\n    expire 1h;',
    );
    expect(problems(await read(text))).toEqual([]);
  });

  test('an edit is seen at once, and what was read of it stays with the text', async () => {
    const text = dump();
    const project = await read(text);
    const next = project.withText('/p/dump.txt', text.replace('expires', 'expire'));
    expect(problems(next)).toMatchObject([{ at: 'expire' }]);
    expect(problems(next.withText('/p/dump.txt', text))).toEqual([]);
    // The names decide what is included.
    const renamed = project.withText('/p/dump.txt', text.replace('nginx/conf.d/upstreams.conf:', 'nginx/old.conf:'));
    const [view] = projectsInside(renamed, renamed.nginx('/p/dump.txt')!);
    expect(view!.nginxRoots.map(({ file }) => file)).toEqual(['/etc/nginx/nginx.conf', '/etc/nginx/old.conf']);
    // And a text may stop being a dump.
    expect(project.withText('/p/dump.txt', 'events {}\n').nginx('/p/dump.txt')!.tree.items).toHaveLength(1);
  });
});

describe('beside other files', () => {
  const PLACED = Object.fromEntries(
    Object.entries(FILES).map(([name, text]) => [name.replace('/etc/nginx/', 'checkout/'), text]),
  );

  test('it changes nothing for them', async () => {
    const alone = await make(PLACED);
    const beside = await make({ ...PLACED, 'incident/dump.conf': SAID + dump(), 'checkout/nginx-T.conf': dump() });
    expect(beside.sources.has('/p/incident/dump.conf')).toBe(true);
    expect(beside.nginxRoots[0]).toEqual(alone.nginxRoots[0]);
    for (const file of alone.sources.keys()) {
      expect(
        findings(beside, file).map(({ fixes: _, ...rest }) => rest),
        file,
      ).toEqual(findings(alone, file).map(({ fixes: _, ...rest }) => rest));
    }
    expect(problems(beside, '/p/incident/dump.conf')).toEqual([]);
  });

  test('fragments alone do not reach into it', async () => {
    const fragment = 'server {\n    listen 80;\n    location / {\n        proxy_pass http://127.0.0.1:1;\n    }\n}\n';
    const beside = await make({
      'conf.d/a.conf': `upstream app {\n    server 127.0.0.1:1;\n}\n${fragment}`,
      'd.conf': dump(),
    });
    expect(problems(beside, '/p/conf.d/a.conf')).toEqual([]);
    expect(beside.upstream('app', '/p/conf.d/a.conf')!.file).toBe('/p/conf.d/a.conf');
  });

  const POOL = `[www]
user = www-data
group = www-data
listen = /run/php/php8.2-fpm.sock
listen.owner = www-data
listen.group = www-data
pm = static
pm.max_children = 5
`;

  test('its passes are linked with the pools, from both sides', async () => {
    const files = { 'dump.conf': dump(), 'php/8.2/fpm/pool.d/www.conf': POOL };
    const { project } = await loadFolder(
      mapFiles(new Map(Object.entries(files).map(([name, text]) => [`/p/${name}`, text]))),
      '/p',
    );
    expect(problems(project, '/p/dump.conf')).toMatchObject([
      { at: 'unix:/run/php/php8.1-fpm.sock', code: 'links/pool-address-mismatch' },
    ]);
    const [found] = findings(project, '/p/dump.conf').filter(({ severity }) => severity === 'error');
    const fix = found!.fixes.find((each) => each.edits().every(({ file }) => file === '/p/dump.conf'))!;
    expect(applyEdits(dump(), fix.edits())).toBe(dump().replace('php8.1-fpm', 'php8.2-fpm'));
    for (const each of found!.fixes) {
      for (const edit of each.edits()) expect(Object.keys(files).map((name) => `/p/${name}`)).toContain(edit.file);
    }
  });
});

describe('explain', () => {
  const LINE =
    '2024/03/15 10:23:45 [error] 1#1: *1 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 10.0.0.1, server: example.com, request: "GET /slow HTTP/1.1", upstream: "http://127.0.0.1:9000/slow", host: "example.com"';

  test('with a dump as the only configuration', async () => {
    const text = SAID + dump();
    const project = await read(text);
    const explanation = explain(parseLine(LINE)!, project)!;
    expect(explanation.config.map(({ file, span }) => [file, text.slice(span.start, span.end)])).toEqual([
      ['/p/dump.txt', 'server 127.0.0.1:9000;'],
      ['/p/dump.txt', 'proxy_pass http://app;'],
      ['/p/dump.txt', 'location /'],
      ['/p/dump.txt', 'server'],
    ]);
    const fix = explanation.fixes.find((each) => each.edits().length > 0)!;
    const after = applyEdits(text, fix.edits());
    expect(after).toContain('        proxy_pass http://app;\n        proxy_');
    expect(problems(project.withText('/p/dump.txt', after))).toEqual([]);
  });

  test('the configuration that shows most of it is asked', async () => {
    const other = 'events {}\nhttp {\n    server {\n        listen 81;\n        server_name other.org;\n    }\n}\n';
    const project = await make({ 'nginx.conf': other, 'dump.conf': dump() });
    expect(explain(parseLine(LINE)!, project)!.config[0]!.file).toBe('/p/dump.conf');
  });

  test('where nginx stopped reading: lines count from the name of the file', async () => {
    const text = dump();
    const stopped =
      '2024/03/15 10:23:45 [emerg] 1#1: host not found in upstream "app" in /etc/nginx/sites-enabled/shop:5';
    const { evidence } = explain(parseLine(stopped)!, await read(text))!;
    const place = evidence.find(({ span }) => span)!;
    expect(text.slice(place.span!.start, place.span!.end).trim()).toBe('proxy_pass http://app;');
    expect(place.file).toBe('/p/dump.txt');
  });
});

test('survives whatever happens to it', async () => {
  const pieces = [
    '# configuration file /a/b.conf:\n',
    '{',
    '}',
    ';',
    '"',
    '\n',
    '\u001b[',
    'include *;',
    '\r',
    '# ',
    '$',
  ];
  let seed = 502;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  for (let i = 0; i < 400; i++) {
    let text = SAID + dump();
    for (let edits = 1 + random(5); edits > 0; edits--) {
      const at = random(text.length);
      text = text.slice(0, at) + pieces[random(pieces.length)] + text.slice(at + random(80));
    }
    for (const { file, span, fixes } of findings(await read(text), '/p/dump.txt')) {
      expect(file).toBe('/p/dump.txt');
      expect(0 <= span.start && span.start <= span.end && span.end <= text.length, text).toBe(true);
      for (const fix of fixes) {
        expect(fix.edits().every((edit) => edit.file === file)).toBe(true);
        applyEdits(text, fix.edits());
      }
    }
  }
});

test('is read in linear time, whatever it is', () => {
  const many = '# configuration file /a/b.conf:\n'.repeat(20_000);
  expect(readDump(many)!.runs).toHaveLength(20_000);
  for (const text of [
    '# configuration file '.repeat(50_000),
    `# configuration file /a:\n${'\u001b['.repeat(200_000)}`,
    `# configuration file /a:\n${'nginx: [warn] '.repeat(50_000)}`,
    `${'; '.repeat(300_000)}\n# configuration file /a:\n`,
    `# configuration file /a:\n${'#'.repeat(300_000)}`,
  ])
    readDump(text);
});
