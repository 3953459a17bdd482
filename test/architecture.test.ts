import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { generated } from '../scripts/generate';

const root = path.resolve(import.meta.dirname, '..');

const sources = (folder: string): string[] =>
  existsSync(path.join(root, folder))
    ? readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:ts|mts|mjs)$/.test(name) && !name.includes('node_modules'))
        .map((name) => path.posix.join(folder, name.replaceAll('\\', '/')))
        .sort()
    : [];

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Import {
  /** A file of ours, from the root and with its ending; or the name of a package. */
  readonly target: string;
  readonly isOurs: boolean;
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
}

/** Static and dynamic imports, re-exports and `require`. */
function imports(file: string): Import[] {
  const text = read(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const statement = /^(?:import|export)\s+(?:(type)\s+)?(?:([^'";]*?)\sfrom\s+)?'([^']+)'/gm;
  const found = [...text.matchAll(statement)].map(([, type, names, target]) => ({
    target: target!,
    // `import { type A, type B } from …` is one of types, too.
    typeOnly:
      type !== undefined ||
      (names !== undefined &&
        /^\{[^}]*\}$/.test(names.trim()) &&
        names
          .replace(/[{}]/g, '')
          .split(',')
          .every((name) => /^\s*(?:type\s|$)/.test(name))),
  }));
  const dynamic = [...text.matchAll(/\b(?:import|require)\(\s*['"`]([^'"`]+)['"`]\s*\)/g)].map(([, target]) => ({
    target: target!,
    typeOnly: false,
  }));
  return [...found, ...dynamic].map(({ target, typeOnly }) => {
    if (!target.startsWith('.')) return { target, typeOnly, isOurs: false };
    const base = path.posix.join(path.posix.dirname(file), target);
    const resolved = [base, `${base}.ts`, `${base}/index.ts`, base.replace(/\.js$/, '.ts')].find(
      (name) => /\.\w+$/.test(name) && existsSync(path.join(root, name)),
    );
    return { target: resolved ?? base, typeOnly, isOurs: true };
  });
}

/** The parts of core, and which others each may import: "Who may import whom" in ARCHITECTURE.md, spelt out. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  text: [],
  nginx: ['text'],
  'php-fpm': ['text'],
  'error-log': ['text'],
  project: ['text', 'nginx', 'php-fpm', 'error-log'],
  remedies: ['text', 'nginx', 'php-fpm', 'error-log', 'project'],
  rules: ['text', 'nginx', 'php-fpm', 'error-log', 'project', 'remedies'],
  causes: ['text', 'nginx', 'php-fpm', 'error-log', 'project', 'remedies'],
  diagnosis: ['text', 'nginx', 'php-fpm', 'error-log', 'project', 'remedies'],
  features: ['text', 'nginx', 'php-fpm', 'error-log', 'project', 'remedies', 'rules', 'causes', 'diagnosis'],
};

const CORE = 'server/src/core/';

/** The one package in core: its types, and the import that waits until there is a Compose file. */
const PACKAGES: Readonly<Record<string, string>> = {
  [`${CORE}project/compose.ts`]: 'yaml',
  [`${CORE}project/load.ts`]: 'yaml',
};
const partOf = (file: string): string => file.slice(CORE.length).split('/')[0]!;

/** Modules that generate.ts lists: one rule, one cause or one remedy each. */
const isListed = (file: string): boolean =>
  /^export default (?:defineRule|defineCause|defineRemedy|syntaxRule)\b/m.test(read(file));

describe('core', () => {
  const core = sources('server/src/core').filter((file) => file.endsWith('.ts'));

  test.each(core)('%s', (file) => {
    const part = partOf(file);
    for (const { target, isOurs } of imports(file)) {
      if (PACKAGES[file] === target) continue;
      expect(isOurs, `${target}: core is pure and has no packages`).toBe(true);
      expect(existsSync(path.join(root, target)), `${target} does not exist`).toBe(true);
      expect(target.startsWith(CORE), `${target}: core imports nothing outside`).toBe(true);
      if (part === 'index.ts') continue; // the API re-exports any part
      expect(target, 'only outsiders import the API').not.toBe(`${CORE}index.ts`);
      const other = partOf(target);
      if (other !== part) expect(PARTS[part], `${part} is in no table`).toContain(other);
      else if ((part === 'rules' || part === 'causes') && !file.endsWith('/all.ts')) {
        expect(isListed(target), `${target}: rules and causes do not import each other`).toBe(false);
      }
    }
  });

  test('knows neither the editor nor Node nor the network', () => {
    for (const file of core) {
      const text = read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$|`[^`]*`|'[^'\n]*'/gm, '');
      expect(text, file).not.toMatch(
        /\b(?:process|globalThis|window|document|setTimeout|fetch|require|Buffer|console)\s*[.(]/,
      );
      expect(text, `${file}: the time is an input`).not.toMatch(/\bDate\.now\(|new Date\(\)|Math\.random\(/);
    }
  });
});

describe('outside core', () => {
  const outside = [...sources('server/src').filter((file) => !file.startsWith(CORE)), ...sources('client/src')];

  test.each(outside)('%s', (file) => {
    const where = file
      .split('/')
      .slice(0, file.startsWith('client/') ? 1 : 3)
      .join('/');
    for (const { target, isOurs, typeOnly } of imports(file)) {
      if (!isOurs) {
        // The protocol's library belongs to the two sides of the protocol, and to the programs that start them.
        if (/^vscode-languageserver/.test(target)) expect(where).toMatch(/^server\/src\/(?:lsp|hosts)$/);
        if (target === 'vscode' || /^vscode-languageclient/.test(target)) expect(where).toBe('client');
        const isNode = target.startsWith('node:') || builtinModules.includes(target);
        if (where === 'server/src/lsp') expect(isNode, `${target}: the server runs in a browser too`).toBe(false);
        continue;
      }
      expect(existsSync(path.join(root, target)), `${target} does not exist`).toBe(true);
      if (target.startsWith(CORE)) {
        expect(target, 'core has one door').toBe(`${CORE}index.ts`);
        expect(where, 'the client analyses nothing').not.toBe('client');
      } else if (where === 'client' && target.startsWith('server/')) {
        expect(target).toBe('server/src/lsp/protocol.ts');
        expect(typeOnly, 'the client takes types only').toBe(true);
      } else if (where === 'server/src/lsp') {
        expect(
          target.startsWith('server/src/lsp/'),
          `${target}: the server is started by hosts, not the other way round`,
        ).toBe(true);
      } else if (where === 'server/src/hosts') {
        expect(target.startsWith('server/src/') || target === 'package.json', target).toBe(true);
      } else {
        expect(target.startsWith('client/src/') || /^(?:package\.json|dist\/)/.test(target), target).toBe(true);
      }
    }
  });
});

test.each([...sources('server/src'), ...sources('client/src'), ...sources('scripts')])(
  '%s opens with its purpose',
  (file) => {
    expect(read(file).replace(/^#!.*\n/, '')).toMatch(/^(?:\/\*\*|\/\/)[\s*]+\S+(?: \S+){2,}/);
  },
);

test('what is generated is up to date: npm run generate', async () => {
  const files = await generated();
  const stale = [...files].filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
  expect(stale.map(([file]) => path.relative(root, file))).toEqual([]);
  expect(files.size).toBeGreaterThan(10);
});
