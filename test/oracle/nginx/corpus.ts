/** The valid configurations that the oracle starts from, what lies beside them, and every directive in them with its context. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { moduleFile } from '../../../scripts/install-packages';
import { type Context, contextInside, isDataBlock } from '../../../server/src/core/nginx/catalogue';
import { parse } from '../../../server/src/core/nginx/parser';
import type { Directive } from '../../../server/src/core/nginx/tree';

/** One configuration: path below its folder to text. `nginx.conf` is the main file. */
export interface Case {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
}

/** A directive of the corpus. `context` is null inside of blocks whose lines are data, such as `map`. */
export interface Site {
  readonly case: Case;
  readonly file: string;
  readonly text: string;
  readonly directive: Directive;
  readonly context: Context | null;
}

const here = fileURLToPath(new URL('.', import.meta.url));

/** Modules that the case loads and the machine has not: nginx cannot judge it. */
export function missingModules({ files }: Case): string[] {
  const text = [...files.values()].join('\n');
  return [...text.matchAll(/^\s*load_module\s+modules\/(\w+\.so);/gm)]
    .map((found) => found[1]!)
    .filter((name) => !moduleFile(name));
}

export function corpus(): Case[] {
  const folder = join(here, 'corpus');
  return readdirSync(folder)
    .sort()
    .map((name) =>
      name.endsWith('.conf')
        ? { name: name.slice(0, -5), files: new Map([['nginx.conf', readFileSync(join(folder, name), 'utf8')]]) }
        : { name, files: readFolder(join(folder, name)) },
    );
}

/** What every configuration finds beside it: packaged files, certificates, keys, passwords. */
export function besides(): Map<string, string> {
  return new Map([...readFolder(join(here, 'shared')), ...certificates()]);
}

export function sites(cases: readonly Case[]): Site[] {
  return cases.flatMap((each) => {
    const contexts = fileContexts(each);
    return [...each.files].flatMap(([file, text]) => {
      const context = contexts.get(file);
      return context ? [...below(each, file, text, parse(text).items, context)] : [];
    });
  });
}

function* below(
  owner: Case,
  file: string,
  text: string,
  items: readonly Directive[],
  context: Context | null,
): Generator<Site> {
  for (const directive of items) {
    yield { case: owner, file, text, directive, context };
    if (!directive.block) continue;
    const inside = context && contextInside(context, directive.name.value);
    yield* below(owner, file, text, directive.block.items, inside);
  }
}

/** The context that each file is included in. */
function fileContexts({ files }: Case): Map<string, Context> {
  const contexts = new Map<string, Context>([['nginx.conf', 'main']]);
  for (const [file, outer] of contexts) {
    const visit = (items: readonly Directive[], context: Context | null): void => {
      for (const { name, args, block } of items) {
        if (!context) return;
        if (name.value === 'include' && args[0]) {
          const pattern = new RegExp(`^${args[0].value.replace(/[.+]/g, '\\$&').replace(/\*/g, '[^/]*')}$`);
          for (const known of files.keys())
            if (pattern.test(known) && !contexts.has(known)) contexts.set(known, context);
        }
        if (block && !isDataBlock(name.value)) visit(block.items, contextInside(context, name.value));
      }
    };
    visit(parse(files.get(file)!).items, outer);
  }
  return contexts;
}

function readFolder(folder: string, prefix = ''): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (!statSync(path).isDirectory()) files.set(prefix + name, readFileSync(path, 'utf8'));
    else for (const [inner, text] of readFolder(path, `${prefix}${name}/`)) files.set(inner, text);
  }
  return files;
}

/** Made anew each time, so that the repository holds no key. */
function certificates(): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'oracle-certs-'));
  const openssl = (...args: string[]): void => {
    const { status, stderr, error } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (error || status !== 0) throw error ?? new Error(stderr);
  };
  try {
    const self = ['req', '-x509', '-nodes', '-days', '30', '-subj', '/CN=example.com'];
    openssl(...self, '-newkey', 'rsa:2048', '-keyout', 'site.key', '-out', 'site.crt');
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    openssl(...self, ...curve, '-keyout', 'site-ec.key', '-out', 'site-ec.crt');
    openssl('genpkey', '-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048', '-out', 'dhparam.pem');
    const files = new Map<string, string>();
    for (const name of readdirSync(folder)) files.set(`certs/${name}`, readFileSync(join(folder, name), 'utf8'));
    files.set('certs/ca.crt', files.get('certs/site.crt')!);
    files.set('certs/ticket.key', 'k'.repeat(80));
    files.set('certs/passwords', 'not-needed\n');
    return files;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
