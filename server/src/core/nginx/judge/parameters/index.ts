/**
 * The parameters of directives that have a setter of their own: which words it takes, in which form, and which together.
 * Facts read from nginx's sources, one function for each setter; nothing but the directive itself is looked at.
 */
import type { Signature } from '../../catalogue';
import type { Directive } from '../../tree';
import { checkAccess, checkCachePath, checkCacheValid, checkComplexSize, checkTempPath, checkText } from './cache';
import type { Check, Setting, Wrong } from './check';
import {
  checkAccessRule,
  checkAio,
  checkAuthHttp,
  checkCpuAffinity,
  checkDegradation,
  checkDirectio,
  checkDisableSymlinks,
  checkGeoipProxy,
  checkGzipDisable,
  checkImageFilter,
  checkKeepaliveTimeout,
  checkLeastTime,
  checkModernBrowser,
  checkProtocol,
  checkRoot,
  checkSecond,
  checkServerName,
  checkSplitPathInfo,
  checkStartTls,
  checkThreadPool,
  checkTrusted,
  checkUse,
  checkWorkerConnections,
  checkWorkerPriority,
  checkWorkerProcesses,
} from './core';
import { checkErrorPage, checkIndex, checkTryFiles } from './error-page';
import {
  checkAddHeader,
  checkExpires,
  checkSetHeader,
  checkSubFilter,
  checkUseridExpires,
  checkUseridMark,
} from './headers';
import { checkLimitConn, checkLimitReq, checkLimitZone } from './limits';
import { checkListen } from './listen';
import { checkLimitExcept, checkLocation } from './location';
import { checkAccessLog, checkErrorLog, checkLogFormat, fileCache } from './logging';
import { checkCharsetMap, checkGeo, checkLine, checkMap, checkReferers } from './maps';
import {
  checkAddressPass,
  checkBind,
  checkParam,
  checkProxyCookie,
  checkProxyCookieFlags,
  checkProxyPass,
  checkProxyRedirect,
} from './pass';
import { checkResolver } from './resolver';
import { checkIf, checkReturn, checkRewrite, checkSet } from './rewrite';
import { checkOcspCache, checkSessionCache } from './tls';
import {
  checkRandom,
  checkServer,
  checkSticky,
  checkUpstreamHash,
  checkUpstreamKeepalive,
  checkUpstreamZone,
} from './upstream-server';

export type { Setting, Wrong } from './check';

const CERTIFICATES = fileCache(['max=N', 'inactive=TIME', 'valid=TIME', 'off']);

