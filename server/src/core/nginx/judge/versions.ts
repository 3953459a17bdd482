/** Directives that came after nginx 1.22.1 or went since, from nginx's CHANGES. */

/** First version that knows the directive. `1.23.0` stands for "some version after 1.22.1". */
const SINCE: Readonly<Record<string, string>> = {
  add_header_inherit: '1.29.3',
  add_trailer_inherit: '1.29.3',
  client_body_early_read: '1.29.8',
  early_hints: '1.29.0',
  fastcgi_socket_rcvbuf: '1.29.8',
  fastcgi_socket_sndbuf: '1.29.8',
  grpc_socket_rcvbuf: '1.29.8',
  grpc_socket_sndbuf: '1.29.8',
  grpc_ssl_certificate_cache: '1.27.4',
  http2: '1.25.1',
  http3: '1.25.0',
  http3_hq: '1.25.0',
  http3_max_concurrent_streams: '1.25.0',
  http3_stream_buffer_size: '1.25.0',
  keepalive_min_timeout: '1.27.4',
  least_time: '1.29.8',
  max_headers: '1.29.8',
  pass: '1.25.5',
  proxy_pass_trailers: '1.27.2',
  proxy_socket_rcvbuf: '1.29.8',
  proxy_socket_sndbuf: '1.29.8',
  proxy_ssl_alpn: '1.23.0',
  proxy_ssl_certificate_cache: '1.27.4',
  quic_active_connection_id_limit: '1.25.0',
  quic_bpf: '1.25.0',
  quic_gso: '1.25.0',
  quic_host_key: '1.25.0',
  quic_retry: '1.25.0',
  scgi_socket_rcvbuf: '1.29.8',
  scgi_socket_sndbuf: '1.29.8',
  ssl_certificate_cache: '1.27.4',
  ssl_certificate_compression: '1.29.1',
  ssl_ech_file: '1.29.4',
  ssl_object_cache_inheritable: '1.27.4',
  sticky: '1.29.6',
  uwsgi_socket_rcvbuf: '1.29.8',
  uwsgi_socket_sndbuf: '1.29.8',
  uwsgi_ssl_certificate_cache: '1.27.4',
  xml_external_entities: '1.23.0',
};

/** The version that a directive came with; null for those that 1.22.1 knows. */
export function sinceVersion(name: string): string | null {
  if (name.startsWith('tunnel_')) return '1.31.0';
  return Object.hasOwn(SINCE, name) ? SINCE[name]! : null;
}

/** What the newest nginx no longer knows, the version it went with, and what to write instead. */
const REMOVED: Readonly<Record<string, { readonly version: string; readonly instead: string }>> = {
  ssl: { version: '1.25.1', instead: 'the "ssl" parameter of listen' },
};

export function removedIn(name: string): { readonly version: string; readonly instead: string } | null {
  return Object.hasOwn(REMOVED, name) ? REMOVED[name]! : null;
}

/** Directives that are older than the contexts they have gained. */
const SINCE_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  resolver: { upstream: '1.27.3', 'stream-upstream': '1.27.3' },
  resolver_timeout: { upstream: '1.27.3', 'stream-upstream': '1.27.3' },
  server_name: { 'stream-server': '1.25.5' },
  ssl_stapling: { stream: '1.27.2', 'stream-server': '1.27.2' },
  ssl_stapling_file: { stream: '1.27.2', 'stream-server': '1.27.2' },
  ssl_stapling_responder: { stream: '1.27.2', 'stream-server': '1.27.2' },
  ssl_stapling_verify: { stream: '1.27.2', 'stream-server': '1.27.2' },
};

/** The version since which the directive may stand in this context; null where it always might. */
export function sinceVersionIn(name: string, context: string): string | null {
  return Object.hasOwn(SINCE_IN, name) ? (SINCE_IN[name]![context] ?? null) : null;
}
