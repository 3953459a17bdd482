/** Flags a block whose own header or parameter lines switch off the ones that it would have inherited. */

import { locationMatch } from '../../nginx/model';
import type { Directive } from '../../nginx/tree';
import { isOlder } from '../../nginx/version';
import { remembered } from '../../project/children';
import { type BlockAt, insertion, writtenArgs } from '../../project/edit';
import type { At, Project } from '../../project/project';
import { isPlain } from '../../project/references';
import type { NginxSource } from '../../project/source';
import type { Edit } from '../../text/edit';
import { defineRule, mend, type Report, type Severity } from '../rule';

/** The directives that are inherited all together or not at all, and the pass whose requests they shape. */
const KINDS = [
  { name: 'proxy_set_header', pass: 'proxy_pass' },
  { name: 'grpc_set_header', pass: 'grpc_pass' },
  { name: 'fastcgi_param', pass: 'fastcgi_pass' },
  { name: 'uwsgi_param', pass: 'uwsgi_pass' },
  { name: 'scgi_param', pass: 'scgi_pass' },
  { name: 'add_header', pass: null },
] as const;

/** Request headers without which a backend answers wrongly: it takes itself for another host, http or a plain client. */
const VITAL = /^(?:host|x-forwarded-.+|forwarded|x-real-ip|upgrade|authorization)$/;

/** Response headers that protect; losing another one is mostly meant so. */
const PROTECTIVE =
  /^(?:strict-transport-security|content-security-policy|x-frame-options|x-content-type-options|referrer-policy|permissions-policy|cross-origin-(?:opener|embedder|resource)-policy)$/;

/** What nginx sends where nothing is set: losing such a line changes nothing. */
const DEFAULTS: Readonly<Record<string, string>> = { host: '$proxy_host', connection: 'close' };

