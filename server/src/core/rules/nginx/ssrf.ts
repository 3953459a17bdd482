/** Flags a pass whose host the client chooses. */
import { locationMatch } from '../../nginx/model';
import { matcher } from '../../nginx/regex';
import type { Directive } from '../../nginx/tree';
import { type Pass, passesOf } from '../../project/links';
import type { Project } from '../../project/project';
import { isPlain } from '../../project/references';
import { hostOf, targetsOf } from '../../project/target';
import { defineRule } from '../rule';

/** Variables that hold what the client sent, as it sent it. */
const REQUEST = /^(?:arg_\w+|http_\w+|cookie_\w+|args|query_string|request_body)$/;

/** The name the client asked for: checked for its form, and often by the choice of the server. */
const HOST = /^(?:host|ssl_server_name|ssl_preread_server_name)$/;

export default defineRule({
  id: 'nginx/ssrf',
  language: 'nginx',
  severity: 'warning',
  title: 'The client chooses where the request goes',
  why: `A pass whose host comes from the request (\`$http_host\`, \`$arg_url\`, a capture of the location) lets anyone send requests
through nginx to whatever it can reach: internal services, cloud metadata on 169.254.169.254, nginx itself. A name that
does not resolve gives 502. Take the host from a \`map\` of those that are meant, or keep the location \`internal\`. With \`$host\`
the name has been checked for its form only: it is safe where \`server_name\` and a default server refuse all others.`,
  references: [
    'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass',
    'https://owasp.org/www-community/attacks/Server_Side_Request_Forgery',
  ],
  *check(source, project) {
    for (const pass of passesOf(project, source, 'dynamic')) {
      const word = pass.at.directive.args[0]!;
      if (word.template || !isPlain(project, source.file) || isInternal(project, pass)) continue;
      for (const { text, from } of targetsOf(project, pass)) {
        const chosen = chosenBy(project, pass, hostOf(text) ?? '');
        if (!chosen || isTested(project, pass, chosen)) continue;
        const at = from[from.length - 1];
        const known = HOST.test(chosen);
        yield {
          span: word,
          severity: known ? 'information' : 'warning',
          message: known
            ? `Whatever name a client asks for as $${chosen}, nginx sends the request there, to internal hosts too, unless another server refuses unknown names; one that does not resolve gives 502.`
            : `The client chooses the host of this target with $${chosen}: it can reach whatever this server can, internal services too. Take the host from a map of those that are meant, or make the location internal.`,
          related: at ? [{ file: at.file, span: at.directive, message: `$${chosen} gets into the target here.` }] : [],
        };
        break;
      }
    }
  },
});

function isInternal(project: Project, pass: Pass): boolean {
  for (let block = project.parent(pass.at); block; block = project.parent(block)) {
    if (block.directive.called === 'server') return false;
    if (project.children(block.file, block.directive).has('internal')) return true;
  }
  return false;
}

/** Does an `if` around the pass ask what the variable holds? It may refuse all that is not meant. */
function isTested(project: Project, pass: Pass, name: string): boolean {
  const mention = new RegExp(`\\$\\{?${name}\\b`, 'i');
  for (let block = project.parent(pass.at); block; block = project.parent(block)) {
    const tests = [...(project.children(block.file, block.directive).get('if') ?? []), block];
    if (tests.some(({ directive }) => isIf(directive) && directive.args.some(({ value }) => mention.test(value))))
      return true;
    if (block.directive.called === 'server') return false;
  }
  return false;
}

function isIf({ name }: Directive): boolean {
  return name.value === 'if';
}

/** The variable that lets a client choose `host`, without `$`; null when none does, or when it cannot be told. */
function chosenBy(project: Project, pass: Pass, host: string): string | null {
  const variables = [...host.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)];
  for (const found of variables) {
    const name = (found[1] ?? found[2]!).toLowerCase();
    const after = host.slice(found.index + found[0].length);
    // Behind a fixed end of the name a client's own host is only reached when the value can end the host before it.
    const sample = /^[^$]*\.[^$]*[a-z]/i.test(after) ? 'evil.example/' : 'evil.example';
    const before = host.slice(0, found.index);
    if (before !== '') continue;
    if (REQUEST.test(name)) return name;
    if (HOST.test(name)) {
      if (sample === 'evil.example') return name;
      continue;
    }
    const group = captured(project, pass, found[1] ?? found[2]!);
    if (group && matcher(`^(?:${group.pattern})$`, group.ignoreCase)?.test(sample)) return name;
  }
  return null;
}

/** The group of the location's expression that a variable holds; null where another expression may have set it. */
function captured(project: Project, pass: Pass, name: string): { pattern: string; ignoreCase: boolean } | null {
  const location = project.parent(pass.at);
  const match = location && locationMatch(location.directive);
  if (!match || (match.modifier !== '~' && match.modifier !== '~*')) return null;
  const here = project.children(location.file, location.directive);
  if (here.has('rewrite') || here.has('if') || here.has('include')) return null;
  const pattern = groupOf(match.pattern, name);
  return pattern === null ? null : { pattern, ignoreCase: match.modifier === '~*' };
}

/** What stands in the parentheses of a group, by number or name. */
function groupOf(pattern: string, name: string): string | null {
  const open: { start: number; wanted: boolean }[] = [];
  let count = 0;
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') i++;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') {
      inClass = true;
      if (pattern[i + 1] === '^') i++;
      if (pattern[i + 1] === ']') i++;
    } else if (char === '(') {
      const named = /^\(\?P?(?:<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(pattern.slice(i, i + 80));
      const captures = named !== null || pattern[i + 1] !== '?';
      if (captures) count++;
      const wanted = captures && (String(count) === name || (named?.[1] ?? named?.[2]) === name);
      open.push({ start: i + (named ? named[0].length : 1), wanted });
    } else if (char === ')') {
      const group = open.pop();
      if (group?.wanted) return pattern.slice(group.start, i);
    }
  }
  return null;
}
