/** What kind of file is this? Told by its path, then by its content; most `.conf` files in the world are somebody else's. */
import { looksLikeErrorLog } from '../error-log/entries';
import { signatures } from '../nginx/catalogue';
import { parse } from '../nginx/parser';
import { looksLikeFpm } from '../php-fpm/catalogue';
import { basename } from '../text/path';
import { readDump } from './dump';
import type { Neighbour } from './source';
import { unitName } from './systemd';

export type Language = 'nginx' | 'php-fpm' | 'nginx-error-log';

/** Other programs that keep their files in folders of the same names. */
const FOREIGN =
  /(?:^|\/)(?:apache2?|httpd|lighttpd|haproxy|caddy|supervisor|dovecot|fail2ban|[^/]+\.(?:service|socket|timer|slice)\.d)\//;

/** ModSecurity's own rules, which Debian and everybody keep below `nginx`; a file of that name may also be nginx's. */
const MODSECURITY = /(?:^|\/)(?:[^/]*modsec[^/]*\/(?:[^/]+\/)*[^/]+|[^/]*modsec[^/]*\.conf|crs-setup\.conf)$/;

const NGINX_PATH =
  /(?:^|\/)(?:nginx[^/]*\.conf(?:\.[a-z0-9]+)?|[^/]+\.nginx(?:\.conf)?(?:\.(?:template|tmpl|j2|erb))?|(?:fastcgi|uwsgi|scgi|proxy)_params|mime\.types|(?:nginx|nginx[._-]conf[^/]*|nginx\.d|openresty|angie)\/(?:[^/]+\/)*[^/]+\.(?:conf|inc|template|tmpl|j2|erb)|sites-(?:available|enabled)\/[^/]+)$/;

const FPM_PATH =
  /(?:^|\/)(?:php-?\d*\.?\d*-?fpm[^/]*\.conf(?:\.[a-z0-9]+)?|(?:php-fpm\.d|pool\.d)\/[^/]+\.conf(?:\.[a-z0-9]+)?)$/;

const LOG_PATH =
  /(?:^|\/)(?:nginx\/(?:[^/]+\/)*[^/]*error[^/]*\.log[^/]*|[^/]*nginx[^/]*error[^/]*\.log[^/]*|php[^/]*-fpm[^/]*\.log[^/]*|php-fpm\/error\.log)$/;

/** Null: none of ours, or not to be told from the path. */
export function languageOfPath(path: string): Language | null {
  const lower = path.toLowerCase();
  // Expressions of this length take as long to compile as a small file to read.
  if (lower.includes('.log') && LOG_PATH.test(lower)) return 'nginx-error-log';
  if (/fpm|pool\.d/.test(lower) && FPM_PATH.test(lower)) return 'php-fpm';
  if (FOREIGN.test(lower) || (/modsec|crs-/.test(lower) && MODSECURITY.test(lower))) return null;
  return NGINX_PATH.test(lower) ? 'nginx' : null;
}

/** What the files around nginx and php-fpm are: units, drop-ins of units, what containers are made of. */
export function neighbourKind(path: string): Neighbour['kind'] | null {
  if (unitName(path) !== null) return 'systemd';
  const name = basename(path).toLowerCase();
  if (/^(?:docker-|podman-)?(?:compose|stack)[^/]*\.ya?ml$/.test(name)) return 'compose';
  return /^(?:dockerfile|containerfile)(?:[._-].*)?$|\.(?:docker|container)file$/.test(name) ? 'dockerfile' : null;
}

/** Null: none of ours. */
export function languageOfText(text: string): Language | null {
  const head = text.slice(0, 16 * 1024);
  const dump = readDump(head);
  if (dump) {
    // A note may quote a dump: what is under the first name must be nginx's.
    const { start, end } = dump.runs[0]![0]!;
    return looksLikeNginx(dump.text.slice(start, end)) ? 'nginx' : null;
  }
  if (!startsWithStatements(head) && looksLikeErrorLog(head)) return 'nginx-error-log';
  if (looksLikeFpm(head)) return 'php-fpm';
  return looksLikeNginx(head) ? 'nginx' : null;
}

const STATEMENT = /^[ \t]{0,100}(?:[a-z_]{1,60}[ \t][^[\]"']{0,200}[;{}]|#.{0,200}|\})?[ \t]{0,10}$/;

/** Are the first lines blank, comments and statements of nginx? Logs begin otherwise, and are slower to tell. */
function startsWithStatements(head: string): boolean {
  const lines = head.split('\n', 20);
  return lines.length === 20 && lines.every((line) => STATEMENT.test(line));
}

export function languageOf(path: string, text: string): Language | null {
  const byPath = languageOfPath(path);
  return byPath === null || isForeign(byPath, text) ? languageOfText(text) : byPath;
}

/** Does the content speak against what the path, or an editor that goes by it, holds the file for? */
export function isForeign(language: Language, text: string): boolean {
  if (language === 'nginx') return startsForeign(text);
  if (language !== 'php-fpm') return false;
  // A file of nginx about php-fpm may be called php-fpm.conf as well.
  const head = text.slice(0, 16 * 1024);
  return !/^\s*[\w.[\]]+\s*=|^\s*\[/m.test(head) && looksLikeNginx(head);
}

/** Folders of nginx hold files of supervisord, php-fpm and Apache too: none of nginx's begins with a section or an element. */
function startsForeign(text: string): boolean {
  for (let start = 0; start < text.length && start < 16 * 1024; ) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? start + 1000 : Math.min(end, start + 1000)).trim();
    if (line !== '' && line[0] !== '#' && line[0] !== ';')
      return /^(?:\[[^\]{}%]{1,200}\]$|<(?:[A-Za-z!]|\?xml))/.test(line);
    if (end < 0) break;
    start = end + 1;
  }
  return false;
}

/** Most of the top-level directives are nginx's, with a number of arguments that nginx takes. */
function looksLikeNginx(head: string): boolean {
  const { items } = parse(head);
  if (items.length === 0) return false;
  const known = items.filter(({ name, args, block, semicolon }) =>
    signatures(name.value).some(
      (signature) =>
        signature.block === (block !== null) &&
        args.length >= signature.min &&
        args.length <= signature.max &&
        (block !== null || semicolon >= 0),
    ),
  );
  return known.length * 2 > items.length;
}

/** A main file, from which nginx starts: told by its name or by blocks that stand nowhere else. */
export function isMainFile(path: string, text: string): boolean {
  if (/^nginx\.conf(?:\.[a-z0-9]+)?$/i.test(basename(path))) return true;
  return parse(text).items.some(({ called, block }) => block && ['http', 'events', 'stream', 'mail'].includes(called));
}
