/** `proxy_pass` and its family: where requests go. */
import type { Directive, Word } from '../../tree';
import { isLocalAddress, readUrl } from './address';
import { type Check, checkVariables, isUnknown, noParameter, refuse, type Setting, shown, type Wrong } from './check';
import { checkRegex } from './regex';

/** What nearly every pass has: a host or a group, a port, no URI. */
const ORDINARY_URL = /^https?:\/\/[\w.-]+(?::[1-9]\d{0,3})?$/;
const ORDINARY_ADDRESS = /^(?:[\w.-]+(?::[1-9]\d{0,3})?|unix:\/[\w./-]{1,100})$/;

/** http's `proxy_pass`. */
export const checkProxyPass: Check = (directive, setting) => {
  if (ORDINARY_URL.test(directive.values[1] ?? '')) return null;
  const word = directive.args[0];
  if (!word || isUnknown(word)) return null;
  if (word.value.includes('$')) return checkVariables(word);
  const [scheme] = /^https?:\/\//i.exec(word.value) ?? [];
  if (scheme === undefined) {
    return refuse(
      word,
      `${shown(word.value)} does not start with http:// or https://, so nginx finds no address in it: write http://127.0.0.1:8080 or http://name-of-an-upstream`,
      schemeFix(word),
    );
  }
  const url = readUrl(word.value.slice(scheme.length), { uri: true });
  if (typeof url === 'string') {
    return refuse(
      word,
      `${shown(word.value)} holds no address, ${url}: write http://127.0.0.1:8080 or http://unix:/run/app.sock`,
    );
  }
  const place = url.uri === '' ? null : whereNoUri(directive, setting.context);
  if (place === null) return null;
  const isSlash = url.uri === '/' && !word.quote;
  return refuse(
    word,
    `The URI ${shown(url.uri)} cannot stand in a proxy_pass inside ${place}: nginx does not know which part of the request's URI it replaces. Write the address alone, or put the URI into a rewrite`,
    isSlash ? { title: 'Remove the "/"', span: { start: word.end - 1, end: word.end }, newText: '' } : undefined,
  );
};

