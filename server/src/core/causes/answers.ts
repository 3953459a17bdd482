/** How nginx complains of an answer that it cannot read (or not to its end), by kind: each kind is a cause, and the rest is one. */

/** No FastCGI, or not as it should be. */
export const FASTCGI = /^upstream sent (?:unsupported|invalid|unexpected) FastCGI\b/;

/** No HTTP/2, or not as it should be. */
export const HTTP2 =
  /^(?:no connection data found for keepalive http2|upstream (?:rejected request with error \d|violated (?:stream|connection) flow control|sent (?:(?:unexpected |too large |too short |truncated |invalid )?http2 |http2 frame|zero http2|frame (?:for |\d)|(?:goaway|data|headers|rst stream|settings|ping|window update) (?:frame|with)\b|too many (?:settings|ping) |too large window update|unexpected (?:push|:status)|invalid :status|duplicate :status|no :status|invalid encoded header|trailer without|response body larger)))/;

/** A header larger than the buffer. */
export const TOO_BIG = /^upstream sent too big header/;

/** A body that breaks its own encoding. */
export const BODY =
  /^(?:upstream sent (?:invalid chunked response|(?:invalid|too big) trailers?\b)|memcached sent invalid trailer)/;

/** Something that is no header, or a header that must not be. */
export const HEADER =
  /^(?:upstream sent (?:invalid header\b|invalid status\b|(?:invalid|unknown|duplicate|unsupported) "|duplicate header line|(?:both )?"[^"]{1,300}" (?:and|header)\b)|invalid header after joining FastCGI records|memcached sent invalid (?:key|flags|length|response)\b)/;

/** No status line. */
export const NO_HEADER = /^upstream sent no valid HTTP\/1\.0 header/;

/** More than was announced. */
export const SURPLUS = /^upstream sent (?:more data than specified in|data after final chunk)/;

export const KINDS: readonly RegExp[] = [FASTCGI, HTTP2, TOO_BIG, BODY, HEADER, NO_HEADER, SURPLUS];
