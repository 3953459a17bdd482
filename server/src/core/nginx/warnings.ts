/** What nginx reads with a [warn]: it starts, but one word of the directive does nothing. Facts from nginx's sources. */
import type { Span } from '../text/span';
import { isDataBlock, signatures } from './catalogue';
import { isCidr, isIPv4 } from './judge/parameters/address';
import { isUnknown } from './judge/parameters/check';
import { byText } from './phrase';
import type { Directive, Word } from './tree';
import { isOlder } from './version';

export interface Warning {
  readonly span: Span;
  readonly message: string;
}

type Find = (directive: Directive, version: string | null) => Warning | null;

/** Went out of use with `version`; the value is not used any more where `ignored`. */
const OLD: Readonly<Record<string, { readonly version: string; readonly instead: string; readonly ignored: boolean }>> =
  {
    ssl: { version: '1.15.0', instead: '"listen … ssl"', ignored: false },
    http2_recv_timeout: { version: '1.19.7', instead: 'client_header_timeout', ignored: true },
    http2_idle_timeout: { version: '1.19.7', instead: 'keepalive_timeout', ignored: true },
    http2_max_requests: { version: '1.19.7', instead: 'keepalive_requests', ignored: true },
    http2_max_field_size: { version: '1.19.7', instead: 'large_client_header_buffers', ignored: true },
    http2_max_header_size: { version: '1.19.7', instead: 'large_client_header_buffers', ignored: true },
  };

const old: Find = ({ name }, version) => {
  const { version: since, instead, ignored } = OLD[name.value]!;
  if (version !== null && isOlder(version, since)) return null;
  return {
    span: name,
    message: ignored
      ? `nginx ignores "${name.value}" since ${since}: ${instead} has taken its place.`
      : `"${name.value}" is deprecated since nginx ${since}: use ${instead}. nginx 1.25.1 and later do not start with it.`,
  };
};

const listen: Find = ({ args }, version) => {
  if (version === null || isOlder(version, '1.25.1')) return null;
  const http2 = args.slice(1).find(({ value }) => value === 'http2');
  if (!http2) return null;
  return {
    span: http2,
    message: '"listen … http2" is deprecated since nginx 1.25.1: write "http2 on;" in the server.',
  };
};

/** Lists of MIME types that hold this one from the start. */
const FIRST_TYPE: Readonly<Record<string, string>> = {
  addition_types: 'text/html',
  brotli_types: 'text/html',
  charset_types: 'text/html',
  gzip_types: 'text/html',
  ssi_types: 'text/html',
  sub_filter_types: 'text/html',
  xslt_types: 'text/xml',
};

const mimeTypes: Find = ({ name, args }) => {
  const always = FIRST_TYPE[name.value]!;
  const star = args.findIndex(({ value }) => value === '*');
  const counted = star < 0 ? args : args.slice(0, star);
  const again = repeated(counted, [always]);
  if (!again) return null;
  return {
    span: again,
    message:
      again.value.toLowerCase() === always
        ? `${name.value} always holds "${always}": it need not be named (duplicate MIME type).`
        : `"${again.value}" stands twice in this ${name.value} (duplicate MIME type).`,
  };
};

const flags: Find = ({ name, args }) => {
  const again = repeated(args, []);
  return again && { span: again, message: `"${again.value}" stands twice in this ${name.value} (duplicate value).` };
};

function repeated(words: readonly Word[], before: readonly string[]): Word | null {
  const seen = new Set(before);
  for (const word of words) {
    if (isUnknown(word)) continue;
    const value = word.value.toLowerCase();
    if (seen.has(value)) return word;
    seen.add(value);
  }
  return null;
}

const index: Find = ({ args }) => {
  const absolute = args.slice(0, -1).find((word) => word.value.startsWith('/') && !isUnknown(word));
  if (!absolute) return null;
  return {
    span: absolute,
    message: `Only the last file of index should start with "/": what stands behind "${absolute.value}" is seldom reached.`,
  };
};

const serverName: Find = (directive) => {
  if (!directive.values.some((value) => value.includes('/'))) return null;
  const odd = directive.args.find(
    (word) => word.value.includes('/') && !word.value.startsWith('~') && !isUnknown(word),
  );
  if (!odd) return null;
  return {
    span: odd,
    message: `"${odd.value}" is no host name: no request has a "/" in its Host, write the name alone.`,
  };
};

const access: Find = ({ args: [word] }) => (word ? lowBits(word) : null);

