/** Flags ranges of a geo that overlap without one lying inside the other. */
import type { Directive } from '../../nginx/tree';
import { isLiteral, isPlain, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/overlapping-ranges',
  language: 'nginx',
  severity: 'error',
  title: 'Ranges of a geo overlap',
  why: `In a \`geo\` with \`ranges\` a range may lie inside an earlier one, of which it cuts out its part, or beside it. One that
reaches over the edge of an earlier one stops nginx: \`range "10.0.0.5-10.0.0.20" overlaps "10.0.0.0-10.0.0.9"\`. So does one that
holds an earlier one: the wide ranges come first.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_geo_module.html#geo'],
  *check(source, project) {
    for (const directive of source.named('geo')) {
      if (!directive.block || !isLiteral(project, { file: source.file, directive })) continue;
      if (!isPlain(project, source.file) || !project.contextOf({ file: source.file, directive })) continue;
      const found = overlapIn(directive);
      if (!found) continue;
      yield {
        span: spanNginxNames(source, found.line, found.line.name),
        message: `${found.line.called} overlaps ${found.low}-${found.high}: nginx refuses to start. A range may lie inside an earlier one or beside it; write the wide ranges first.`,
      };
    }
  },
});

/** Pieces of 2 to the 16 addresses that are looked at, and steps within them: a file is read in any case. */
const MOST_PIECES = 200_000;
const MOST_STEPS = 5_000_000;

interface Overlap {
  readonly line: Directive;
  readonly low: string;
  readonly high: string;
}

const known = new WeakMap<Directive, { readonly overlap: Overlap | null }>();

function overlapIn(geo: Directive): Overlap | null {
  let found = known.get(geo);
  if (!found) {
    found = { overlap: find(geo.block!.items) };
    known.set(geo, found);
  }
  return found.overlap;
}

/** As ngx_http_geo_add_range() does: by pieces of 2 to the 16 addresses, from the highest range down. */
function find(lines: readonly Directive[]): Overlap | null {
  const isRanges = lines.findIndex(({ called, args }) => called === 'ranges' && args.length === 0);
  if (isRanges < 0 || lines.some(({ called }) => called === 'include')) return null;
  const pieces = new Map<number, [number, number][]>();
  let steps = 0;
  let count = 0;
  for (const line of lines.slice(isRanges + 1)) {
    const [, from, to] = /^(\d+\.\d+\.\d+\.\d+)-(\d+\.\d+\.\d+\.\d+)$/.exec(line.called) ?? [];
    if (from === undefined || line.args.length !== 1) continue;
    const start = number(from);
    const end = number(to!);
    for (let h = Math.floor(start / 65_536); h <= Math.floor(end / 65_536); h++) {
      if (++count > MOST_PIECES) return null;
      const s = h === Math.floor(start / 65_536) ? start % 65_536 : 0;
      const e = h === Math.floor(end / 65_536) ? end % 65_536 : 65_535;
      const ranges = pieces.get(h) ?? [];
      if (ranges.length === 0) pieces.set(h, ranges);
      let i = ranges.length - 1;
      while (i >= 0 && e < ranges[i]![0]) i--;
      steps += ranges.length - i;
      if (steps > MOST_STEPS) return null;
      const range = ranges[i];
      if (!range || s > range[1]) ranges.splice(i + 1, 0, [s, e]);
      else if (s < range[0] || e > range[1]) {
        return { line, low: address(h, range[0]), high: address(h, range[1]) };
      } else {
        const parts: [number, number][] = [[s, e]];
        if (s > range[0]) parts.unshift([range[0], s - 1]);
        if (e < range[1]) parts.push([e + 1, range[1]]);
        ranges.splice(i, 1, ...parts);
      }
    }
  }
  return null;
}

function number(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function address(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
