/** Flags what nginx itself warns of when it reads its files. */
import type { Directive } from '../../nginx/tree';
import { isWarned, warnings } from '../../nginx/warnings';
import type { At, Project } from '../../project/project';
import { isLiteral, isWhole } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { plainSpan } from '../../text/span';
import { defineRule, type Report } from '../rule';

export default defineRule({
  id: 'nginx/startup-warning',
  language: 'nginx',
  severity: 'warning',
  title: 'nginx warns of this when it starts',
  why: `nginx starts, and writes a \`[warn]\` line: a word of the directive does nothing, is going out of use, or undoes what stands above
it. Worth a look when it is not meant: \`load balancing method redefined\` means that \`keepalive\` is lost, and
\`no "fastcgi_cache_key"\` that every request gets the same cached answer.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive'],
  *check(source, project) {
    for (const name of source.names) {
      if (!isWarned(name, source.names)) continue;
      for (const directive of source.named(name)) {
        for (const { span, message } of warnings(directive, project.options.nginxVersion))
          yield { span: plainSpan(span), message };
      }
    }
    yield* extensions(source, project);
    for (const family of ['fastcgi', 'uwsgi', 'scgi']) yield* keys(source, project, family);
  },
});

/** `types` blocks of one place add up: an extension that stands twice takes the last type. */
function* extensions(source: NginxSource, project: Project): Generator<Report, undefined> {
  const done = new Set<Directive | null>();
  for (const types of source.named('types')) {
    const outer = project.parent({ file: source.file, directive: types });
    if (done.has(outer?.directive ?? null)) continue;
    done.add(outer?.directive ?? null);
    const blocks = outer ? project.children(outer.file, outer.directive) : project.children(source.file, null);
    const seen = new Map<string, string>();
    for (const { at, word } of mapped(project, blocks.get('types') ?? [])) {
      const extension = word.value.toLowerCase();
      const before = seen.get(extension);
      const type = at.directive.called;
      seen.set(extension, type);
      if (before === undefined || at.file !== source.file) continue;
      yield {
        span: plainSpan(word),
        message: `The extension "${word.value}" has a type already, ${before}: ${type} takes its place (duplicate extension).`,
      };
    }
  }
}

function* mapped(
  project: Project,
  blocks: readonly At[],
): Generator<{ at: At; word: Directive['args'][number] }, undefined> {
  for (const { file, directive } of blocks) {
    if (directive.block?.templated) continue;
    const lines = [...project.children(file, directive)].flatMap(([name, all]) => (name === 'include' ? [] : all));
    for (const at of lines) for (const word of at.directive.args) if (!word.template) yield { at, word };
  }
}

function* keys(source: NginxSource, project: Project, family: string): Generator<Report, undefined> {
  if (source.named(`${family}_cache`).length === 0 || !isWhole(project, source.file)) return;
  for (const directive of source.named(`${family}_cache`)) {
    const at = { file: source.file, directive };
    const [zone] = directive.args;
    if (!zone || zone.value === 'off' || !isLiteral(project, at)) continue;
    if (project.contextOf(at) !== 'location' || project.effective(at, `${family}_cache_key`).length > 0) continue;
    yield {
      span: plainSpan(directive.name),
      message: `There is no ${family}_cache_key here: all requests share one cached answer. Set ${family}_cache_key "$scheme$request_method$host$request_uri".`,
    };
  }
}
