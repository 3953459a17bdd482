/** Tokenises whole files: what Debian packages, what is long, and what the grammars may not hang on. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IRawGrammar } from 'vscode-textmate';
import { fits, type Language, loadGrammar, scopesAt, tokenise } from './grammar';

const packaged: readonly (readonly [Language, readonly string[]])[] = [
  ['nginx', ['/etc/nginx']],
  ['php-fpm', ['/etc/php/8.2/fpm/php-fpm.conf', '/etc/php/8.2/fpm/pool.d']],
];

describe('packaged files', () => {
  for (const [language, roots] of packaged) {
    for (const file of roots.flatMap(filesBelow)) {
      it(`closes every rule in ${file}`, async () => {
        const tokens = tokenise(await loadGrammar(language), readFileSync(file, 'utf8'));
        expect(tokens.openRules).toBe(0);
        expect(tokens.lines.flat().filter(({ scopes }) => fits(scopes, 'invalid'))).toEqual([]);
      });
    }
  }
});

describe('large files', () => {
  it('tokenises 5,000 lines of configuration', async () => {
    const server = [
      'server {',
      '    listen 80;',
      '    server_name ~^(?<app>.+)\\.example\\.com$ "x{2}";',
      '    location ~ \\.php$ {',
      '        fastcgi_pass unix:/run/php/php8.2-fpm.sock;',
      '        fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; # {',
      "        return 200 'a;{$x}';",
      '    }',
      '    content_by_lua_block { local t = { "}" } }',
      '}',
    ].join('\n');
    const tokens = tokenise(await loadGrammar('nginx'), Array(500).fill(server).join('\n'));
    expect(tokens.lines).toHaveLength(5000);
    expect(tokens.openRules).toBe(0);
  });

  const repeated = [
    'a',
    'a ',
    '"',
    "'",
    '{',
    '}',
    '{{',
    '{{ ',
    '{% ',
    '<% ',
    '(',
    '[',
    '[[:',
    '${',
    '$a',
    '\\',
    '~',
    '#',
    ';',
    ':',
    '1',
    '1:',
    '1.1',
    'a=',
    'a.b-',
    'while ',
    ', client: ',
    ', request: "',
    ', upstream: "',
    '" ',
    '(1: ',
    'unix:/',
    'a(',
    '2024/03/15 10:23:45 ',
    '[01/Mar/2024:10:23:45 +0000] "',
  ];
  for (const language of ['nginx', 'php-fpm', 'nginx-error-log'] as const) {
    it(`survives lines of 10,000 characters in ${language}`, async () => {
      const grammar = await loadGrammar(language);
      for (const part of repeated) {
        for (const head of ['', 'a ', 'a = ', 'location ~ ', '2024/03/15 10:23:45 [error] 1#1: *1 ']) {
          const line = (head + part.repeat(10_000)).slice(0, 10_000);
          expect(tokenise(grammar, line).lines[0]?.at(-1)?.end).toBeGreaterThanOrEqual(10_000);
        }
      }
    }, 60_000);
  }
});

describe('Lua in nginx', () => {
  const text = [
    'content_by_lua_block {',
    '    if a then ngx.say("}", \'{\', [[ } ]]) end -- }',
    '    function f(x) return { { x } } end',
    '}',
    'return 204;',
  ].join('\n');

  it('is tokenised by the Lua grammar and ends at its own brace', async () => {
    const lua = {
      scopeName: 'source.lua',
      patterns: [
        { match: '\\b(?:if|then|end|return)\\b', name: 'keyword.control.lua' },
        { begin: '\\bfunction\\b', end: '\\)', name: 'meta.function.lua' },
      ],
      repository: {},
    } as unknown as IRawGrammar;
    const tokens = tokenise(await loadGrammar('nginx', lua), text);
    expect(scopesAt(tokens, 1, 4)).toEqual(['meta.embedded.block.lua', 'keyword.control.lua']);
    expect(scopesAt(tokens, 2, 4)).toEqual(['meta.embedded.block.lua', 'meta.function.lua']);
    expect(scopesAt(tokens, 4, 0)).toEqual(['keyword.control.flow.nginx']);
    expect(tokens.openRules).toBe(0);
  });

  it('ends at its own brace where the editor has no Lua grammar', async () => {
    const tokens = tokenise(await loadGrammar('nginx'), text);
    expect(scopesAt(tokens, 4, 0)).toEqual(['keyword.control.flow.nginx']);
  });
});

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}
