/** What the real `nginx -t` says of fixtures: fragments in their blocks, and something in place of what lies on other machines. */

import { isMainFile } from '../../../server/src/core/project/language';
import type { Project } from '../../../server/src/core/project/project';
import { dirname, relative } from '../../../server/src/core/text/path';
import { HOME } from '../../core/world';
import { besides, type Case } from '../nginx/corpus';
import { askAll, type RealVerdict } from '../nginx/judge';

/** The answers of nginx, in the order of the cases. What it misses on this machine is put there, one thing after the other. */
export async function askNginx(cases: readonly Case[]): Promise<RealVerdict[]> {
  const beside = new Map([...besides(), ...PACKAGED]);
  const current = [...cases];
  const verdicts = new Array<RealVerdict>(cases.length);
  let open = cases.map((_, index) => index);
  for (let round = 0; round < ROUNDS && open.length > 0; round++) {
    const subjects = open.map((index) => ({
      case: withBeside(current[index]!, beside),
      file: MAIN,
      text: current[index]!.files.get(MAIN)!,
    }));
    const answers = await askAll(subjects, new Map());
    open = open.filter((index, i) => {
      verdicts[index] = answers[i]!;
      const next = withStandIn(current[index]!, answers[i]!);
      if (next) current[index] = next;
      return next !== null;
    });
  }
  return verdicts;
}

/** The files as `nginx -c nginx.conf` reads them when `file` is in use: its main file, or a fragment in the blocks around it. */
export function staged(project: Project, file: string): Case {
  const roots = project.structure.roots.filter(({ files }) => files.has(file)).map(({ root }) => root);
  const root = roots.find((each) => isMainFile(each.file, project.nginx(each.file)!.text)) ?? roots[0]!;
  const files = new Map<string, string>();
  // Includes start from the main file's folder, links of people from the top.
  for (const source of project.nginxSources) {
    for (const folder of [HOME, dirname(root.file)]) {
      const name = relative(folder, source.file);
      if (!name.startsWith('..')) files.set(name, source.text);
    }
  }
  const { text } = project.nginx(root.file)!;
  const context = project.contexts(root.file)[0] ?? 'main';
  const wrapped = context !== 'main' && !isMainFile(root.file, text);
  const [before, after] = (wrapped && AROUND[context]) || ['', ''];
  files.set(MAIN, before === '' ? text : `events {}\n${before}\n${text}\n${after}\n`);
  return { name: root.file, files };
}

const MAIN = 'nginx.conf';
const ROUNDS = 25;

const AROUND: Readonly<Record<string, readonly [string, string]>> = {
  http: ['http {', '}'],
  server: ['http { server {', '} }'],
  location: ['http { server { location / {', '} } }'],
  upstream: ['http { upstream fixture {', '} }'],
  stream: ['stream {', '}'],
};

/** What packages of nginx bring along, beside the corpus' own. */
const PACKAGED: ReadonlyMap<string, string> = new Map([
  ['fastcgi.conf', 'include fastcgi_params;\nfastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n'],
  ['snippets/fastcgi-php.conf', 'fastcgi_index index.php;\ninclude fastcgi.conf;\n'],
]);

/** With what its files name of that; for all of it a thousand times over the disk would need longer than nginx. */
function withBeside(each: Case, beside: ReadonlyMap<string, string>): Case {
  const files = new Map(each.files);
  for (let size = -1; size !== files.size; ) {
    size = files.size;
    const text = [...files.values()].join('\n');
    for (const [name, content] of beside) if (!files.has(name) && text.includes(name)) files.set(name, content);
  }
  return { ...each, files };
}

/** The case with the one thing replaced that nginx did not find; null when it found all, or nothing can stand in for it. */
function withStandIn(each: Case, { accepted, message, file, line }: RealVerdict): Case | null {
  if (accepted) return null;
  const place = file !== null && line !== null ? { file, line } : null;
  const host = /^host not found in (?:upstream|resolver) "(?:[a-z]+:\/\/)?([^"/:]+)/.exec(message)?.[1];
  if (host !== undefined) return replaced(each, host, '127.0.0.1', place);
  if (/^getpwnam|^getgrnam/.test(message)) return changed(each, (text) => text.replace(/^\s*user\s[^;]*;/m, ''));
  const included = /^open\(\) "([^"]+)" failed \(2:/.exec(message)?.[1];
  if (included !== undefined && place && /\binclude\s/.test(lineAt(each, place) ?? '')) {
    const name = included.replace(/^\/+/, '');
    const moved = included.startsWith('/') ? replaced(each, included, name, null) : each;
    return moved && { ...moved, files: new Map([...moved.files, [name, '']]) };
  }
  for (const [pattern, standIn] of FILES) {
    const path = pattern.exec(message)?.[1];
    if (path !== undefined) return replaced(each, path, standIn, null);
  }
  return null;
}

const FILES: readonly (readonly [RegExp, string])[] = [
  [/^cannot load certificate key "([^"]+)": BIO_new_file/, 'certs/site.key'],
  [/^cannot load certificate "([^"]+)": BIO_new_file/, 'certs/site.crt'],
  [/^SSL_CTX_load_verify_locations\("([^"]+)"\) failed/, 'certs/ca.crt'],
  [/^SSL_load_client_CA_file\("([^"]+)"\) failed/, 'certs/ca.crt'],
  [/^BIO_new_file\("([^"]+)"\) failed/, 'certs/dhparam.pem'],
  [/^mkdir\(\) "([^"]+)" failed/, 'temp/made'],
  [/^open\(\) "([^"]+)" failed \(2:/, 'logs/made.log'],
];

type Place = { readonly file: string; readonly line: number };

function lineAt({ files }: Case, { file, line }: Place): string | undefined {
  return files.get(file)?.split('\n')[line - 1];
}

/** `what` replaced in the line that nginx names, else in all lines but those in which it is no address or path; null when it is nowhere. */
function replaced(each: Case, what: string, by: string, place: Place | null): Case | null {
  const found = (text: string): string => text.split(what).join(by);
  const here = place && lineAt(each, place);
  const next = changed(each, (text, name) =>
    here?.includes(what)
      ? name !== place!.file
        ? text
        : text
            .split('\n')
            .map((line, i) => (i === place!.line - 1 ? found(line) : line))
            .join('\n')
      : text.replace(/^(?!\s*(?:server_name|proxy_set_header|\w+_ssl_name)\b).*$/gm, found),
  );
  return [...next.files].some(([name, text]) => text !== each.files.get(name)) ? next : null;
}

function changed(each: Case, change: (text: string, name: string) => string): Case {
  return { ...each, files: new Map([...each.files].map(([name, text]) => [name, change(text, name)])) };
}
