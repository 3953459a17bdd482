/** Two verdicts on one configuration: the real `nginx -t`, and ours. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { moduleFile } from '../../../scripts/install-packages';
import { findings, load, mapFiles } from '../../../server/src/core';
import type { Case } from './corpus';

export const NGINX = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path));

export interface RealVerdict {
  readonly accepted: boolean;
  /** Refused for something that is not in the files: a name that DNS does not know, a missing key, a user, a folder. */
  readonly host: boolean;
  /** The first [emerg], without its place; empty when accepted. */
  readonly message: string;
  /** Path below the configuration's folder; null when nginx names none. */
  readonly file: string | null;
  /** 1-based; null when nginx names none. */
  readonly line: number | null;
}

export interface OurError {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** A configuration with one file changed, or as it is. */
export interface Subject {
  readonly case: Case;
  readonly file: string;
  readonly text: string;
}

/** Asks nginx about every subject, several at a time; answers are in the order of the subjects. */
export async function askAll(
  subjects: readonly Subject[],
  beside: ReadonlyMap<string, string>,
): Promise<RealVerdict[]> {
  const root = mkdtempSync(join(tmpdir(), 'oracle-'));
  const verdicts = new Array<RealVerdict>(subjects.length);
  let next = 0;
  const worker = async (id: number): Promise<void> => {
    const folders = new Map<Case, string>();
    for (let index = next++; index < subjects.length; index = next++) {
      const subject = subjects[index]!;
      let folder = folders.get(subject.case);
      if (!folder) {
        folder = join(root, `${id}-${folders.size}`);
        folders.set(subject.case, folder);
        layOut(folder, new Map([...beside, ...subject.case.files]));
      }
      writeFileSync(join(folder, subject.file), subject.text);
      verdicts[index] = await ask(folder, join(root, `${id}.log`));
      writeFileSync(join(folder, subject.file), subject.case.files.get(subject.file)!);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, (_, id) => worker(id)));
  } finally {
    rmSync(root, { recursive: true });
  }
  return verdicts;
}

/** Lays a configuration out as nginx finds it. */
export function layOut(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  for (const name of ['logs', 'cache', 'temp', 'modules']) mkdirSync(join(folder, name), { recursive: true });
  for (const name of MODULES) {
    const path = moduleFile(name);
    if (path) symlinkSync(path, join(folder, 'modules', name));
  }
}

const MODULES = [
  'ngx_stream_module.so',
  'ngx_mail_module.so',
  'ngx_http_echo_module.so',
  'ngx_http_geoip2_module.so',
  'ngx_stream_geoip2_module.so',
  'ngx_http_auth_pam_module.so',
  'ngx_http_dav_ext_module.so',
  'ngx_http_subs_filter_module.so',
  'ngx_http_upstream_fair_module.so',
];

/** What nginx says goes to a file, not into a pipe: a pipe of Node is no device that `error_log /dev/stderr` could open. */
function ask(folder: string, log: string): Promise<RealVerdict> {
  return new Promise((done, fail) => {
    const args = ['-t', '-p', `${folder}/`, '-c', join(folder, 'nginx.conf'), '-e', '/dev/null'];
    const output = openSync(log, 'w');
    // Names of corpora exist nowhere: an answer that is lost is not waited for.
    const env = { ...process.env, RES_OPTIONS: 'timeout:1 attempts:1' };
    const child = spawn(NGINX!, args, { stdio: ['ignore', 'ignore', output], timeout: 30_000, env });
    child.on('error', fail);
    child.on('close', (status, signal) => {
      closeSync(output);
      const text = readFileSync(log, 'utf8');
      if (signal) fail(new Error(`nginx ended by ${signal}\n${text}`));
      else done(verdict(status === 0, text, folder));
    });
  });
}

