/** Kinds of mistakes that are made from the directive itself: where it ends, how it is spelt, where it stands, what it says. */
import { contextInside, isDataBlock, signatures } from '../../../server/src/core/nginx/catalogue';
import type { Directive, Word } from '../../../server/src/core/nginx/tree';
import type { Edit } from '../../../server/src/core/text/edit';
import type { Site } from './corpus';
import type { Random } from './random';

export type Change = Omit<Edit, 'file'>;

export interface Kind {
  readonly name: string;
  /** How many are wanted. */
  readonly count: number;
  on(site: Site): boolean;
  /** Null where this directive does not lend itself to it. */
  change(site: Site, random: Random, all: readonly Site[]): readonly Change[] | null;
}

type Make = Kind['change'];

const kinds: Kind[] = [];
const kind = (name: string, count: number, on: Kind['on'], change: Make): void => {
  kinds.push({ name, count, on, change });
};
export const KINDS: readonly Kind[] = kinds;

const any = (): boolean => true;
const simple = ({ directive }: Site): boolean => !directive.block;
const block = ({ directive }: Site): boolean => directive.block !== null;
const known = ({ context }: Site): boolean => context !== null;
const withArguments = ({ directive, context }: Site): boolean => directive.args.length > 0 && context !== null;
const put = (start: number, newText: string, end = start): Change => ({ span: { start, end }, newText });
const cut = (start: number, end: number): Change => put(start, '', end);
const raw = ({ text }: Site, word: Word): string => text.slice(word.start, word.end);
const signature = ({ directive, context }: Site) =>
  signatures(directive.name.value).find(({ contexts }) => context !== null && contexts.includes(context));

/** From the start of the first line to behind the line end of the last, where nothing else stands on them. */
function wholeLines({ directive, text }: Site): { start: number; end: number } {
  const start = text.lastIndexOf('\n', directive.start - 1) + 1;
  const newline = text.indexOf('\n', directive.end);
  const alone = /^[ \t]*$/.test(text.slice(start, directive.start)) && newline >= 0;
  const clean = alone && /^[ \t]*(?:#.*)?$/.test(text.slice(directive.end, newline));
  return clean ? { start, end: newline + 1 } : { start: directive.start, end: directive.end };
}

function indentOf(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1))![0];
}

// --- what ends a directive ---

