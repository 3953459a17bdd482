/** One file of a project, parsed once for each text it has. */
import { parse as parseNginx } from '../nginx/parser';
import type { Directive, NginxTree } from '../nginx/tree';
import { walk } from '../nginx/tree';
import { parse as parseFpm } from '../php-fpm/parser';
import type { FpmTree } from '../php-fpm/tree';
import { type LineMap, lineMap } from '../text/line-map';

interface Parsed {
  readonly file: string;
  readonly text: string;
  readonly lines: LineMap;
}

export interface NginxSource extends Parsed {
  readonly kind: 'nginx';
  readonly tree: NginxTree;
  /** Every `include` with a literal argument, in file order, outside Lua. */
  readonly includes: readonly Directive[];
  /** Every directive by name, wherever it stands in the file, in file order. */
  named(name: string): readonly Directive[];
}

export interface FpmSource extends Parsed {
  readonly kind: 'php-fpm';
  readonly tree: FpmTree;
}

export type Source = NginxSource | FpmSource;

export function source(kind: Source['kind'], file: string, text: string): Source {
  return kind === 'nginx' ? nginxSource(file, text) : fpmSource(file, text);
}

function nginxSource(file: string, text: string): NginxSource {
  const tree = parseNginx(text);
  let index: Map<string, Directive[]> | null = null;
  const named = (name: string): readonly Directive[] => {
    if (!index) {
      index = new Map();
      for (const directive of walk(tree.items)) {
        const same = index.get(directive.name.value);
        if (same) same.push(directive);
        else index.set(directive.name.value, [directive]);
      }
    }
    return index.get(name) ?? [];
  };
  return {
    kind: 'nginx',
    file,
    text,
    tree,
    named,
    lines: lazyLines(text),
    get includes() {
      return named('include').filter(({ args }) => args.length === 1 && !args[0]!.template);
    },
  };
}

function fpmSource(file: string, text: string): FpmSource {
  return { kind: 'php-fpm', file, text, tree: parseFpm(text), lines: lazyLines(text) };
}

/** Most files of a project are never shown, so their lines are counted only when someone asks. */
function lazyLines(text: string): LineMap {
  let lines: LineMap | null = null;
  const get = (): LineMap => {
    lines ??= lineMap(text);
    return lines;
  };
  return {
    get lineCount() {
      return get().lineCount;
    },
    lineStart: (line) => get().lineStart(line),
    lineEnd: (line) => get().lineEnd(line),
    position: (offset) => get().position(offset),
    offset: (position) => get().offset(position),
    range: (span) => get().range(span),
  };
}