/** By name, or by module and name where modules differ. */
const CHECKS: Readonly<Record<string, Check>> = {
  access_log: checkAccessLog,
  add_header: checkAddHeader,
  add_trailer: checkAddHeader,
  aio: checkAio,
  alias: checkRoot,
  allow: checkAccessRule,
  auth_basic_user_file: checkText,
  auth_http: checkAuthHttp,
  auth_request_set: checkSet,
  charset_map: checkCharsetMap,
  debug_connection: checkTrusted,
  degradation: checkDegradation,
  deny: checkAccessRule,
  directio: checkDirectio,
  disable_symlinks: checkDisableSymlinks,
  error_log: checkErrorLog,
  error_page: checkErrorPage,
  expires: checkExpires,
  fastcgi_cache: checkText,
  fastcgi_cache_key: checkText,
  fastcgi_cache_path: checkCachePath,
  fastcgi_cache_valid: checkCacheValid,
  fastcgi_pass: checkAddressPass,
  fastcgi_split_path_info: checkSplitPathInfo,
  fastcgi_store: checkText,
  geo: checkGeo,
  geoip_proxy: checkGeoipProxy,
  grpc_pass: checkAddressPass,
  grpc_set_header: checkSetHeader,
  grpc_ssl_certificate_cache: CERTIFICATES,
  gzip_disable: checkGzipDisable,
  hash: checkUpstreamHash,
  if: checkIf,
  image_filter: checkImageFilter,
  index: checkIndex,
  keepalive: checkUpstreamKeepalive,
  keepalive_timeout: checkKeepaliveTimeout,
  least_time: checkLeastTime,
  limit_conn: checkLimitConn,
  limit_conn_zone: checkLimitZone,
  limit_except: checkLimitExcept,
  limit_req: checkLimitReq,
  limit_req_zone: checkLimitZone,
  listen: checkListen,
  location: checkLocation,
  log_format: checkLogFormat,
  map: checkMap,
  memcached_pass: checkAddressPass,
  modern_browser: checkModernBrowser,
  open_file_cache: fileCache(['max=N', 'inactive=TIME', 'off']),
  open_log_file_cache: fileCache(),
  perl_set: checkSet,
  protocol: checkProtocol,
  proxy_cache: checkText,
  proxy_cache_key: checkText,
  proxy_cache_path: checkCachePath,
  proxy_cache_valid: checkCacheValid,
  proxy_cookie_domain: checkProxyCookie,
  proxy_cookie_flags: checkProxyCookieFlags,
  proxy_cookie_path: checkProxyCookie,
  proxy_pass: checkProxyPass,
  proxy_redirect: checkProxyRedirect,
  proxy_set_header: checkSetHeader,
  proxy_ssl_certificate_cache: CERTIFICATES,
  proxy_store: checkText,
  random: checkRandom,
  resolver: checkResolver,
  return: checkReturn,
  rewrite: checkRewrite,
  root: checkRoot,
  scgi_cache: checkText,
  scgi_cache_key: checkText,
  scgi_cache_path: checkCachePath,
  scgi_cache_valid: checkCacheValid,
  scgi_pass: checkAddressPass,
  scgi_store: checkText,
  server: checkServer,
  server_name: checkServerName,
  // Plain text in mail, never an expression.
  'mail server_name': () => null,
  set: checkSet,
  set_real_ip_from: checkTrusted,
  split_clients: checkMap,
  ssl_certificate_cache: CERTIFICATES,
  ssl_ocsp_cache: checkOcspCache,
  ssl_session_cache: checkSessionCache,
  starttls: checkStartTls,
  sticky: checkSticky,
  sub_filter: checkSubFilter,
  thread_pool: checkThreadPool,
  try_files: checkTryFiles,
  use: checkUse,
  userid_expires: checkUseridExpires,
  userid_mark: checkUseridMark,
  uwsgi_cache: checkText,
  uwsgi_cache_key: checkText,
  uwsgi_cache_path: checkCachePath,
  uwsgi_cache_valid: checkCacheValid,
  uwsgi_pass: checkAddressPass,
  uwsgi_ssl_certificate_cache: CERTIFICATES,
  uwsgi_store: checkText,
  valid_referers: checkReferers,
  worker_connections: checkWorkerConnections,
  worker_cpu_affinity: checkCpuAffinity,
  worker_priority: checkWorkerPriority,
  worker_processes: checkWorkerProcesses,
  xslt_param: checkSecond,
  xslt_string_param: checkSecond,
  zone: checkUpstreamZone,
  'stream proxy_bind': checkBind,
  'stream proxy_pass': checkAddressPass,
  'stream return': checkText,
};

/** By the form of the value, for names that are not above. */
const FORMS: Readonly<Record<string, Check>> = {
  access: checkAccess,
  bind: checkBind,
  complex: checkText,
  'complex-size': checkComplexSize,
  param: checkParam,
  path: checkTempPath,
  predicate: checkText,
};

/** Null where nginx's own setter would accept the arguments of `directive` (name, context and argument count are already right). */
export function checkParameters(directive: Directive, signature: Signature, setting: Setting): Wrong | null {
  let check = checks.get(signature);
  if (check === undefined) {
    check = checkOf(directive.called, signature);
    checks.set(signature, check);
  }
  if (check === null) return null;
  // What the parser could not read to its end, it has spoken of. It has read every phrase.
  if (directive.phrase === null && directive.semicolon < 0 && !directive.block) return null;
  const wrong = check(directive, setting, signature);
  return wrong && onItsLine(wrong, directive, setting.text);
}

/** As `checkParameters`, for a line inside `map`, `geo`, `split_clients`, `charset_map` or `types`. */
export function checkDataLine(
  block: Directive,
  line: Directive,
  setting: Setting = { context: 'http', version: null },
): Wrong | null {
  if (line.semicolon < 0 || line.block || line.name.template || line.args.some(({ template }) => template)) return null;
  const wrong = checkLine(block, line, setting);
  return wrong && onItsLine(wrong, line, setting.text);
}

const checks = new Map<Signature, Check | null>();

function checkOf(name: string, { type, value }: Signature): Check | null {
  return own(CHECKS, `${type} ${name}`) ?? own(CHECKS, name) ?? own(FORMS, value) ?? null;
}

function own(table: Readonly<Record<string, Check>>, key: string): Check | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** nginx names the line on which the `;` or `{` of a directive stands: a word on an earlier one is not pointed at. */
function onItsLine(wrong: Wrong, { semicolon, block }: Directive, text: string | undefined): Wrong {
  const end = block?.start ?? semicolon;
  if (text === undefined || wrong.span.start >= end || !text.slice(wrong.span.start, end).includes('\n')) return wrong;
  return { ...wrong, span: { start: end, end: end + 1 } };
}
