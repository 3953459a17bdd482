/** What nginx finds only when it has read all of `http`: it then names the line of the "}", wherever the mistake stands. */
import type { Place, Span } from '../text/span';
import type { At, Project } from './project';

/** The `}` of the `http` block around `at`; null where it is not in view. */
export function closingOf(project: Project, at: At): Place | null {
  for (let block: At | null = at; block; block = project.parent(block)) {
    const { file, directive } = block;
    if (directive.called !== 'http' || directive.parent) continue;
    const { end, closed } = directive.block ?? { end: 0, closed: false };
    return closed ? { file, span: { start: end - 1, end } } : null;
  }
  return null;
}

export interface Late {
  readonly at: At;
  readonly message: string;
}

/** For the `}` of each `http` in `file`, on a line of its own: the first of what nginx finds there. */
export function* lateIn(
  project: Project,
  file: string,
  found: Iterable<Late>,
): Generator<{ span: Span; message: string; related: (Place & { message: string })[] }> {
  const lines = project.nginx(file)?.lines;
  const told = new Set<number>();
  for (const { at, message } of found) {
    const closing = closingOf(project, at);
    if (!lines || closing?.file !== file || told.has(closing.span.start)) continue;
    const { line } = lines.position(closing.span.start);
    const its = project.nginx(at.file)!.lines.position(at.directive.name.start).line;
    if (at.file === file && its === line) continue;
    told.add(closing.span.start);
    const where = at.file === file ? '' : ` of ${at.file.slice(at.file.lastIndexOf('/') + 1)}`;
    const [what] = /^.*?(?=[.:] )/.exec(message) ?? [message];
    yield {
      span: closing.span,
      message: `nginx -t names this line, where http ends, for line ${its + 1}${where}: ${what}.`,
      related: [{ file: at.file, span: at.directive, message: 'It stands here.' }],
    };
  }
}
