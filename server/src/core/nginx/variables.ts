/** The variables of nginx: which there are, since when, and what defines them. */
import { isDataBlock, signatures } from './catalogue';
import { type Directive, walk } from './tree';
import { onlyUses } from './variable-uses';
import { names, prefixes } from './variables.generated';
import { isOlder } from './version';

type Kind = 'http' | 'stream';

const NAMES = { http: new Set(names.http.split(' ')), stream: new Set(names.stream.split(' ')) };
const PREFIXES = { http: prefixes.http.split(' '), stream: prefixes.stream.split(' ') };

/** First version with the variable, from nginx's CHANGES. */
const SINCE: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  http: {
    connection_time: '1.19.10',
    http3: '1.25.0',
    is_request_port: '1.29.3',
    proxy_protocol_server_addr: '1.17.6',
    proxy_protocol_server_port: '1.17.6',
    request_port: '1.29.3',
    ssl_client_escaped_cert: '1.13.5',
    ssl_client_sigalg: '1.29.3',
    ssl_curve: '1.21.5',
    ssl_early_data: '1.15.3',
    ssl_ech_outer_server_name: '1.29.4',
    ssl_ech_status: '1.29.4',
    ssl_sigalg: '1.29.3',
    ssl_sigalgs: '1.31.2',
    upstream_bytes_sent: '1.15.8',
  },
  stream: {
    proxy_protocol_server_addr: '1.17.6',
    proxy_protocol_server_port: '1.17.6',
    server_name: '1.25.5',
    ssl_alpn_protocol: '1.21.4',
    ssl_client_sigalg: '1.29.3',
    ssl_curve: '1.21.5',
    ssl_ech_outer_server_name: '1.29.4',
    ssl_ech_status: '1.29.4',
    ssl_preread_protocol: '1.15.2',
    ssl_sigalg: '1.29.3',
    ssl_sigalgs: '1.31.2',
  },
};
const TLV = { prefix: 'proxy_protocol_tlv_', since: '1.23.2' };

/** Is it a variable of stock nginx, in this version (null: in any that is known)? */
export function isBuiltIn(kind: Kind, name: string, version: string | null): boolean {
  if (!NAMES[kind].has(name) && !PREFIXES[kind].some((prefix) => name.startsWith(prefix))) return false;
  return version === null || !isOlder(version, since(kind, name) ?? '0');
}

/** The version that brought a variable which older ones in use have not; null for the others. */
export function since(kind: Kind, name: string): string | null {
  if (name.startsWith(TLV.prefix)) return TLV.since;
  return Object.hasOwn(SINCE[kind], name) ? SINCE[kind][name]! : null;
}

export function builtInNames(kind: Kind): Iterable<string> {
  return NAMES[kind];
}

/** What well-known modules and builds define beside their directives: NGINX Plus, Angie, Tengine, echo, VTS, brotli … */
const FOREIGN =
  /^(?:acme_|angie_|ascii_|auth_(?:basic|cookie|digest|gss|hmac|jwt|krb|ldap|pam|saml|spnego|token)|base64_|brotli_|dyn_|dyups_|echo_|encrypted_|geoip2_|ja[34]|jwt_|lua_|memc_|modsecurity|naxsi_|nchan_|ngx_|oidc_|opentelemetry_|opentracing_|otel_|p8s_|pagespeed|parent_|passenger_|pg_|pool_|rds_|redis|rtmp_|session_|slowfs|sorted_|spnego|srcache_|sticky|trace|upload_|vhost_traffic|vts_|waf_|xss_|zstd_)|^(?:year|month|day|hour|minute|second|unix_time|dollar|host_comment|no_referer|protocol|quic|server_ssl|unsecure)$/;

/** Beginnings that stock nginx and other modules share: there a name that is spelt like none of nginx's may be theirs. */
const SHARED =
  /^(?:connections_|date_|geoip_|http3_|mirror_|request_body|ssl_|tcpinfo_|upstream_(?:cache_|check|fail|host|last_|peer|probe|queue|session|sticky|time|tries|zone))/;

/** Is it a variable of a well-known module that stock nginx does not have? */
export function isForeign(name: string): boolean {
  return FOREIGN.test(name);
}

/** May it be one, where it is no slip of the pen? */
export function isLikelyForeign(name: string): boolean {
  return SHARED.test(name);
}

const VARIABLE = /\$\{?(\w+)/g;
const CAPTURE = /\(\?P?[<']([A-Za-z_]\w*)[>']/g;

/** Directives of stock nginx that define the variable in the argument at this index. */
const DEFINES: Readonly<Record<string, number>> = {
  set: 0,
  auth_request_set: 0,
  perl_set: 0,
  map: 1,
  split_clients: 1,
};

/** Every variable that a file may define. Directives unknown to stock nginx count as defining all that they name. */
export function definedIn(text: string, items: readonly Directive[]): Set<string> {
  const found = new Set<string>();
  for (const [, name] of text.matchAll(CAPTURE)) found.add(name!.toLowerCase());
  const addFrom = (value: string): void => {
    for (const [, name] of value.matchAll(VARIABLE)) found.add(name!.toLowerCase());
  };
  for (const { name, args, parent } of walk(items)) {
    // The lines of a `map` are no directives, known or unknown.
    if (parent && isDataBlock(parent.called)) continue;
    const index = Object.hasOwn(DEFINES, name.value) ? DEFINES[name.value] : undefined;
    if (index !== undefined) {
      if (args[index]) addFrom(args[index].value);
    } else if (name.value === 'geo') {
      if (args.length > 0) addFrom(args[args.length - 1]!.value);
    } else if (signatures(name.value).length === 0 && !onlyUses(name.value)) {
      if (name.value.startsWith('$')) addFrom(name.value);
      for (const { value } of args) if (value.includes('$')) addFrom(value);
    }
  }
  return found;
}