function lowBits(word: Word): Warning | null {
  if (isUnknown(word) || !isCidr(word.value)) return null;
  const network = networkOf(word.value);
  if (network === null || network.exact) return null;
  return {
    span: word,
    message: `"${word.value}" has address bits behind its mask, which nginx ignores (low address bits are meaningless).`,
  };
}

/** `key` is the same for texts that mean the same network. */
function networkOf(text: string): { readonly key: string; readonly exact: boolean } | null {
  const [address = '', mask] = text.split('/');
  const bytes = isIPv4(address) ? address.split('.').map(Number) : inet6(address);
  if (!bytes) return null;
  const bits = mask === undefined ? bytes.length * 8 : Number(mask);
  const masked = bytes.map((byte, i) => byte & (0xff00 >> Math.max(0, Math.min(8, bits - i * 8))) & 0xff);
  return { key: `${masked.join('.')}/${bits}`, exact: masked.every((byte, i) => byte === bytes[i]) };
}

/** Sixteen numbers; null for forms with an IPv4 address at the end. */
function inet6(address: string): number[] | null {
  if (address.includes('.')) return null;
  const [head = '', tail] = address.split('::');
  const groups = (half: string): number[] =>
    half === ''
      ? []
      : half.split(':').flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
  const first = groups(head);
  const last = groups(tail ?? '');
  return [...first, ...new Array<number>(Math.max(0, 16 - first.length - last.length)).fill(0), ...last];
}

/** Lines of a geo; what an included file holds is not looked at. */
function geo({ block }: Directive): readonly Warning[] {
  if (!block || block.foreign || block.templated || block.items.some(({ called }) => called === 'ranges')) return NONE;
  const found: Warning[] = [];
  const seen = new Set<string>();
  for (const { name, args } of block.items) {
    if (args.length !== 1 || isUnknown(name) || !isCidr(name.value)) continue;
    const low = lowBits(name);
    if (low) found.push(low);
    const network = networkOf(name.value);
    if (!network) continue;
    if (seen.has(network.key))
      found.push({
        span: name,
        message: `"${name.value}" stands in this geo already: the last line counts (duplicate network).`,
      });
    seen.add(network.key);
  }
  return found;
}

const NONE: readonly Warning[] = [];

const BALANCERS = new Set(['hash', 'ip_hash', 'least_conn', 'least_time', 'random']);

function upstream({ block }: Directive): readonly Warning[] {
  if (!block || block.foreign || block.templated) return NONE;
  let found: Warning[] | null = null;
  let before: Directive | null = null;
  for (let i = 0; i < block.items.length; i++) {
    const directive = block.items[i]!;
    const balances = BALANCERS.has(directive.called);
    if (!balances && directive.called !== 'keepalive') continue;
    if (balances && before) {
      const { name } = directive;
      const why =
        before.called === 'keepalive'
          ? 'it undoes the keepalive above it. Put it before keepalive.'
          : `it replaces the ${before.called} above it. One can balance a group.`;
      found ??= [];
      found.push({ span: name, message: `"${name.value}" comes too late: ${why} (load balancing method redefined)` });
    }
    before = directive;
  }
  return found ?? NONE;
}

const FINDERS: ReadonlyMap<string, Find> = new Map<string, Find>([
  ...Object.keys(OLD).map((name) => [name, old] as const),
  ...Object.keys(FIRST_TYPE).map((name) => [name, mimeTypes] as const),
  ['listen', listen],
  ['index', index],
  ['server_name', serverName],
  ['allow', access],
  ['deny', access],
  ['set_real_ip_from', access],
]);

function finderOf(name: string): Find | undefined {
  return FINDERS.get(name) ?? (signatures(name).some(({ value }) => value === 'bitmask') ? flags : undefined);
}

/** May a directive of this name be warned of, in a file that has directives of those `names`? */
export function isWarned(name: string, names: ReadonlySet<string>): boolean {
  if (name === 'upstream') return [...BALANCERS].some((each) => names.has(each));
  return name === 'geo' || finderOf(name) !== undefined;
}

/** Whatever the version: most directives are done with here, once for each text. */
const isSuspect = byText((directive) => finderOf(directive.called)?.(directive, null) !== null);

export function warnings(directive: Directive, version: string | null): readonly Warning[] {
  if ((directive.called !== 'listen' || version === null) && !isSuspect(directive)) return NONE;
  const { called, parent } = directive;
  if (parent && (isDataBlock(parent.called) || signatures(parent.called).length === 0)) return NONE;
  if (called === 'geo') return geo(directive);
  if (called === 'upstream') return upstream(directive);
  if (directive.name.template) return NONE;
  const found = finderOf(called)?.(directive, version);
  return found ? [found] : NONE;
}
