/** What OpenSSL makes of a list of ciphers (`ssl_ciphers`), as far as every release since 1.1.1 agrees. */
import { closest } from '../../../text/spelling';
import { ALIASES, CIPHERS } from './cipher-names';

const KNOWN = new Set([...ALIASES, ...CIPHERS]);

/** Why OpenSSL refuses the list; null where it takes it, or where that depends on the build. */
export function cipherProblem(list: string): string | null {
  // A policy of Fedora's, groups of BoringSSL.
  if (/^PROFILE=|\[/.test(list)) return null;
  const fromDefault = list.startsWith('DEFAULT');
  const rules = (fromDefault ? list.slice('DEFAULT'.length) : list).split(/[: ;,]/);
  for (const rule of rules) {
    const problem = commandProblem(rule);
    if (problem) return problem;
  }
  if (fromDefault) return null;
  const added = rules.filter((rule) => rule !== '' && !/^[-+!@]/.test(rule));
  if (added.some(isKnown)) return isAllKilled(rules, added) ? 'it takes away all ciphers' : null;
  const [first] = added;
  if (first === undefined) {
    return list === ''
      ? 'it is empty'
      : 'it takes ciphers away, and adds none: write HIGH or another list of ciphers before them';
  }
  if (added.every((rule) => /^TLS_[A-Z0-9_]+$/.test(rule)))
    return 'ciphers of TLS 1.3 alone do not make a list: write ssl_conf_command Ciphersuites with them';
  const meant = closest(first, [...KNOWN]) ?? [...KNOWN].find((known) => known.toLowerCase() === first.toLowerCase());
  return `OpenSSL knows no cipher ${added.length > 1 ? 'in it' : `"${first.slice(0, 60)}"`}${meant ? `: is ${meant} meant?` : ''}`;
}

/** All names joined by "+" must be known. Names of RFCs count since OpenSSL 3.2. */
function isKnown(rule: string): boolean {
  return rule.split('+').every((name) => KNOWN.has(name) || /^TLS_\w+_WITH_\w+$/.test(name));
}

/** `!ALL` leaves only ciphers that do not encrypt; or else each name is taken away again. */
function isAllKilled(rules: readonly string[], added: readonly string[]): boolean {
  return (
    added.every((rule) => rules.includes(`!${rule}`)) ||
    (rules.includes('!ALL') && !added.some((rule) => /NULL|COMPLEMENTOFALL/.test(rule)))
  );
}

function commandProblem(rule: string): string | null {
  if (rule.startsWith('@')) {
    return /^@(?:STRENGTH|SECLEVEL=[0-5])$/.test(rule)
      ? null
      : `"${rule}" is no command: write @SECLEVEL=0 to 5 or @STRENGTH`;
  }
  const bare = rule.replace(/^[!+-]/, '');
  const odd = /[^\w.=+-]/.exec(bare);
  // Behind a name that OpenSSL does not know it skips everything up to the next separator.
  if (odd && (odd.index === 0 || isKnown(bare.slice(0, odd.index))))
    return `"${odd[0]}" cannot stand in a list of ciphers: names are separated by ":"`;
  return /^[!+-]$|\+$|\+\+/.test(rule) ? `a name is missing in "${rule}"` : null;
}

const SUITES =
  /^TLS_(?:AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256|AES_128_CCM(?:_8)?_SHA256|SHA(?:256|384)_SHA(?:256|384))$/;

/** `Ciphersuites`: those of TLS 1.3, of which one at least must be known. */
export function suitesProblem(list: string): string | null {
  return list === '' || list.split(':').some((name) => SUITES.test(name.trim()))
    ? null
    : 'OpenSSL knows no suite of TLS 1.3 in it: write TLS_AES_128_GCM_SHA256 or another';
}
