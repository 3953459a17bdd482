/** Checks the language configurations: words, indentation, and that every regular expression compiles. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Language, scopeNames, syntaxFile } from './grammar';

interface Configuration {
  readonly wordPattern: string;
  readonly indentationRules?: { readonly increaseIndentPattern: string; readonly decreaseIndentPattern: string };
  readonly onEnterRules?: readonly { readonly beforeText: string; readonly afterText?: string }[];
}

const words: Record<Language, Record<string, readonly string[]>> = {
  nginx: {
    'proxy_pass http://$host/a;': ['proxy_pass', 'http', '$host', 'a'],
    'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;': [
      'proxy_set_header',
      'X-Forwarded-For',
      '$proxy_add_x_forwarded_for',
    ],
    $document_root$fastcgi_script_name: ['$document_root', '$fastcgi_script_name'],
    'listen ${NGINX_PORT};': ['listen', '${NGINX_PORT}'],
    'error_page 502 = @fallback;': ['error_page', '502', '@fallback'],
    'server app-1.example.com:80;': ['server', 'app-1.example.com', '80'],
  },
  'php-fpm': {
    'listen.owner = www-data': ['listen.owner', 'www-data'],
    'php_admin_value[error_log] = /var/log/$pool.log': ['php_admin_value', 'error_log', 'var', 'log', '$pool', 'log'],
  },
  'nginx-error-log': {
    'upstream: "http://127.0.0.1:9000/api"': ['upstream', 'http', '127.0.0.1', '9000/api'],
  },
};

for (const language of Object.keys(scopeNames) as Language[]) {
  const configuration = JSON.parse(
    readFileSync(syntaxFile(`${language}.language-configuration.json`), 'utf8'),
  ) as Configuration;

  describe(language, () => {
    it('never takes nothing for a word', () => {
      expect(new RegExp(configuration.wordPattern).test('')).toBe(false);
    });
    for (const [text, expected] of Object.entries(words[language])) {
      it(`finds the words of ${text}`, () => {
        expect(text.match(new RegExp(configuration.wordPattern, 'g'))).toEqual(expected);
      });
    }
    it('has rules that compile', () => {
      const rules = configuration.onEnterRules ?? [];
      for (const rule of rules)
        expect(() => [new RegExp(rule.beforeText), new RegExp(rule.afterText ?? '')]).not.toThrow();
    });
  });

  if (!configuration.indentationRules) continue;
  const increase = new RegExp(configuration.indentationRules.increaseIndentPattern);
  const decrease = new RegExp(configuration.indentationRules.decreaseIndentPattern);
  describe(`indentation of ${language}`, () => {
    for (const line of ['server {', '  location ~ "^/a{2}" { # comment', '{', '} else_block {'])
      it(`grows after ${line}`, () => expect(increase.test(line)).toBe(true));
    for (const line of ['# server {', `listen \${PORT};`, 'root /a; # {', '}', 'events { }'])
      it(`stays after ${line}`, () => expect(increase.test(line)).toBe(false));
    it('shrinks at a closing brace', () => expect(decrease.test('    }')).toBe(true));
  });
}