kind('missing semicolon', 70, simple, ({ directive }) => [cut(directive.semicolon, directive.semicolon + 1)]);
kind('missing {', 35, block, ({ directive }) => [cut(directive.block!.start, directive.block!.start + 1)]);
kind('missing }', 35, block, ({ directive }) => [cut(directive.block!.end - 1, directive.block!.end)]);
kind('extra }', 30, any, ({ directive, text }, random) => {
  const at = directive.end;
  return [put(at, random.next() < 0.5 ? '}' : `\n${indentOf(text, directive.start)}}`)];
});
kind('semicolon for {', 12, block, ({ directive }) => [put(directive.block!.start, ';', directive.block!.start + 1)]);
kind('semicolon behind }', 14, block, ({ directive }) => [put(directive.end, ';')]);
kind('double semicolon', 10, simple, ({ directive }) => [put(directive.semicolon, ';')]);
kind('colon or comma for semicolon', 14, simple, ({ directive }, random) => [
  put(directive.semicolon, random.pick([':', ',', '.']), directive.semicolon + 1),
]);
kind('{ } behind a simple directive', 14, simple, ({ directive }, random) => [
  put(directive.semicolon, random.pick([' {}', ' { }', ' {']), directive.semicolon + 1),
]);
kind('block without body', 12, block, ({ directive }) => [
  put(directive.args.at(-1)?.end ?? directive.name.end, ';', directive.block!.end),
]);
kind('unclosed quote', 35, hasQuote, (site, random) => {
  const word = random.pick(site.directive.args.filter(({ quote }) => quote));
  return [random.next() < 0.8 ? cut(word.end - 1, word.end) : cut(word.start, word.start + 1)];
});
kind('text behind a quote', 10, hasQuote, (site, random) => {
  const word = random.pick(site.directive.args.filter(({ quote }) => quote));
  return [put(word.end, random.pick(['x', '"', "'", ',']))];
});
kind('the other quote closes', 8, hasQuote, (site, random) => {
  const word = random.pick(site.directive.args.filter(({ quote }) => quote));
  return [put(word.end - 1, word.quote === '"' ? "'" : '"', word.end)];
});
kind('quotes left out', 16, hasQuote, ({ directive, text }) => {
  const word = directive.args.find(({ quote, value }) => quote && /[\s;{]/.test(value));
  return word ? [put(word.start, text.slice(word.start + 1, word.end - 1), word.end)] : null;
});
kind('typographic quotes', 8, hasQuote, ({ directive, text }) => {
  const word = directive.args.find(({ quote }) => quote)!;
  return [put(word.start, `“${text.slice(word.start + 1, word.end - 1)}”`, word.end)];
});
kind('equals or colon behind the name', 18, withArguments, ({ directive }, random) => [
  random.next() < 0.5
    ? put(directive.name.end, random.pick([' =', ':', ' :', '=']))
    : put(directive.name.end, random.pick(['=', ':']), directive.args[0]!.start),
]);
kind('comment of another language', 14, known, ({ directive, text }, random) => {
  const indent = indentOf(text, directive.start);
  const comment = random.pick(['// note', '/* note */', '-- note', '; note', '<!-- note -->', 'REM note']);
  return [put(directive.start, `${comment}\n${indent}`)];
});
kind('comment eats the semicolon', 10, simple, ({ directive }) => [put(directive.semicolon, ' # note')]);
kind('no space behind the name', 14, withArguments, ({ directive }) => [
  cut(directive.name.end, directive.args[0]!.start),
]);
kind(
  'space inside the name',
  10,
  ({ directive, context }) => context !== null && directive.name.value.includes('_'),
  ({ directive }) => {
    const at = directive.start + directive.name.value.indexOf('_');
    return [put(at, ' ', at + 1)];
  },
);
kind('file cut off', 14, any, ({ directive, text }, random) => {
  const at = directive.start + random.below(directive.end - directive.start);
  return at > 0 ? [cut(at, text.length)] : null;
});
kind(
  'byte order mark',
  6,
  (site) => known(site) && site.directive.start < 200,
  () => [put(0, '\ufeff')],
);
kind('merge conflict marks', 4, known, ({ directive, text }) => {
  const start = text.lastIndexOf('\n', directive.start - 1) + 1;
  return [put(start, '<<<<<<< HEAD\n')];
});

function hasQuote({ directive, context }: Site): boolean {
  return context !== null && directive.args.some(({ quote }) => quote !== null);
}

// --- how the name is spelt ---

const named = ({ directive, context }: Site): boolean => context !== null && directive.name.value.length > 2;
const spelt = (name: string, count: number, spell: (name: string, random: Random) => string): void =>
  kind(name, count, named, ({ directive }, random) => {
    const { start, end, value } = directive.name;
    const spelling = spell(value, random);
    return spelling === value ? null : [put(start, spelling, end)];
  });

spelt('typo: letters swapped', 26, (name, random) => {
  const at = random.below(name.length - 1);
  return name.slice(0, at) + name[at + 1]! + name[at]! + name.slice(at + 2);
});
spelt('typo: letter dropped', 26, (name, random) => {
  const at = random.below(name.length);
  return name.slice(0, at) + name.slice(at + 1);
});
spelt('typo: letter doubled', 26, (name, random) => {
  const at = random.below(name.length);
  return name.slice(0, at) + name[at]! + name.slice(at);
});
spelt('typo: another letter', 26, (name, random) => {
  const at = random.below(name.length);
  return name.slice(0, at) + String.fromCharCode(97 + random.below(26)) + name.slice(at + 1);
});
spelt('typo: - for _', 18, (name) => name.replaceAll('_', '-'));
spelt('typo: no _', 14, (name) => name.replaceAll('_', ''));
spelt('typo: upper case', 16, (name, random) =>
  random.next() < 0.5
    ? name[0]!.toUpperCase() + name.slice(1)
    : name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
);
spelt('typo: s more or less', 16, (name) => (name.endsWith('s') ? name.slice(0, -1) : `${name}s`));

// --- where it stands ---

const parentLine = (directive: Directive): number => directive.parent!.start;

kind(
  'moved out of its block',
  60,
  (site) => known(site) && site.directive.parent !== null,
  (site) => {
    const { text, directive } = site;
    const outer = parentLine(directive);
    const lines = wholeLines(site);
    const lineStart = text.lastIndexOf('\n', outer - 1) + 1;
    const body = text.slice(directive.start, directive.end);
    return [put(lineStart, `${indentOf(text, outer)}${body}\n`), cut(lines.start, lines.end)];
  },
);
kind('moved into a block beside it', 60, known, (site, random, all) => {
  const { text, directive } = site;
  const beside = all.filter(
    (other) =>
      other.text === text &&
      other.directive.parent === directive.parent &&
      other.directive !== directive &&
      other.directive.block &&
      !isDataBlock(other.directive.name.value),
  );
  if (beside.length === 0) return null;
  const target = random.pick(beside).directive;
  const lines = wholeLines(site);
  const at = target.block!.start + 1;
  const indent = `${indentOf(text, target.start)}    `;
  return [put(at, `\n${indent}${text.slice(directive.start, directive.end)}`), cut(lines.start, lines.end)];
});
kind('copied to another context', 90, known, (site, random, all) => {
  const { text, directive, context } = site;
  const elsewhere = all.filter((other) => {
    const inside = other.context && contextInside(other.context, other.directive.name.value);
    return other.text === text && other.directive.block && inside !== null && inside !== context;
  });
  if (elsewhere.length === 0) return null;
  const target = random.pick(elsewhere).directive;
  if (target.start < directive.end && directive.start < target.start) return null;
  const indent = `${indentOf(text, target.start)}    `;
  return [put(target.block!.start + 1, `\n${indent}${text.slice(directive.start, directive.end)}`)];
});
kind(
  'put at the top of the file',
  26,
  (site) => known(site) && site.context !== 'main',
  (site) => {
    const lines = wholeLines(site);
    const body = site.text.slice(site.directive.start, site.directive.end);
    return [put(0, `${body}\n`), cut(lines.start, lines.end)];
  },
);
kind(
  'block wrapped in its own kind',
  14,
  (site) => known(site) && block(site),
  ({ directive, text }) => {
    const head = text.slice(directive.start, directive.block!.start + 1);
    return [put(directive.start, `${head}\n${indentOf(text, directive.start)}`), put(directive.end, ' }')];
  },
);
kind(
  'directive from elsewhere',
  60,
  (site) => known(site) && simple(site),
  (site, random, all) => {
    // Pasted from another file of the corpus, in place of this one.
    const other = random.pick(all.filter((candidate) => simple(candidate) && candidate.context !== null));
    const { directive } = site;
    return [put(directive.start, other.text.slice(other.directive.start, other.directive.end), directive.end)];
  },
);

// --- how much it says ---

kind('no arguments', 45, withArguments, ({ directive }) => [cut(directive.name.end, directive.args.at(-1)!.end)]);
kind(
  'last argument left out',
  45,
  (site) => withArguments(site) && site.directive.args.length > 1,
  ({ directive }) => [cut(directive.args.at(-2)!.end, directive.args.at(-1)!.end)],
);
kind(
  'first argument left out',
  25,
  (site) => withArguments(site) && site.directive.args.length > 1,
  ({ directive }) => [cut(directive.args[0]!.start, directive.args[1]!.start)],
);
kind('one argument more', 60, known, ({ directive }, random) => [
  put(
    directive.args.at(-1)?.end ?? directive.name.end,
    ` ${random.pick(['on', 'extra', '10', '""', 'x=1', '/', '$uri', 'always', '80'])}`,
  ),
]);
kind('argument twice', 25, withArguments, (site, random) => {
  const word = random.pick(site.directive.args);
  return [put(word.end, ` ${raw(site, word)}`)];
});
kind('space inside an argument', 20, withArguments, ({ directive }, random) => {
  const word = random.pick(directive.args);
  if (word.quote || word.value.length < 4) return null;
  return [put(word.start + 1 + random.below(word.end - word.start - 2), ' ')];
});

// --- what it says ---

const valued = (name: string, count: number, form: RegExp, values: readonly string[], last = false): void =>
  kind(
    name,
    count,
    (site) => withArguments(site) && form.test(signature(site)?.value ?? ''),
    ({ directive }, random) => {
      const word = last ? directive.args.at(-1)! : directive.args[0]!;
      return [put(word.start, random.pick(values), word.end)];
    },
  );

valued('bad flag', 34, /^flag$/, [
  'yes',
  'true',
  '1',
  'ON',
  'enabled',
  'no',
  'of',
  '0',
  'none',
  '"on "',
  '$flag',
  'onn',
]);
valued('bad number', 30, /^num/, [
  'abc',
  '-1',
  '1.5',
  '10k',
  '""',
  '0x10',
  '1e3',
  '1,000',
  '99999999999999999999',
  'off',
  '$n',
  '5s',
]);
valued('bad size', 34, /^(?:size|off)$/, [
  '10mb',
  '1.5m',
  'm',
  '-1k',
  '10x',
  '8kb',
  'large',
  '10t',
  '""',
  '10MiB',
  '$size',
  '9999999999999g',
  '10M',
  '0',
]);
valued('bad time', 34, /^(?:msec|sec)$/, [
  '10sec',
  '5min',
  '1.5s',
  '-5s',
  '10m5h',
  'ten',
  '30sm',
  '1h1h',
  '""',
  '10ss',
  's',
  '$time',
  '1d2w',
  '60000ms',
  '0',
  '1y2M',
  '2 M',
  '5 m',
]);
valued(
  'bad word of a list',
  40,
  /^(?:enum|bitmask)/,
  ['foo', 'yes', 'On', 'true', '1', 'default', 'any', '""', 'of', 'all'],
  true,
);
valued('bad buffers', 12, /^bufs$/, ['8', '8k', 'x', '0', '4 4 4', '4k 8', '-1 4k', '4 4kb', '4 0']);
kind('a number changed', 50, withArguments, (site, random) => {
  const word = random.pick(site.directive.args);
  const text = raw(site, word);
  if (!/\d/.test(text)) return null;
  const other = random.pick(['0', '-1', '1000000', '99999999999', 'x', '1.5', '']);
  return [put(word.start, text.replace(/\d+/, other), word.end)];
});
kind('slip inside an argument', 70, withArguments, (site, random) => {
  const word = random.pick(site.directive.args);
  const text = raw(site, word);
  if (text.length < 3) return null;
  const at = 1 + random.below(text.length - 2);
  const slip = random.pick([
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + text[at]! + text.slice(at),
    text.slice(0, at) + text[at + 1]! + text[at]! + text.slice(at + 2),
  ]);
  return [put(word.start, slip, word.end)];
});
kind(
  'slip in a line of a data block',
  30,
  ({ context }) => context === null,
  (site, random) => {
    const words = [site.directive.name, ...site.directive.args];
    const word = random.pick(words);
    const text = raw(site, word);
    const at = random.below(text.length);
    return [put(word.start, text.slice(0, at) + text.slice(at + 1), word.end)];
  },
);
kind(
  'line of a data block too short',
  16,
  ({ context, directive }) => context === null && directive.args.length > 0,
  ({ directive }) => [cut(directive.name.end, directive.args.at(-1)!.end)],
);
kind(
  'line of a data block too long',
  16,
  ({ context }) => context === null,
  ({ directive }, random) => [
    put(directive.args.at(-1)?.end ?? directive.name.end, random.pick([' 1', ' x y', ' ""', ' "a b"'])),
  ],
);
kind(
  'line of a data block twice',
  14,
  ({ context }) => context === null,
  ({ directive, text }) => [put(directive.end, ` ${text.slice(directive.start, directive.end)}`)],
);
kind('argument replaced', 50, withArguments, ({ directive }, random) => {
  const word = random.pick(directive.args);
  const value = random.pick([
    'foo',
    '"foo bar"',
    '0',
    '-',
    'http://',
    '$undefined_thing',
    '@nowhere',
    '~(',
    '*',
    '/',
    'off',
    '"$"',
    '1k',
    ':80',
  ]);
  return [put(word.start, value, word.end)];
});

// --- twice ---

kind(
  'directive twice',
  80,
  (site) => known(site) && simple(site),
  ({ directive, text }) => [
    put(directive.end, `\n${indentOf(text, directive.start)}${text.slice(directive.start, directive.end)}`),
  ],
);
kind(
  'block twice',
  50,
  (site) => known(site) && block(site),
  ({ directive, text }) => [
    put(directive.end, `\n${indentOf(text, directive.start)}${text.slice(directive.start, directive.end)}`),
  ],
);
kind(
  'line twice, changed',
  30,
  (site) => withArguments(site) && simple(site),
  (site, random, all) => {
    const { directive, text } = site;
    const others = all.filter(
      (other) =>
        other.directive.name.value === directive.name.value &&
        other.context === site.context &&
        other.text !== text &&
        simple(other),
    );
    if (others.length === 0) return null;
    const other = random.pick(others);
    const copy = other.text.slice(other.directive.start, other.directive.end);
    return [put(directive.end, `\n${indentOf(text, directive.start)}${copy}`)];
  },
);

// --- what it refers to ---

const DEFINES =
  /^(?:log_format|limit_req_zone|limit_conn_zone|proxy_cache_path|fastcgi_cache_path|uwsgi_cache_path|scgi_cache_path|upstream|map|geo|split_clients|set|js_import|thread_pool|auth_request_set)$/;
kind(
  'definition removed',
  60,
  (site) => known(site) && DEFINES.test(site.directive.name.value),
  (site) => {
    const lines = wholeLines(site);
    return [cut(lines.start, lines.end)];
  },
);
kind(
  'definition renamed',
  50,
  (site) => known(site) && DEFINES.test(site.directive.name.value),
  (site, random) => {
    const { directive } = site;
    const words = directive.args.filter(
      (word) => /^\$\w+$|keys_zone=|zone=/.test(raw(site, word)) || word === directive.args[0],
    );
    const word = random.pick(words);
    const text = raw(site, word);
    const renamed = text.includes('zone=')
      ? text.replace('zone=', 'zone=x')
      : text.startsWith('$')
        ? `$x${text.slice(1)}`
        : `x${text}`;
    return /^["'/]/.test(text) ? null : [put(word.start, renamed, word.end)];
  },
);
const NEEDED =
  /^(?:listen|protocol|auth_http|proxy_pass|return|server|(?:\w+_)?ssl_certificate(?:_key)?|ssl_client_certificate|\w+_trusted_certificate|thread_pool|charset_map|zone|server_name|events)$/;
kind('directive removed', 60, known, (site) => {
  const lines = wholeLines(site);
  return [cut(lines.start, lines.end)];
});
const variable = /\$(?:\{(\w+)\}|(\w+))/g;
kind(
  'misspelt variable',
  70,
  ({ directive, text }) => /\$\w/.test(ownText(directive, text)),
  (site, random) => {
    const { directive, text } = site;
    const own = ownText(directive, text);
    const found = [...own.matchAll(variable)].filter((match) => (match[1] ?? match[2])!.length > 2);
    if (found.length === 0) return null;
    const match = random.pick(found);
    const name = (match[1] ?? match[2])!;
    const at = directive.start + match.index + match[0].indexOf(name);
    const slip = random.pick([
      name.slice(0, -1),
      `${name}s`,
      name.slice(0, 1) + name.slice(2),
      name.replace('_', ''),
      name.slice(0, -2) + name.at(-1)! + name.at(-2)!,
      `my_${name}`,
      name.toUpperCase(),
    ]);
    return [put(at, slip, at + name.length)];
  },
);
kind(
  'variable without a name',
  12,
  (site) => withArguments(site) && /\$\w/.test(ownText(site.directive, site.text)),
  ({ directive, text }, random) => {
    const match = random.pick([...ownText(directive, text).matchAll(variable)]);
    const at = directive.start + match.index;
    return [
      put(
        at,
        random.pick(['$', '$ {x}', '$$', '$'.concat('{'), '$'.concat('{}'), '$'.concat('{', match[2] ?? match[1]!)]),
        at + match[0].length,
      ),
    ];
  },
);

function ownText(directive: Directive, text: string): string {
  return text.slice(directive.start, directive.block ? directive.block.start : directive.end);
}

kind(
  'unknown variable appended',
  80,
  (site) => withArguments(site) && simple(site),
  ({ directive }, random) => {
    const word = random.next() < 0.7 ? directive.args.at(-1)! : random.pick(directive.args);
    const at = word.quote ? word.end - 1 : word.end;
    return [put(at, random.pick(['$nowhere_x', '$nowhere_x', `\${nowhere_x}`, '-$nowhere_x']))];
  },
);
kind(
  'needed directive removed',
  60,
  (site) => known(site) && NEEDED.test(site.directive.name.value),
  (site) => {
    const lines = wholeLines(site);
    return [cut(lines.start, lines.end)];
  },
);
const ORDERED =
  /^(?:load_module|log_format|limit_req_zone|limit_conn_zone|map|geo|set|upstream|thread_pool|hash|ip_hash|least_conn|random|keepalive|zone|ranges|hostnames|proxy|default|\*|proxy_pass|proxy_redirect|proxy_cache|proxy_store|root|alias|charset_map|perl_\w+|error_log|events|include)$/;
kind(
  'moved to the end of its block',
  60,
  (site) => ORDERED.test(site.directive.name.value),
  (site) => {
    const { text, directive } = site;
    const end = directive.parent?.block ? directive.parent.block.end - 1 : text.length;
    const lines = wholeLines(site);
    return [cut(lines.start, lines.end), put(end, `\n${text.slice(directive.start, directive.end)}\n`)];
  },
);

// --- regular expressions ---

const isRegex = (site: Site): Word | undefined => {
  const { directive } = site;
  const [first, second] = directive.args;
  switch (directive.name.value) {
    case 'location':
      return first && /^~\*?$/.test(first.value) ? second : undefined;
    case 'rewrite':
      return first;
    case 'if':
      return directive.args.find((_, index) => /^!?~\*?$/.test(directive.args[index - 1]?.value ?? ''));
    case 'server_name':
    case 'valid_referers':
      return directive.args.find(({ value }) => value.startsWith('~'));
    default:
      return site.context === null && directive.name.value.startsWith('~') ? directive.name : undefined;
  }
};
kind(
  'bad regular expression',
  90,
  (site) => isRegex(site) !== undefined,
  (site, random) => {
    const word = isRegex(site)!;
    const text = raw(site, word);
    const quoted = word.quote ? 1 : 0;
    const tail = text.endsWith(')') && site.directive.name.value === 'if' && !word.quote ? 1 : 0;
    const body = text.slice(quoted, text.length - quoted - tail);
    const lead = /^~\*?/.exec(body)?.[0] ?? '';
    const pattern = body.slice(lead.length);
    const bad = random.pick([
      `${pattern}(`,
      `(${pattern}`,
      `${pattern})`,
      `${pattern}[`,
      `${pattern}[a-z`,
      `*${pattern}`,
      `${pattern}**`,
      `+${pattern}`,
      `${pattern}(?<>x)`,
      `${pattern}(?<1a>x)`,
      `${pattern}(?P<n`,
      `${pattern}[z-a]`,
      `${pattern}(?<=a+)b`,
      `${pattern}(?<=a|bc+)d`,
      `${pattern}(?<!(?:a|bc))d`,
      `${pattern}[\\w-.]`,
      `${pattern}[[:letter:]]`,
      `${pattern}\\2222`,
      `${pattern}\\k<missing>`,
      `${pattern}(?&missing)`,
      `${pattern}(?(9)a|b)`,
      `${pattern}(?<twin>a)(?<twin>b)`,
      `${pattern}\\x{110000}`,
      `${pattern}(?i-x`,
      `${pattern}\\`,
      `${pattern}(?z)`,
      `${pattern}\\p{Foo}`,
      `${pattern}(?<n>a)(?<n>b)`,
      `${pattern}\\2`,
      `${pattern}[[:foo:]]`,
      `${pattern}(*FOO)`,
      pattern.replace(/\)/, ''),
      pattern.replace(/\(/, ''),
      pattern.replace(/[\]]/, ''),
      `${pattern}a{3,1}`,
      `${pattern}(?:`,
      `${pattern}|*`,
    ]);
    const needsQuotes = /[{};\s]/.test(bad) && !word.quote && random.next() < 0.8;
    const newText = needsQuotes
      ? `"${lead}${bad}"`
      : text.slice(0, quoted) + lead + bad + text.slice(text.length - quoted);
    return bad === pattern ? null : [put(word.start, newText, word.end - tail)];
  },
);
kind(
  'regex braces without quotes',
  10,
  (site) => isRegex(site) !== undefined,
  (site) => {
    const word = isRegex(site)!;
    return word.quote ? null : [put(word.start, `${raw(site, word).replace(/[)$]*$/, '')}[0-9]{2,4}`, word.end)];
  },
);

// --- what slips in while typing, pasting and merging ---

kind('stray line', 30, known, (site, random) => {
  const line = random.pick([
    '$ sudo nginx -t',
    '<<<<<<< HEAD',
    '=======',
    '>>>>>>> branch',
    '// old',
    '/* old */',
    '-- old',
    '<!-- old -->',
    '```nginx',
    '; old',
    '...',
  ]);
  return [put(site.directive.start, `${line}\n`)];
});
kind('stray mark at the name', 30, known, ({ directive: { name } }, random) => {
  const mark = random.pick(['$', '-', '@', '&', ':', '\\', '\u00a0', '\u200b', '\ufeff']);
  return [put(random.next() < 0.6 ? name.start : name.end, mark)];
});
kind('name in another style', 30, known, ({ directive: { name } }, random) => {
  const { value } = name;
  const other = random.pick([
    value.toUpperCase(),
    value[0]!.toUpperCase() + value.slice(1),
    value.replaceAll('_', '-'),
    value.replaceAll('_', ''),
    `${value}s`,
    `"${value}"`,
  ]);
  return [put(name.start, other, name.end)];
});
kind('one character', 90, any, ({ directive }, random) => {
  const end = directive.block?.start ?? directive.end;
  const at = directive.start + Math.floor(random.next() * (end - directive.start));
  const mark = random.pick([...';{}"\'#\\$ ()[]*x0=,/|~-?+%:', '\n', '\t', '\r', '\u00a0']);
  return [put(at, mark, random.next() < 0.5 ? at : at + 1)];
});
kind('cut off', 20, any, ({ directive, text }) => [cut(directive.end, text.length)]);
kind('block without its head', 20, block, ({ directive }) => [
  cut(directive.start, directive.block!.start + 1),
  cut(directive.end - 1, directive.end),
]);
kind('wrapped in a block', 40, known, ({ directive, text }, random) => {
  const head = random.pick([
    'server',
    'location /w',
    'location ~ w$',
    'location @w',
    'if ($host = a)',
    'http',
    'upstream w',
    'stream',
    'limit_except GET',
    'events',
  ]);
  return [put(directive.start, `${head} {\n${text.slice(directive.start, directive.end)}\n}`, directive.end)];
});
kind('from another configuration', 80, block, ({ directive, context }, random, all) => {
  if (!context || isDataBlock(directive.name.value)) return null;
  const other = random.pick(all);
  if (other.context === null || other.directive.end - other.directive.start > 600) return null;
  return [put(directive.block!.start + 1, `\n${other.text.slice(other.directive.start, other.directive.end)}\n`)];
});
