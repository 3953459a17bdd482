/** `map`, `geo`, `split_clients`, `charset_map`, `types`: what stands before the `{`, and the lines inside. */
import type { Block, Directive, Word } from '../../tree';
import { isCidr, isIPv4 } from './address';
import {
  type Check,
  checkVariables,
  first,
  isUnknown,
  knows,
  noParameter,
  refuse,
  type Setting,
  shown,
  type Wrong,
} from './check';
import { checkRegex } from './regex';
import { checkNewVariable } from './rewrite';

/** `map` and `split_clients`. */
export const checkMap: Check = (directive, setting, signature) => {
  const [source, variable] = directive.args;
  if (!source || !variable) return null;
  const wrong = checkVariables(source) ?? checkNewVariable(variable, directive);
  return wrong ?? (directive.called === 'split_clients' ? checkTotal(directive, setting, signature) : null);
};

/** nginx adds up when it comes to the `}`. */
const checkTotal: Check = ({ block, args }) => {
  if (!block?.closed || block.foreign || block.templated) return null;
  // In hundredths of a percent; `*` takes what is left.
  let total = 0;
  for (const { name } of block.items) {
    if (isUnknown(name)) return null;
    const [, percent] = /^(\d*\.?\d{0,2})%$/.exec(name.value) ?? [];
    if (name.value === '*') total = 10_000;
    else if (percent !== undefined) total += Math.round(Number(percent) * 100);
    if (total > 10_000) {
      return refuse(
        { start: block.end - 1, end: block.end },
        `The shares of ${shown(args[1]!.value)} add up to more than 100%, where "*", which takes the rest, must stand last`,
      );
    }
  }
  return null;
};

export const checkGeo: Check = (directive) => first(directive.args, (word) => checkNewVariable(word, directive));

export const checkCharsetMap: Check = ({ args }) => {
  const [from, to] = args;
  return from && to && !isUnknown(from) && from.value.toLowerCase() === to.value.toLowerCase()
    ? refuse(to, `A charset_map leads from one charset to another, not from ${shown(from.value)} to itself`)
    : null;
};

/** One line inside `block`. */
export function checkLine(block: Directive, line: Directive, setting: Setting): Wrong | null {
  if (isUnknown(line.name)) return null;
  switch (block.called) {
    case 'map':
      return checkMapLine(block, line, setting);
    case 'geo':
      return checkGeoLine(block, line, setting);
    case 'split_clients':
      return checkShare(line);
    case 'charset_map':
      return checkCharacter(block, line);
    case 'types':
      return line.called === 'include' && line.args.length !== 1
        ? refuse(line.name, `"include" takes 1 argument, not ${line.args.length}`)
        : null;
    default:
      return null;
  }
}

function checkMapLine(block: Directive, line: Directive, setting: Setting): Wrong | null {
  const { name, args } = line;
  const [value] = args;
  if (!value && (name.value === 'hostnames' || name.value === 'volatile')) return null;
  if (args.length !== 1) {
    return args.some(isUnknown)
      ? null
      : refuse(
          args[1] ?? name,
          `A line of a map is a value and what becomes of it, two words, not ${args.length + 1}: put text with blanks in quotes`,
        );
  }
  if (name.value === 'include') return null;
  const wrong = checkVariables(value!);
  if (wrong || name.value === 'default') return wrong;
  const [sign] = /^~\*?/.exec(name.value) ?? [];
  if (sign !== undefined) return checkRegex(name, setting, sign.length);
  const isHostnames = block.block !== null && line.parent === block && firsts(block.block).hostnames < line.start;
  return isHostnames ? checkHostname(name) : null;
}

/** `*.example.com`, `.example.com`, `www.example.*`, `example.com` (ngx_hash_add_key()). */
function checkHostname(word: Word): Wrong | null {
  const name = word.value.replace(/^\\/, '');
  if (isHostname(name)) return null;
  return refuse(
    word,
    `${shown(name)} is no host name: one "*" may stand at its beginning or end, with a dot between, as in *.example.com`,
  );
}

export function isHostname(name: string): boolean {
  const stars = name.split('*').length - 1;
  if (stars > 1 || name.includes('..')) return false;
  if (name.length > 1 && name.startsWith('.')) return true;
  if (name.length > 2 && (name.startsWith('*.') || name.endsWith('.*'))) return true;
  return stars === 0;
}

