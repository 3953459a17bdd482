/** What a line without date and level must look like to be taken for an nginx upstream message: the one list of it. */

/**
 * Beginnings of whole messages. What follows must be what nginx can put there (the end, an errno, a detail, an action,
 * a field), so that a sentence such as "connect() failed because …" is not a message.
 * Sources: ngx_event_connect.c, ngx_http_upstream.c, ngx_event_openssl.c, ngx_event_pipe.c, the proxying modules.
 */
const WHOLE_STARTS: readonly string[] = [
  'connect() failed',
  'recv() failed',
  'WSARecv() failed',
  'WSASend() failed',
  'recvmsg() failed',
  'readv() failed',
  'send() failed',
  'sendmsg() failed',
  'sendfile() failed',
  'writev() failed',
  'socket() failed',
  'getsockopt(SO_ERROR) failed',
  'SSL_do_handshake() failed',
  'SSL_read() failed',
  'SSL_write() failed',
  'SSL_shutdown() failed',
  'peer closed connection in SSL handshake',
  'peer shutdown SSL cleanly',
  'no live upstreams',
  'upstream timed out',
  'upstream prematurely closed connection',
  'upstream prematurely closed FastCGI stdout',
  'upstream prematurely closed stream',
  'upstream closed prematurely',
  'upstream server temporarily disabled',
  'auth request unexpected status',
  'No such file or directory',
  'Primary script unknown',
];

/** Beginnings that say enough by themselves; anything may follow. */
const OPEN_STARTS: readonly string[] = [
  'upstream sent ',
  'upstream SSL certificate ',
  'upstream rejected request with error ',
  'upstream violated ',
  'memcached sent invalid ',
  'could not find named location "',
  'could not allocate node in ',
  'server reached pm.max_children setting (',
  'FastCGI sent in stderr: "',
  'no resolver defined to resolve ',
  'invalid URL prefix in "',
  'no port in upstream "',
  'invalid port in upstream "',
  'host not found in upstream "',
  'rewrite or internal redirection cycle while ',
  'client intended to send too large ',
  'an upstream response is buffered to a temporary file ',
  'a client request body is buffered to a temporary file ',
  'limiting requests, excess: ',
  'limiting connections by zone "',
];

/** A beginning and what must come behind it on the same line. */
const PAIRED_STARTS: readonly (readonly [string, string])[] = [
  ['connect() to ', ' failed'],
  ['bind(', ') failed'],
];

/** Messages that begin with a name or number and are known by what follows. */
const PARTS: readonly string[] = [' could not be resolved (', ' worker_connections are not enough'];

/** Actions (`log->action`) in which nginx deals with an upstream. */
export const UPSTREAM_PHASES: readonly string[] = [
  'connecting to upstream',
  'SSL handshaking to upstream',
  'sending request to upstream',
  'sending PROXY protocol header to upstream',
  'reading response header from upstream',
  'reading response from upstream',
  'reading upstream',
  'proxying upgraded connection',
  'proxying connection',
  'proxying and reading from upstream',
  'proxying and sending to upstream',
];

/** Words of messages, actions and the system's errors: they tell whether a line was broken in a word or between two. */
export const WORDS: ReadonlySet<string> = new Set(
  [
    ...[...WHOLE_STARTS, ...OPEN_STARTS, ...PARTS, ...UPSTREAM_PHASES],
    'while Connection refused timed out reset by peer Permission denied No route to host Network is unreachable Broken pipe',
    'Resource temporarily unavailable Cannot assign requested address Too many open files Host not found Operation not permitted',
    'Address family supported by protocol request header headers response invalid status duplicate line too big large frame',
    'certificate verify error does match handshake failure alert number unknown unsupported version unexpected wrong routines',
    'reported that client server upstream referrer subrequest bytes PHP message Fatal Warning Parse Notice in on line has been',
    'enough reusing connections window flow control stream with data received at the same time chunked content length',
  ]
    .join(' ')
    .split(/[^A-Za-z]+/),
);

/** Does this text, which has no date and level, read as an nginx message about an upstream? */
export function isUpstreamMessage(text: string): boolean {
  return beginsMessage(text) || carriesUpstreamPhase(text);
}

/** Told by its first words, so that it cannot be the rest of another. */
export function beginsMessage(text: string): boolean {
  return (
    WHOLE_STARTS.some((start) => text.startsWith(start) && continues(text, start.length)) ||
    OPEN_STARTS.some((start) => text.startsWith(start) && text.length > start.length) ||
    PAIRED_STARTS.some(([start, then]) => text.startsWith(start) && text.includes(then, start.length)) ||
    PARTS.some((part) => isPart(text, part))
  );
}

function continues(text: string, at: number): boolean {
  return (
    at === text.length ||
    text.startsWith(' (', at) ||
    text.startsWith(' while ', at) ||
    text.startsWith(', ', at) ||
    text.startsWith(': ', at)
  );
}

/** One word stands before the part: the name that was asked for, the number of connections. */
function isPart(text: string, part: string): boolean {
  const at = text.indexOf(part);
  if (at <= 0 || at > 300 || text.slice(0, at).includes(' ')) return false;
  return !part.endsWith('(') || isDigit(text.charCodeAt(at + part.length));
}

function carriesUpstreamPhase(text: string): boolean {
  for (let at = text.indexOf(' while '); at >= 0; at = text.indexOf(' while ', at + 7)) {
    for (const phase of UPSTREAM_PHASES) {
      if (!text.startsWith(phase, at + 7)) continue;
      const end = at + 7 + phase.length;
      if (end === text.length || text.startsWith(', client: ', end) || text.startsWith(', udp client: ', end)) {
        return true;
      }
    }
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
