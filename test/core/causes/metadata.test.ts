/** What holds for every cause. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causes, rules } from '../../../server/src/core/index';

const folder = `${import.meta.dirname}/../../../server/src/core/causes`;

/** Causes that interfaces.md promises. */
const PROMISED = `connection-refused socket-missing socket-permission-denied tcp-permission-denied socket-backlog-full
connect-timed-out host-unreachable ports-exhausted too-many-open-files worker-connections-exhausted read-timed-out
send-timed-out body-read-timed-out connection-reset body-connection-reset broken-pipe premature-close
body-premature-close invalid-header no-valid-header header-too-big invalid-chunked-response fastcgi-protocol-mismatch
grpc-protocol-error no-live-upstreams upstream-disabled host-not-found resolver-timed-out no-resolver
invalid-upstream-url tls-wrong-version tls-certificate-verify-failed tls-certificate-name-mismatch tls-sni-required
tls-protocol-version tls-handshake-failed tls-handshake-closed tls-handshake-timed-out php-fatal-error php-message
primary-script-unknown script-access-denied auth-request-failed rewrite-cycle body-too-large client-closed
buffered-to-disk rate-limited fpm-max-children fpm-child-crashed fpm-execution-timed-out fpm-slow-request
fpm-listen-failed fpm-startup-failed`.split(/\s+/);

describe('causes', () => {
  it('are the promised ones and more', () => {
    const ids = causes.map(({ id }) => id);
    expect(PROMISED.filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(causes.map((cause) => [cause.id, cause] as const))('%s', (id, cause) => {
    expect(readdirSync(folder)).toContain(`${id}.ts`);
    expect(cause.title).toMatch(/^[\p{L}].*[^.]$/u);
    expect(cause.why.length).toBeGreaterThan(100);
    expect(cause.references.length).toBeGreaterThan(0);
    for (const rule of cause.rules ?? []) expect(rules.find((each) => each.id === rule)?.language).toBe('nginx');
    for (const reference of cause.references) expect(reference).toMatch(/^https:\/\//);
    for (const status of cause.status) expect(status).toBeGreaterThan(100);
    const alternatives = topLevel(cause.pattern.source);
    expect(alternatives.filter((alternative) => !alternative.startsWith('^'))).toEqual([]);
    expect(cause.pattern.flags).toBe('');
    // Linear: nothing unbounded but the end of a word that a letter ends, and no group repeated.
    expect(cause.pattern.source).not.toMatch(/[^\\][*+]|\)\{/);
  });
});

/** The alternatives of a pattern outside all groups. */
function topLevel(source: string): string[] {
  const found = [''];
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!;
    if (char === '\\') found[found.length - 1] += char + source[++i]!;
    else if (char === '[') {
      const end = source.indexOf(']', i); // no class here has an escaped bracket
      found[found.length - 1] += source.slice(i, end + 1);
      i = end;
    } else if (char === '|' && depth === 0) found.push('');
    else {
      if (char === '(') depth++;
      if (char === ')') depth--;
      found[found.length - 1] += char;
    }
  }
  return found;
}
