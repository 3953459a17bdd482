/** Verdicts side by side, counted by kind; and every disagreement, for those who write the rules. */
import type { OurError, RealVerdict } from './judge';
import type { Mutant } from './mutate';

export interface Judged {
  readonly mutant: Mutant;
  readonly real: RealVerdict;
  readonly ours: readonly OurError[];
  /** The stack, where our rules threw. */
  readonly crash: string | null;
}

export interface Layer {
  /** Refused by nginx and called an error by us. */
  flagged: number;
  /** Of those that nginx gives a line for: with an error on that line. */
  rightLine: number;
  falseAlarms: number;
}

export interface Count {
  mutants: number;
  accepted: number;
  rejected: number;
  withLine: number;
  /** Refused for what is not in the files: counted here and nowhere else. */
  host: number;
  all: Layer;
  syntax: Layer;
}

/** What the parser alone says. */
const SYNTAX = new Set(
  [
    'missing-semicolon',
    'unclosed-block',
    'unclosed-quote',
    'unexpected-close',
    'unexpected-token',
    'missing-brace',
    'not-a-block',
    'too-long-parameter',
    'byte-order-mark',
  ].map((id) => `nginx/${id}`),
);

export function count(judged: readonly Judged[]): Count {
  const layer = (): Layer => ({ flagged: 0, rightLine: 0, falseAlarms: 0 });
  const sum: Count = { mutants: 0, accepted: 0, rejected: 0, withLine: 0, host: 0, all: layer(), syntax: layer() };
  for (const each of judged) {
    sum.mutants++;
    if (each.real.accepted) sum.accepted++;
    else if (each.real.host) sum.host++;
    else sum.rejected++;
    if (!each.real.accepted && !each.real.host && each.real.line !== null) sum.withLine++;
    tell(sum.all, each.real, each.ours);
    tell(
      sum.syntax,
      each.real,
      each.ours.filter(({ code }) => SYNTAX.has(code)),
    );
  }
  return sum;
}

function tell(layer: Layer, real: RealVerdict, ours: readonly OurError[]): void {
  if (real.host) return;
  if (real.accepted) {
    if (ours.length > 0) layer.falseAlarms++;
    return;
  }
  if (ours.length > 0) layer.flagged++;
  if (onLine(real, ours)) layer.rightLine++;
}

function onLine({ file, line }: RealVerdict, ours: readonly OurError[]): boolean {
  return line !== null && ours.some((error) => error.file === file && error.line === line);
}

export type Disagreement = 'crash' | 'false alarm' | 'missed' | 'other line';

export function disagreement({ real, ours, crash }: Judged): Disagreement | null {
  if (crash) return 'crash';
  if (real.host) return null;
  if (real.accepted) return ours.length > 0 ? 'false alarm' : null;
  if (ours.length === 0) return 'missed';
  return real.line === null || onLine(real, ours) ? null : 'other line';
}

export function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

export function table(judged: readonly Judged[]): string {
  const kinds = [...new Set(judged.map(({ mutant }) => mutant.kind))].sort();
  const head = [
    'kind',
    'mutants',
    'accepted',
    'host',
    'rejected',
    'no line',
    'flagged',
    'right line',
    'false',
    '',
    'syntax only',
    'right line',
    'false',
  ];
  const percent = (part: number, whole: number): string =>
    whole === 0 ? '-' : `${(share(part, whole) * 100).toFixed(1)} %`;
  const row = (name: string, sum: Count): string[] => [
    name,
    `${sum.mutants}`,
    `${sum.accepted}`,
    `${sum.host}`,
    `${sum.rejected}`,
    `${sum.rejected - sum.withLine}`,
    percent(sum.all.flagged, sum.rejected),
    percent(sum.all.rightLine, sum.withLine),
    `${sum.all.falseAlarms}`,
    '|',
    percent(sum.syntax.flagged, sum.rejected),
    percent(sum.syntax.rightLine, sum.withLine),
    `${sum.syntax.falseAlarms}`,
  ];
  const rows = kinds.map((name) => row(name, count(judged.filter(({ mutant }) => mutant.kind === name))));
  const body = [head, ...rows, row('ALL', count(judged))];
  const widths = head.map((_, column) => Math.max(...body.map((cells) => cells[column]!.length)));
  const lines = body.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
  const rule = '-'.repeat(lines[0]!.length);
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1)].join('\n');
}

/** One disagreement as Markdown: what was changed, what nginx says, what we say. */
export function describe(each: Judged): string {
  const { mutant, real, ours } = each;
  const lines = mutant.text.split('\n');
  const about = new Set<number>();
  const mark = (line: number, around: number): void => {
    for (let at = line - around; at <= line + around; at++) if (at >= 1 && at <= lines.length) about.add(at);
  };
  mark(mutant.line, 2);
  if (real.line !== null && real.file === mutant.file) mark(real.line, 1);
  const excerpt = [...about]
    .sort((a, b) => a - b)
    .map((at) => `${`${at}`.padStart(4)}${at === real.line ? '>' : ' '} ${lines[at - 1]}`)
    .join('\n');
  const place = real.line === null ? '' : ` (${real.file}:${real.line})`;
  return [
    `### ${disagreement(each) ?? 'agreed'}: ${mutant.kind}, ${mutant.case.name}/${mutant.file}:${mutant.line}`,
    '',
    '```nginx',
    excerpt,
    '```',
    `- nginx: ${real.accepted ? 'accepts it' : `${real.message}${place}`}`,
    ...(ours.length === 0 ? [`- ours: ${each.crash ?? 'nothing'}`] : []),
    ...ours.slice(0, 5).map((error) => `- ours: ${error.code} (${error.file}:${error.line}) ${error.message}`),
    '',
  ].join('\n');
}

/** The message without what differs from file to file, so that misses can be counted by class. */
export function messageClass({ real }: Judged): string {
  if (real.accepted) return '(accepted)';
  return real.message
    .replace(/"[^"]*(?:"|$)/g, '"…"')
    .replace(/\b\d+\b/g, 'N')
    .slice(0, 110);
}

export function disagreements(judged: readonly Judged[]): string {
  const parts = ['# Where nginx -t and our errors differ', ''];
  for (const wanted of ['crash', 'false alarm', 'missed', 'other line'] as const) {
    const found = judged.filter((each) => disagreement(each) === wanted);
    parts.push(`## ${wanted}: ${found.length}`, '');
    if (wanted !== 'false alarm') {
      const classes = new Map<string, number>();
      for (const each of found) classes.set(messageClass(each), (classes.get(messageClass(each)) ?? 0) + 1);
      for (const [name, times] of [...classes].sort((a, b) => b[1] - a[1])) parts.push(`- ${times} × ${name}`);
      parts.push('');
    }
    parts.push(...found.map(describe));
  }
  return parts.join('\n');
}