function verdict(accepted: boolean, stderr: string, folder: string): RealVerdict {
  if (accepted) return { accepted, host: false, message: '', file: null, line: null };
  // What the user may not do (ports, folders) nginx finds out after it has read the files.
  const stop = stderr.split('\n').find((line) => /\[(?:emerg|alert|crit)\]/.test(line)) ?? stderr.trim();
  const place = / in (\S+):(\d+)$/.exec(stop);
  const message = stop
    .replace(/^nginx: \[\w+\] /, '')
    .replace(/ in \S+:\d+$/, '')
    .replaceAll(`${folder}/`, '');
  if (!place && /^(?:bind|socket|chown|mkdir|open)\(.* failed \((?:1|13): /.test(message)) {
    return { accepted: true, host: false, message: '', file: null, line: null };
  }
  const file = place ? place[1]!.replace(`${folder}/`, '') : null;
  const line = place ? Number(place[2]) : null;
  const host =
    HOST.some((pattern) => pattern.test(message)) ||
    ELSEWHERE.test(message) ||
    opensElsewhere(message, folder, file, line);
  return { accepted, host, message, file, line };
}

const HOST = [
  /^host not found/,
  /^getpwnam|^getgrnam/,
  /^dlopen\(\)/,
  /^(?:bind|mkdir|chown|chmod|stat|opendir|socket|setsockopt)\(\)? .*failed/,
  // What is in a certificate, a key or another file that is no configuration, or that it is missing.
  /No such file or directory.*(?:BIO|fopen)|PEM routines|x509 certificate routines|DECODER routines|key values mismatch/,
  /must be 48 or 80 bytes/,
  // What nginx was built with, and for which system; a policy that only some builds of OpenSSL know.
  /^invalid event type "(?:kqueue|select|poll|\/dev\/poll|eventport|iocp|win32_\w+)"|is unsupported on this platform$|^invalid parameter "setfib=|"PROFILE=/,
];

/** Modules that the machine's nginx has not, and others have: which one it will be is not in the files. */
const ELSEWHERE =
  /^unknown directive "(?:stream|mail|(?:zone_sync|js|lua|brotli|geoip2?|more|pagespeed|modsecurity|vhost_traffic_status|image_filter|perl|xslt|xml_entities|echo|upload|fancyindex|health_check|hls|f4f|session_log|auth_jwt|auth_pam|subs_filter|api|status|sticky|upstream_order|session_sticky|jvm_route|check|queue|state|ntlm|keyval|match|otel|dav_ext|google_perftools|fair|proxy_cache_purge|fastcgi_cache_purge|content_by_lua|zone_sync|upstream_conf|least_time)(?:_\w+)?)"$/;

/** A file that nginx cannot open, other than by an include of a path below the configuration. */
function opensElsewhere(message: string, folder: string, file: string | null, line: number | null): boolean {
  if (!message.startsWith('open() "')) return false;
  if (file === null || line === null) return true;
  const text = readFileSync(join(folder, file), 'utf8').split('\n')[line - 1]!;
  return !/\binclude\s/.test(text) || message.startsWith('open() "/');
}

/** Where our paths start. */
const HOME = '/etc/nginx';

/** Files of each subject as we see them: everything that nginx sees. */
export async function ourErrors(subject: Subject, beside: ReadonlyMap<string, string>): Promise<OurError[]> {
  const files = new Map<string, string>();
  for (const [name, text] of [...beside, ...subject.case.files]) files.set(`${HOME}/${name}`, text);
  for (const name of MODULES) files.set(`${HOME}/modules/${name}`, '');
  files.set(`${HOME}/${subject.file}`, subject.text);
  const { project } = await load(mapFiles(files), { nginx: [`${HOME}/nginx.conf`], fpm: [], nginxVersion: '1.22.1' });
  const errors: OurError[] = [];
  for (const file of project.sources.keys()) {
    for (const { severity, span, code, message } of findings(project, file)) {
      if (severity !== 'error') continue;
      // As nginx counts them: by LF alone.
      let line = 1;
      const text = files.get(file)!;
      for (let at = text.indexOf('\n'); at >= 0 && at < span.start; at = text.indexOf('\n', at + 1)) line++;
      errors.push({ file: file.slice(HOME.length + 1), line, code, message });
    }
  }
  return errors;
}