function checkGeoLine(block: Directive, line: Directive, setting: Setting): Wrong | null {
  const { name, args } = line;
  const isStream = setting.context.startsWith('stream');
  // A line of an included file is not told what stands before it: both forms pass.
  const isIncluded = line.parent !== block;
  const before = block.block && !isIncluded ? firsts(block.block) : NOTHING;
  if (args.length === 0) {
    if (name.value === 'ranges') {
      const earlier = before.network;
      return earlier && earlier.start < name.start
        ? refuse(name, `"ranges" must stand before ${shown(earlier.called)} and all other networks of the geo`)
        : null;
    }
    if (name.value === 'proxy_recursive' && !isStream) return null;
    if (name.value === 'volatile' && knows(setting, '1.29.3')) return null;
  }
  if (args.length !== 1) {
    return args.some(isUnknown)
      ? null
      : refuse(args[1] ?? name, `A line of a geo is a network and a value, two words, not ${args.length + 1}`);
  }
  if (name.value === 'include' || name.value === 'default') return null;
  const isProxy = name.value === 'proxy' && !isStream;
  const network = name.value === 'delete' || isProxy ? args[0]! : name;
  if (isUnknown(network) || network.value === '255.255.255.255') return null;
  if (!isProxy && before.ranges < line.start) {
    const [, low, high] = /^([\d.]*)-([\d.]*)$/.exec(network.value) ?? [];
    if (low !== undefined && isIPv4(low) && isIPv4(high!) && number(low) <= number(high!)) return null;
    return refuse(network, `${shown(network.value)} is no range of IPv4 addresses: write 192.0.2.0-192.0.2.255`);
  }
  if (isCidr(network.value)) return null;
  // An included file may have said "ranges".
  if (/^[\d.]+-[\d.]+$/.test(network.value) && (isIncluded || before.include < line.start)) return null;
  return refuse(
    network,
    /^[\d.]+-[\d.]+$/.test(network.value)
      ? `${shown(network.value)} is a range: "ranges" must stand first in this geo`
      : `${shown(network.value)} is no network: write 192.0.2.0/24, 2001:db8::/32 or an address`,
  );
}

/** Where the words that change how a block is read stand first; Infinity where they do not. */
interface Firsts {
  readonly hostnames: number;
  readonly ranges: number;
  readonly include: number;
  readonly network: Directive | null;
}

const NEVER = Number.POSITIVE_INFINITY;
const NOTHING: Firsts = { hostnames: NEVER, ranges: NEVER, include: NEVER, network: null };

/** Lines may be many, and each asks. */
const known = new WeakMap<Block, Firsts>();

function firsts(block: Block): Firsts {
  const before = known.get(block);
  if (before) return before;
  const start = (word: string, count: number): number =>
    block.items.find(({ called, args }) => called === word && args.length === count)?.start ?? NEVER;
  const found: Firsts = {
    hostnames: start('hostnames', 0),
    ranges: start('ranges', 0),
    include: start('include', 1),
    network:
      block.items.find(({ called, args }) => args.length === 1 && called !== 'include' && called !== 'proxy') ?? null,
  };
  known.set(block, found);
  return found;
}

function number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function checkShare({ name }: Directive): Wrong | null {
  if (name.value === '*') return null;
  const [, percent] = /^(\d*\.?\d{0,2})%$/.exec(name.value) ?? [];
  if (percent !== undefined && Number(percent) > 0) return null;
  return refuse(
    name,
    `${shown(name.value)} is no share: write a percentage with at most two decimals, such as 0.5%, or * for the rest`,
    /^\d+(?:\.\d{1,2})?$/.test(name.value) && Number(name.value) > 0 && !name.quote
      ? { title: `Write ${name.value}%`, span: { start: name.end, end: name.end }, newText: '%' }
      : undefined,
  );
}

function checkCharacter(block: Directive, line: Directive): Wrong | null {
  const { name, args } = line;
  const [to] = args;
  if (args.length !== 1)
    return refuse(args[1] ?? name, `A line of a charset_map is two codes, not ${args.length + 1} words`);
  for (const word of [name, to!]) {
    if (isUnknown(word)) continue;
    const isUtf8 = word === to && block.values[2]?.toLowerCase() === 'utf-8';
    if (isUtf8 ? /^(?:[0-9a-f]{2})*$/i.test(word.value) : /^0*[0-9a-f]{1,2}$/i.test(word.value)) continue;
    return refuse(
      word,
      `${shown(word.value)} is no code of a character: write ${isUtf8 ? 'its UTF-8 bytes' : 'one byte'} in hexadecimal`,
    );
  }
  return null;
}

/** `valid_referers`. */
export const checkReferers: Check = (directive, setting) =>
  first(directive.args, (word) => {
    if (isUnknown(word)) return null;
    if (word.value === '' || word.value === '~')
      return noParameter(directive, word, ['none', 'blocked', 'server_names', 'a host name', '~regex']);
    if (word.value.startsWith('~')) return checkRegex(word, setting, 1);
    const slash = word.value.indexOf('/');
    return checkHostname(slash < 0 ? word : { ...word, value: word.value.slice(0, slash) });
  });
