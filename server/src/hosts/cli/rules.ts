/** `rules`: lists rules, causes and remedies, or prints the page of one. */
import { rules as allRules, causes, docsUrl, remedies } from '../../core/index';
import { suggestion, UsageError } from './options';
import { type Colors, colors, print, width } from './output';
import { unmarked, wrap } from './plain-text';

export async function rules(id: string | undefined): Promise<number> {
  const color = colors();
  if (id === undefined) {
    const all: readonly { id: string }[] = [...allRules, ...causes, ...remedies];
    const room = Math.max(...all.map((each) => each.id.length)) + 2;
    const line = (name: string, kind: string, title: string): Promise<void> =>
      print(`${color.bold(name.padEnd(room))}${kind.padEnd(13)}${title}\n`);
    await print(`Rules: what check reports (${allRules.length})\n\n`);
    for (const each of allRules) await line(each.id, each.severity, each.title);
    await print(`\nCauses: what explain finds in a log (${causes.length})\n\n`);
    for (const each of causes) await line(each.id, each.status.join('/') || '-', each.title);
    await print(`\nRemedies: what both offer (${remedies.length})\n\n`);
    for (const each of remedies) await line(each.id, each.time, each.title);
    return 0;
  }
  const pages = pagesOf(id);
  if (pages.length === 0) {
    const ids = [...allRules, ...causes, ...remedies].map((each) => each.id);
    throw new UsageError(`there is no rule, cause or remedy "${id}"${suggestion(id, ids)}`);
  }
  await print(pages.map((page) => text(page, color)).join('\n'));
  return 0;
}

interface Page {
  readonly kind: 'rules' | 'causes' | 'remedies';
  readonly id: string;
  readonly title: string;
  readonly facts: string;
  readonly why: string;
  readonly references: readonly string[];
}

/** A rule may be named without its folder, and a rule and a remedy may have the same name. */
function pagesOf(id: string): Page[] {
  const found: Page[] = [];
  for (const each of allRules) {
    if (each.id === id || each.id.endsWith(`/${id}`))
      found.push({ ...each, kind: 'rules', facts: `Rule · ${each.severity}` });
  }
  for (const each of causes) {
    if (each.id === id)
      found.push({ ...each, kind: 'causes', facts: `Cause · ${each.status.join(' or ') || 'fails no request'}` });
  }
  for (const each of remedies) {
    if (each.id === id) found.push({ ...each, kind: 'remedies', facts: `Remedy · ${each.time} · ${each.risk}` });
  }
  return found;
}

function text({ kind, id, title, facts, why, references }: Page, color: Colors): string {
  const lines = [color.bold(wrap(title, width())), color.dim(`${id} · ${facts}`), ''];
  for (const paragraph of unmarked(why)) lines.push(...paragraph.split('\n').map((line) => wrap(line, width())), '');
  lines.push('See', `  ${docsUrl(kind, id)}`);
  for (const reference of references) lines.push(`  ${reference}`);
  return `${lines.join('\n')}\n`;
}
