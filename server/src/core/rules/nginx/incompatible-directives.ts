/** Flags two directives of one block that exclude each other. */
import type { Directive } from '../../nginx/tree';
import type { At } from '../../project/project';
import { isLiteral, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

interface Pair {
  readonly names: readonly [string, string];
  /** Do the two exclude each other, with these values? */
  excludes(a: Directive, b: Directive): boolean;
  readonly mend: string;
}

const value = ({ args }: Directive): string => args[0]?.value.toLowerCase() ?? '';
const areOn = (a: Directive, b: Directive): boolean => value(a) !== 'off' && value(b) !== 'off';

const PAIRS: readonly Pair[] = [
  ...['proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (family): Pair => ({
      names: [`${family}_cache`, `${family}_store`],
      excludes: areOn,
      mend: 'A response is cached or stored, not both: switch one off.',
    }),
  ),
  {
    names: ['secure_link_secret', 'secure_link'],
    excludes: () => true,
    mend: 'Use secure_link with secure_link_md5, which replaced secure_link_secret.',
  },
  {
    names: ['secure_link_secret', 'secure_link_md5'],
    excludes: () => true,
    mend: 'Use secure_link with secure_link_md5, which replaced secure_link_secret.',
  },
  {
    names: ['ssl', 'starttls'],
    excludes: (a, b) => value(a) === 'on' && value(b) !== 'off',
    mend: 'A connection speaks TLS from the start or switches to it: use starttls, and "listen … ssl" on a port of its own.',
  },
];

export default defineRule({
  id: 'nginx/incompatible-directives',
  language: 'nginx',
  severity: 'error',
  title: 'Two directives exclude each other',
  why: `Some directives cannot stand in one block, whatever their order: \`proxy_cache\` and \`proxy_store\` (and their \`fastcgi\`,
\`uwsgi\` and \`scgi\` twins), \`secure_link_secret\` and \`secure_link\`, \`ssl on\` and \`starttls\` in \`mail\`, \`http2_push off\` and
\`http2_push\` with a URI. nginx refuses to start: \`"proxy_store" directive is incompatible with "proxy_cache"\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_store'],
  *check(source, project) {
    const { file } = source;
    for (const { names, excludes, mend } of PAIRS) {
      for (const [name, other] of [names, [names[1], names[0]]] as const) {
        for (const directive of source.named(name)) {
          const at = { file, directive };
          const block = project.parent(at);
          const context = block && isLiteral(project, at) ? project.contextOf(at) : null;
          if (!block || !context || (name.startsWith('secure') && context === 'http')) continue;
          const first = project
            .children(block.file, block.directive)
            .get(other)
            ?.find((each) => isBefore(each, at, other === names[0]));
          if (!first || !isLiteral(project, first)) continue;
          const [a, b] = name === names[0] ? [directive, first.directive] : [first.directive, directive];
          if (!excludes(a, b)) continue;
          yield {
            span: spanNginxNames(source, directive, directive.name),
            message: `${name} excludes ${other}, which this block has already: nginx refuses to start. ${mend}`,
            related: [{ file: first.file, span: first.directive, message: 'The other one is here.' }],
          };
        }
      }
    }
    for (const directive of source.named('http2_push')) {
      const at = { file, directive };
      const block = project.parent(at);
      if (!block || !isLiteral(project, at)) continue;
      const all = project.children(block.file, block.directive).get('http2_push') ?? [];
      const first = all.find(
        (each) => isBefore(each, at, true) && (value(each.directive) === 'off' || value(directive) === 'off'),
      );
      if (!first) continue;
      yield {
        span: spanNginxNames(source, directive, directive.args[0] ?? directive.name),
        message: '"http2_push off" stands for none, so it must be the only one of its block: nginx refuses to start.',
        related: [{ file: first.file, span: first.directive, message: 'The other one is here.' }],
      };
    }
  },
});

/** Of two in different files, the files do not tell at once which comes first: then each pair is told at one of them. */
function isBefore(a: At, b: At, otherwise: boolean): boolean {
  return a.file === b.file ? a.directive.start < b.directive.start : otherwise;
}