export default defineRule({
  id: 'nginx/lost-headers',
  language: 'nginx',
  severity: 'warning',
  title: 'Inherited headers are lost here',
  why: `\`proxy_set_header\`, \`fastcgi_param\`, \`add_header\` and their like are inherited only by a block that has none of its own. One
line in a location switches off all those of the server: the backend gets \`Host: backend\` instead of the name that the
client asked for, or no \`X-Forwarded-Proto\`, and answers with redirect loops, 400 or 403; PHP without its parameters answers
200 with an empty page. Nothing is logged. Repeat the lines in the block, or keep them in a file that each block includes.
From 1.29.3 on \`add_header_inherit merge\` does so for response headers; only those that protect (HSTS, CSP and the like) are
reported.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header',
    'https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header_inherit',
  ],
  *check(source, project) {
    for (const kind of KINDS) {
      if (!isInheritable(project, kind.name)) continue;
      for (const block of blocksWith(source, kind.name)) {
        const report = lost(project, source, block, kind);
        if (report) yield report;
      }
    }
  },
});

/** Does any block with blocks inside set `name`? */
function isInheritable(project: Project, name: string): boolean {
  const { rest, nginxSources } = project;
  const others = remembered(rest, `inheritable ${name}`, () =>
    nginxSources.some((source) => source.file !== rest.file && isAbove(source, name)),
  );
  const edited = rest.file === null ? null : project.nginx(rest.file);
  return others || (edited !== null && isAbove(edited, name));
}

function isAbove(source: NginxSource, name: string): boolean {
  return source
    .named(name)
    .some(({ parent }) => !parent?.block || parent.block.includes || parent.block.items.some(opensBlock));
}

function opensBlock({ block }: Directive): boolean {
  return block !== null;
}

/** Locations and servers of this file that set `name`, perhaps through a file they include. */
function blocksWith(source: NginxSource, name: string): Set<Directive> {
  const blocks = new Set<Directive>();
  for (const { parent } of [...source.named(name), ...source.includes]) {
    if (parent?.called === 'location' || parent?.called === 'server') blocks.add(parent);
  }
  return blocks;
}

function lost(
  project: Project,
  source: NginxSource,
  directive: Directive,
  { name, pass }: (typeof KINDS)[number],
): Report | null {
  const block = { file: source.file, directive };
  const outer = project.effective(block, name);
  if (outer.length === 0) return null;
  const here = project.children(source.file, directive);
  const own = here.get(name);
  if (!own) return null;
  const set = new Set(own.map(keyOf));
  const gone = outer.filter((at) => !set.has(keyOf(at)) && isMissed(project, name, at));
  if (gone.length === 0 || [...own, ...gone].some(isTemplate)) return null;
  if ([...own, ...outer].some(({ file }) => !isPlain(project, file)) || !isPlain(project, source.file)) return null;
  const includes = here.get('include') ?? [];
  if (includes.some(({ file, directive: include }) => !isInView(project, file, include))) return null;
  if (pass ? !shapes(project, block, name, pass) : !inheritsPlainly(project, block)) return null;

  const names = [...new Set(gone.map(({ directive: { args } }) => args[0]!.value))];
  const first = own[0]!;
  const span =
    first.file === source.file && first.directive.parent === directive
      ? first.directive
      : (includes.find(({ file, directive: { parent } }) => file === source.file && parent === directive)?.directive ??
        directive.name);
  return {
    span,
    severity: severityOf(name, names, directive),
    message: `This "${name}" switches off the ${names.length === 1 ? 'one' : names.length} inherited from further out: ${listed(names)}. ${consequence(name, names)}`,
    related: gone.slice(0, 5).map(({ file, directive: at }) => ({
      file,
      span: at,
      message: `Set here, and lost in this ${directive.called}.`,
    })),
    fixes: [
      {
        ...mend('nginx/lost-headers', `Repeat ${listed(names)} in this ${directive.called}`, []),
        edits: () => repeat(project, block, name, gone, own),
      },
    ],
  };
}

function keyOf({ directive }: At): string {
  return directive.values[1]?.toLowerCase() ?? '';
}

function isTemplate({ directive }: At): boolean {
  return directive.name.template || directive.values.length < 3 || directive.args.some(({ template }) => template);
}

/** Does it make a difference that this line is lost? */
function isMissed(project: Project, name: string, at: At): boolean {
  const key = keyOf(at);
  const value = at.directive.values[2];
  if (name === 'add_header') return PROTECTIVE.test(key);
  if (!name.endsWith('_set_header')) return true;
  if (value === DEFAULTS[key]) return false;
  return key !== 'connection' || value !== '' || isOlder(project.options.nginxVersion, '1.29.7');
}

function isInView(project: Project, file: string, include: Directive): boolean {
  const resolved = project.resolved.get(project.includePattern(file, include));
  // A pattern that finds nothing here may find something on the server.
  return resolved !== undefined && !resolved.error && resolved.files.length > 0;
}

/** Is there a pass whose requests the lines of this very block shape: in it, or in a block inside that has none of its own? */
function shapes(project: Project, block: BlockAt, name: string, pass: string, depth = 0): boolean {
  const here = project.children(block.file, block.directive);
  if (here.has(pass)) return true;
  if (depth > 20) return false;
  return ['location', 'if', 'limit_except'].some((inner) =>
    here.get(inner)?.some((at) => {
      const set = project.children(at.file, at.directive).has(name);
      return !set && shapes(project, at, name, pass, depth + 1);
    }),
  );
}

/** Nothing says that headers are merged, or deliberately not inherited. */
function inheritsPlainly(project: Project, block: At): boolean {
  const rule = 'add_header_inherit';
  const own = project.children(block.file, block.directive).get(rule);
  const [at] = own ?? project.effective(block, rule);
  return !at || at.directive.values[1] === 'on';
}

function severityOf(name: string, names: readonly string[], block: Directive): Severity {
  if (name === 'add_header') return isOfAssets(block) ? 'hint' : 'information';
  if (name.endsWith('_param')) return 'warning';
  return names.some((each) => VITAL.test(each.toLowerCase())) ? 'warning' : 'information';
}

/** Images, styles and the like, told by their extensions, need little of what protects pages. */
function isOfAssets(block: Directive): boolean {
  const match = locationMatch(block);
  if (match?.modifier !== '~' && match?.modifier !== '~*') return false;
  return (
    /\\\.\(?.*\b(?:css|js|png|jpe\?g|jpe?g|gif|ico|svg|woff2?)\b/.test(match.pattern.slice(0, 300)) &&
    !/php|html/.test(match.pattern)
  );
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, names.length > 5 ? 4 : 5).map((each) => each.slice(0, 40));
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}

function consequence(name: string, names: readonly string[]): string {
  if (name === 'add_header')
    return 'Responses of this block go out without that protection. Repeat what should hold here.';
  const lower = names.map((each) => each.toLowerCase());
  if (name.endsWith('_param')) {
    return lower.includes('script_filename') || lower.includes('request_method')
      ? 'Without them PHP answers with an empty page or "Primary script unknown". Repeat what should hold here.'
      : 'The application does not get them. Repeat what should hold here.';
  }
  if (lower.includes('host')) {
    return 'The backend is asked for the name in the pass instead of the one the client asked for. Repeat what should hold here.';
  }
  if (lower.includes('upgrade')) return 'WebSocket handshakes get 400 or 426. Repeat what should hold here.';
  return 'The backend gets requests without them. Repeat what should hold here.';
}

/** The lost lines once more; where they are all that a file holds which the outer block includes, that include. */
function repeat(project: Project, block: At, name: string, gone: readonly At[], own: readonly At[]): Edit[] {
  const file = gone[0]!.file;
  const items = project.nginx(file)?.tree.items ?? [];
  const includer = project.includers(file)[0];
  const whole =
    includer &&
    gone.length > 2 &&
    items.length === gone.length &&
    gone.every((at) => at.file === file && at.directive.called === name && items.includes(at.directive));
  const lines = whole
    ? [`include ${writtenArgs(project, includer).join(' ')};`]
    : gone.map((at) => `${name} ${writtenArgs(project, at).join(' ')};`);
  const mine = own.filter((at) => at.file === block.file && at.directive.parent === block.directive);
  return [insertion(project, block, lines, mine[mine.length - 1]?.directive ?? null)];
}
