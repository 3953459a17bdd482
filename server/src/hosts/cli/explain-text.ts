/** `explain --format text`: each incident once, as plain lines that fit 80 columns. */
import type { Explanation, Place, Project } from '../../core/index';
import type { ExplainFormat } from './explain';
import { incidentKey, MOST_INCIDENTS, requestName, statusName, timeName } from './incident';
import { type Colors, colors, print, width } from './output';
import { shown } from './paths';
import { columns, count, cut, inline, unmarked, wrap } from './plain-text';
import { rangeOf } from './shapes';

/** An incident is rendered when it is first met: its entry is not kept, only its text. */
interface Incident {
  readonly head: string;
  readonly facts: readonly string[];
  readonly body: string;
  readonly first: string | null;
  last: string | null;
  count: number;
}

const CONFIDENCE: Readonly<Record<Explanation['confidence'], string>> = {
  certain: 'certain',
  likely: 'likely',
  'needs-host': 'from the line alone',
};

export function textFormat(project: Project | null): ExplainFormat {
  const incidents = new Map<string, Incident>();
  const color = colors();
  let total = 0;
  let uncounted = 0;
  return {
    add(explanation, line, log) {
      total++;
      const key = incidentKey(explanation);
      const known = incidents.get(key);
      const { time } = explanation.record;
      if (known) {
        known.count++;
        known.last = time ?? known.last;
      } else if (incidents.size >= MOST_INCIDENTS) {
        uncounted++;
      } else {
        incidents.set(key, {
          head: head(explanation, `${log === '-' ? 'line ' : `${log}:`}${line + 1}`, color),
          facts: facts(explanation),
          body: body(project, explanation, color),
          first: time,
          last: time,
          count: 1,
        });
      }
    },
    async end(lineCount) {
      for (const incident of incidents.values()) {
        const seen = wrap([...incident.facts, seenText(incident)].filter(Boolean).join(' · '), width());
        await print(`${incident.head}\n${seen}\n${incident.body}\n\n`);
      }
      const lines = `${count(lineCount, 'line')} read`;
      if (total === 0) await print(`${lines}: no gateway errors\n`);
      else {
        const more = uncounted > 0 ? `, ${uncounted} more not shown` : '';
        const different = incidents.size === total ? '' : `, ${incidents.size} different`;
        await print(`${lines}: ${count(total, 'gateway error')}${different}${more}\n`);
      }
    },
  };
}

function head({ status, confidence, title }: Explanation, place: string, color: Colors): string {
  const left = statusName(status);
  const right = `${inline(place)}  ${CONFIDENCE[confidence]}`;
  const gap = ' '.repeat(Math.max(2, width() - columns(left) - columns(right)));
  const paint = status.length === 0 ? color.yellow : color.red;
  return `${color.bold(paint(left))}${gap}${color.dim(right)}\n${color.bold(wrap(inline(title), width()))}`;
}

function facts({ record }: Explanation): string[] {
  const request = requestName(record);
  return [
    request && cut(inline(request), 60),
    record.server && inline(record.server),
    record.client && `client ${inline(record.client)}`,
  ].filter((fact): fact is string => Boolean(fact));
}

function seenText({ count: number, first, last }: Incident): string {
  if (number === 1) return first === null ? '' : timeName(first);
  if (first === null) return `seen ${number} times`;
  return `seen ${number} times, ${timeName(first)} to ${timeName(last ?? first)}`;
}

const LABEL = 10;

function body(project: Project | null, explanation: Explanation, color: Colors): string {
  const { why, config, evidence, fixes, checks, confirm, record } = explanation;
  const lines: string[] = [''];
  if (record.stderr) lines.push(wrap(cut(inline(record.stderr), 400), width(), '  '), '');
  const [lead = '', list = ''] = unmarked(why);
  lines.push(
    wrap(lead, width()),
    ...(lead.endsWith(':') ? list.split('\n').map((item) => wrap(item, width(), '', '  ')) : []),
    '',
  );
  const section = (label: string, items: readonly string[]): void => {
    items.forEach((item, i) => {
      const margin = (i === 0 ? label : '').padEnd(LABEL);
      lines.push(i === 0 ? color.bold(label) + (margin + item).slice(label.length) : margin + item);
    });
  };
  const wrapped = (text: string, indent = ''): string =>
    wrap(text, width(), ' '.repeat(LABEL), ' '.repeat(LABEL) + indent).slice(LABEL);
  // Commands are never wrapped: they are there to be copied.
  const command = (text: string): string => inline(text);
  const at = (place: Place, text: string): string => wrapped(`${placeText(project!, place)} ${inline(text)}`, '  ');
  if (!project) section('Where', ['not known: --config nginx.conf shows the place and the fix']);
  else if (config.length === 0) section('Where', ['no place in the given configuration fits this line']);
  else
    section(
      'Where',
      config.map((place) => at(place, sourceOf(project, place))),
    );
  section(
    'Evidence',
    evidence.map(({ file, span, message }) =>
      project && file !== undefined && span !== undefined ? at({ file, span }, message) : wrapped(inline(message)),
    ),
  );
  section(
    'Do',
    fixes.map((fix) => {
      const cost = [fix.time, fix.risk].filter(Boolean).join(', ');
      const what = `${fix.preferred ? '*' : '-'} ${inline(fix.title)}${cost ? ` (${cost})` : ''}`;
      const byHand = fix.edits().length > 0 ? [] : [...(fix.block?.split('\n') ?? []), ...fix.apply];
      const how = byHand.map((each) => (each === '' ? '\n' : `\n${' '.repeat(LABEL + 4)}${command(each)}`));
      return wrapped(what, '  ') + how.join('');
    }),
  );
  section(
    'Check',
    checks.map((check) => command(check.command)),
  );
  section('Confirm', confirm.map(command));
  return lines.join('\n');
}

function placeText(project: Project, { file, span }: Place): string {
  const { start } = rangeOf(project, file, span);
  return `${inline(shown(file))}:${start.line + 1}:${start.character + 1}`;
}

function sourceOf(project: Project, { file, span }: Place): string {
  return cut(project.sources.get(file)?.text.slice(span.start, Math.min(span.end, span.start + 200)) ?? '', 100);
}
