/** `check --format text`: for people, and for terminals that make `path:line:col` clickable. */
import type { Finding, Project, Severity } from '../../core/index';
import type { Checked } from './check';
import { severities } from './options';
import { type Colors, colors, isTerminal, print, width } from './output';
import { shown } from './paths';
import { clean, columns, count, cut, inline, wrap } from './plain-text';
import { rangeOf } from './shapes';

/** Characters that are printed at a time. */
const CHUNK = 32 * 1024;

/** A finding should fit a screen. */
const MOST_RELATED = 5;

export async function printText({ project, files, findings }: Checked): Promise<void> {
  const color = colors();
  let some = '';
  for (const finding of findings) {
    some += `${block(project, finding, color)}\n`;
    if (some.length < CHUNK) continue;
    await print(some);
    some = '';
  }
  await print(some);
  if (findings.length === 0) {
    if (files.length > 0) await print(`${count(files.length, 'file')} checked: no problems\n`);
    return;
  }
  const affected = new Set(findings.map(({ file }) => file)).size;
  const counts = severities
    .map((severity) => [findings.filter((each) => each.severity === severity).length, severity] as const)
    .filter(([number]) => number > 0)
    .map(([number, severity]) =>
      paint(color, severity)(severity === 'information' ? `${number} information` : count(number, severity)),
    );
  await print(`${counts.join(', ')} in ${count(affected, 'file')} (${files.length} checked)\n`);
}

function block(project: Project, finding: Finding, color: Colors): string {
  const { file, span, severity, code, related } = finding;
  const { start, end } = rangeOf(project, file, span);
  const place = `${inline(shown(file))}:${start.line + 1}:${start.character + 1}`;
  const prefix = `${place} ${severity} `;
  // Wrapped for eyes, one line for programs that take the output apart.
  const all = wrap(`${inline(finding.message)} (${code})`, isTerminal() ? width() : Infinity, prefix, '  ');
  const message = all.slice(prefix.length, -code.length - 2);
  const lines = [`${color.bold(place)} ${paint(color, severity)(severity)} ${message}${color.dim(`(${code})`)}`];
  const source = project.sources.get(file)!;
  const line = source.text.slice(source.lines.lineStart(start.line), source.lines.lineEnd(start.line));
  const last = end.line === start.line ? end.character : line.length;
  const { text, caret } = excerpt(line, start.character, last, width() - 4);
  if (text.trim() !== '') lines.push(`    ${text}`, `    ${paint(color, severity)(caret)}`);
  for (const each of related.slice(0, MOST_RELATED)) {
    const at = rangeOf(project, each.file, each.span).start;
    lines.push(`  see ${inline(shown(each.file))}:${at.line + 1}:${at.character + 1} ${inline(each.message)}`);
  }
  const fix = finding.fixes.find(({ preferred }) => preferred) ?? finding.fixes[0];
  if (fix) lines.push(wrap(`fix: ${inline(fix.title)}`, width(), '  ', '       '));
  return lines.join('\n');
}

/** The part of a line around `start`, at most `most` columns wide, and a line that marks `start` to `end` under it. */
export function excerpt(line: string, start: number, end: number, most: number): { text: string; caret: string } {
  // Cut first: a line can be a megabyte long.
  const near = Math.max(0, start - most);
  const indent = near === 0 ? /^[ \t]*/.exec(line.slice(0, start))![0].length : 0;
  let before = flat(line.slice(Math.max(near, indent), start));
  const marked = flat(line.slice(start, Math.min(Math.max(start, end), start + most)));
  const after = flat(line.slice(Math.max(start, end), Math.max(start, end) + most));
  const room = Math.max(10, most - Math.min(columns(marked), most >> 1) - 10);
  if (near > 0 || columns(before) > room) {
    const letters = [...before];
    while (letters.length > 0 && columns(letters.join('')) > room - 1) letters.shift();
    before = `…${letters.join('')}`;
  }
  const text = cut(before + marked + after, most);
  const length = Math.max(1, Math.min(columns(marked), most - columns(before)));
  return { text, caret: `${' '.repeat(columns(before))}${'^'.repeat(length)}` };
}

/** One column, or two for wide letters, a character: a tab is one blank. */
function flat(text: string): string {
  return clean(text).replace(/[\t\n]/g, ' ');
}

function paint(color: Colors, severity: Severity): (text: string) => string {
  if (severity === 'error') return color.red;
  return severity === 'warning' ? color.yellow : color.cyan;
}
