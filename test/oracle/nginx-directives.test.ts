/** What the catalogue says of every directive, beside the real nginx (which names it knows) and its documentation (where each may stand). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getDirectives } from '@nginx/reference-lib';
import { beforeAll, describe, expect, test } from 'vitest';
import { contextsOf } from '../../scripts/generate-catalogue';
import { moduleFile } from '../../scripts/install-packages';
import { otherDirectives, signatures } from '../../server/src/core/nginx/catalogue';
import { sinceVersion } from '../../server/src/core/nginx/judge/versions';
import { isOlder } from '../../server/src/core/nginx/version';
import type { Case } from './nginx/corpus';
import { askAll, NGINX } from './nginx/judge';

/** What stands around a directive, by its context. */
const AROUND: Readonly<Record<string, readonly [string, string]>> = {
  main: ['events {}', ''],
  events: ['events {', '}'],
  http: ['events {} http {', '}'],
  server: ['events {} http { server {', '}}'],
  location: ['events {} http { server { location / {', '}}}'],
  upstream: ['events {} http { upstream u {', '}}'],
  'server-if': ['events {} http { server { if ($host) {', '}}}'],
  'location-if': ['events {} http { server { location / { if ($host) {', '}}}}'],
  limit_except: ['events {} http { server { location / { limit_except GET {', '}}}}'],
  stream: ['events {} stream {', '}'],
  'stream-server': ['events {} stream { server {', '}}'],
  'stream-upstream': ['events {} stream { upstream u {', '}}'],
  mail: ['events {} mail {', '}'],
  'mail-server': ['events {} mail { server {', '}}'],
};

/** Built only where the builder asks for them; Debian's nginx has them not, or in packages of their own. */
const OPTIONAL = /_(?:perl|image_filter|xslt_filter|geoip|google_perftools|degradation)_module$/;

const loaded = ['ngx_stream_module.so', 'ngx_mail_module.so'].filter((name) => moduleFile(name));
/** Of the modules that are files of their own, is it there? `mail` itself is asked for without it. */
const isLoaded = (module: string): boolean =>
  !['ngx_stream_module', 'ngx_mail_module'].includes(module) || loaded.includes(`${module}.so`);
const readable = (context: string): boolean =>
  Object.hasOwn(AROUND, context) &&
  ['stream', 'mail'].every((kind) => !context.startsWith(kind) || loaded.includes(`ngx_${kind}_module.so`));

/** Which of them nginx refuses by name or place; each is asked alone, by its bare name. */
async function refusedOf(asked: readonly { name: string; context: string }[]): Promise<Set<string>> {
  const subject: Case = { name: 'directives', files: new Map([['nginx.conf', '']]) };
  const verdicts = await askAll(
    asked.map(({ name, context }) => {
      const [before, after] = AROUND[context]!;
      const modules = loaded.map((module) => `load_module modules/${module};`).join('\n');
      return { case: subject, file: 'nginx.conf', text: `${modules}\n${before}\n${name};\n${after}\n` };
    }),
    new Map(),
  );
  return new Set(
    asked.flatMap(({ name, context }, i) =>
      [`unknown directive "${name}"`, `"${name}" directive is not allowed here`].some((each) =>
        verdicts[i]!.message.includes(each),
      )
        ? [`${context} ${name}`]
        : [],
    ),
  );
}

describe.skipIf(!NGINX)('the real nginx', () => {
  const facts: readonly { name: string; module: string; type: string; contexts: readonly string[] }[] = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../scripts/data/nginx-signatures.json', import.meta.url)), 'utf8'),
  ).directives;
  const stock = facts.filter(({ type, contexts }) => type !== 'conf' && readable(contexts[0]!));
  const others = [...otherDirectives()].filter(({ contexts }) => readable(contexts[0]!));
  let version: string;
  let refused: Set<string>;

  beforeAll(async () => {
    const told = execFileSync('/bin/sh', ['-c', `'${NGINX}' -v 2>&1`], { encoding: 'utf8' });
    version = /nginx\/(\d+\.\d+\.\d+)/.exec(told)![1]!;
    refused = await refusedOf([...stock, ...others].map(({ name, contexts }) => ({ name, context: contexts[0]! })));
  }, 180_000);

  test('knows what is as old as it, and nothing that is newer', () => {
    const wrong = stock.flatMap(({ name, module, contexts }) => {
      const here = signatures(name).filter((each) => each.contexts.join() === contexts.join());
      const since = sinceVersion(here);
      const isNewer = since !== null && isOlder(version, since);
      const isRefused = refused.has(`${contexts[0]} ${name}`);
      if (isNewer === isRefused || (isRefused && (OPTIONAL.test(module) || !isLoaded(module)))) return [];
      return [`${name} (${module}), since ${since ?? 'ever'}, is ${isRefused ? 'unknown' : 'known'}`];
    });
    expect(wrong).toEqual([]);
  });

  test('knows none of those that a stock build lacks', () => {
    const known = others.filter(({ name, contexts }) => !refused.has(`${contexts[0]} ${name}`));
    expect(known.map(({ name }) => name)).toEqual([]);
  });
});

describe('nginx’s documentation', () => {
  /** Where the documentation says less than nginx does, or speaks of blocks of modules that a stock build lacks. */
  const EXCEPTIONS: Readonly<Record<string, string>> = {
    fastcgi_split_path_info: 'nginx takes it in http and server too',
    secure_link_secret: 'nginx takes it in http and server too',
    include: 'allowed everywhere, documented with no context',
    error_log: 'several modules have one each, documented as one',
  };

  test('has every directive in the places that the catalogue gives it', () => {
    const wrong = getDirectives().flatMap(({ name, module, contexts, isBlock }) => {
      const known = signatures(name);
      const places = contexts.flatMap((each) => contextsOf(each, module));
      if (known.length === 0 || name in EXCEPTIONS || places.some((place) => !Object.hasOwn(AROUND, place))) return [];
      const same = known.some(
        (each) => each.block === isBlock && [...each.contexts].sort().join() === [...new Set(places)].sort().join(),
      );
      return same ? [] : [`${name} (${module}): ${places.join()}`];
    });
    expect(wrong).toEqual([]);
  });

  test('names no directive that we would call unknown', () => {
    const missing = getDirectives().filter(({ name, contexts }) => {
      const other = [...otherDirectives()].some((each) => each.name === name);
      return signatures(name).length === 0 && !other && contexts.length > 0;
    });
    // Both are gone from nginx.
    expect([...new Set(missing.map(({ name }) => name))].sort()).toEqual(['limit_zone', 'ssl']);
  });
});