function schemeFix(word: Word): Wrong['fix'] {
  if (word.quote || word.value.length !== word.end - word.start) return undefined;
  const [, slip, rest] = /^(https?):?\/{0,3}(?!\/)([^/?:][\s\S]*)$/i.exec(word.value) ?? [];
  const isSlip = slip !== undefined && /^https?:?\/|^https?:[^\d]/i.test(word.value);
  const newText = isSlip
    ? `${slip}://${rest}`
    : /^[\w.[-]/.test(word.value) && !/^[a-z]+:\/\//i.test(word.value)
      ? `http://${word.value}`
      : null;
  if (newText === null || typeof readUrl(newText.replace(/^https?:\/\//i, ''), { uri: true }) === 'string')
    return undefined;
  return { title: `Write ${newText}`, span: { start: word.start, end: word.end }, newText };
}

/** The block in which no URI may follow the address, as a message names it. */
function whereNoUri({ parent }: Directive, context: string): string | null {
  if (context === 'location-if') return 'an "if"';
  if (context === 'limit_except') return 'a "limit_except"';
  if (parent?.called !== 'location') return null;
  const [first, second] = parent.args;
  if (!first || parent.args.some(isUnknown)) return null;
  if (second ? first.value === '~' || first.value === '~*' : first.value.startsWith('~')) {
    return 'a location with a regular expression';
  }
  return !second && first.value.startsWith('@') ? 'a named location' : null;
}

/** Schemes that a directive takes before the address. */
const SCHEMES: Readonly<Record<string, RegExp>> = { grpc_pass: /^grpcs?:\/\//i, uwsgi_pass: /^s?uwsgi:\/\//i };

/** Those that take an address without a URI: `fastcgi_pass` and the like, stream's `proxy_pass`. */
export const checkAddressPass: Check = (directive) => {
  if (ORDINARY_ADDRESS.test(directive.values[1] ?? '')) return null;
  const word = directive.args[0];
  if (!word || isUnknown(word)) return null;
  const name = directive.called;
  // A variable that is a host's name is looked up when nginx starts.
  if (word.value.includes('$')) return name === 'memcached_pass' ? null : checkVariables(word);
  const [scheme = ''] = SCHEMES[name]?.exec(word.value) ?? [];
  const url = readUrl(word.value.slice(scheme.length));
  if (typeof url !== 'string') return null;
  const [, , rest] = /^([a-z][a-z0-9+.-]*:\/\/)([^/?]+)\/?$/i.exec(word.value) ?? [];
  const fixed = word.value.startsWith('/') ? `unix:${word.value}` : rest;
  return refuse(
    word,
    `${shown(word.value)} is no address for ${name}, ${url}: write 127.0.0.1:9000, the name of an upstream or unix:/run/app.sock`,
    fixed !== undefined && typeof readUrl(fixed) !== 'string' && !word.quote
      ? { title: `Write ${fixed}`, span: { start: word.start, end: word.end }, newText: fixed }
      : undefined,
  );
};

/** `proxy_bind` and its family. */
export const checkBind: Check = (directive) => {
  const [address, how] = directive.args;
  if (!address || isUnknown(address)) return null;
  if (!how && address.value === 'off') return null;
  if (address.value.includes('$')) {
    const wrong = checkVariables(address);
    if (wrong) return wrong;
  } else if (!isLocalAddress(address.value)) {
    return refuse(
      address,
      `${shown(address.value)} is no address of this host: write an IP address, with or without a port, or off`,
    );
  }
  return how && !isUnknown(how) && how.value !== 'transparent' ? noParameter(directive, how, ['transparent']) : null;
};

export const checkProxyRedirect: Check = (directive, setting) => {
  const { context } = setting;
  const [from, to] = directive.args;
  if (!from || isUnknown(from)) return null;
  if (!to) {
    if (from.value === 'off') return null;
    if (from.value !== 'default')
      return noParameter(directive, from, ['default', 'off'], 'default, off, or what to replace and the replacement');
    return context === 'http' || context === 'server'
      ? refuse(
          from,
          `"proxy_redirect default" needs a proxy_pass before it in the same block, so it stands only in a location`,
        )
      : null;
  }
  return checkRewriting(from, to, setting, /^~\*?/);
};

/** `proxy_cookie_path` and `proxy_cookie_domain`. */
export const checkProxyCookie: Check = (directive, setting) => {
  const [from, to] = directive.args;
  if (!from || isUnknown(from)) return null;
  if (!to)
    return from.value === 'off'
      ? null
      : noParameter(directive, from, ['off'], 'off, or what to replace and the replacement');
  return checkRewriting(from, to, setting, directive.called === 'proxy_cookie_path' ? /^~\*?/ : /^~/);
};

function checkRewriting(from: Word, to: Word, setting: Setting, regex: RegExp): Wrong | null {
  const [sign] = regex.exec(from.value) ?? [];
  return (sign === undefined ? checkVariables(from) : checkRegex(from, setting, sign.length)) ?? checkVariables(to);
}

export const checkProxyCookieFlags: Check = (directive, setting) => {
  const [cookie, ...flags] = directive.args;
  if (!cookie || isUnknown(cookie)) return null;
  if (flags.length === 0)
    return cookie.value === 'off' ? null : noParameter(directive, cookie, ['off'], 'off, or a cookie and its flags');
  const wrong = cookie.value.startsWith('~') ? checkRegex(cookie, setting, 1) : checkVariables(cookie);
  if (wrong) return wrong;
  for (const flag of flags) {
    const bad = checkVariables(flag);
    if (bad) return bad;
    // The words themselves are compared when the location is put together, on another line.
  }
  return null;
};

/** `fastcgi_param` and its family. */
export const checkParam: Check = (directive) => {
  const how = directive.args[2];
  return how && !isUnknown(how) && how.value !== 'if_not_empty' ? noParameter(directive, how, ['if_not_empty']) : null;
};
