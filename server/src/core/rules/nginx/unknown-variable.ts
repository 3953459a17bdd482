/** Flags a variable that neither nginx has nor anything in the project defines. */
import { type Context, isDataBlock } from '../../nginx/catalogue';
import { checkVariables } from '../../nginx/judge/parameters/check';
import { hasDollar, textOf } from '../../nginx/phrase';
import type { Directive } from '../../nginx/tree';
import { isMerged, ODD, type Use, usesIn, variableUses } from '../../nginx/variable-uses';
import { builtInNames, definedIn, isBuiltIn, isForeign, isLikelyForeign, since } from '../../nginx/variables';
import { isOlder } from '../../nginx/version';
import { isInstalled } from '../../project/includes';
import type { At, Project } from '../../project/project';
import { instancesOf, isLiteral, isModuleFolder, isWhole, type Kind, kindOf } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { isTemplateFile } from '../../project/template-file';
import { kept } from '../../text/kept';
import { closest } from '../../text/spelling';
import { defineRule, mend } from '../rule';

/** Dynamic modules that define no variables, or only such as their directives or well-known names tell. */
const MODULES =
  /ngx_(?:(?:http|stream)_(?:auth_pam|brotli_filter|brotli_static|cache_purge|dav_ext|echo|fancyindex|geoip2?|headers_more_filter|image_filter|js|lua|perl|subs_filter|substitutions_filter|uploadprogress|upstream_fair|xslt_filter|zstd_filter|zstd_static)|stream|mail|rtmp|ndk_http)_module\.so$/;

/** Arguments that nginx compiles only while it merges blocks, so that nothing is said of them where they are read. */
const UNCHECKED = [
  ['ssl_certificate', 0],
  ['ssl_certificate_key', 0],
  ['fastcgi_param', 1],
  ['scgi_param', 1],
  ['uwsgi_param', 1],
] as const;

export default defineRule({
  id: 'nginx/unknown-variable',
  language: 'nginx',
  severity: 'error',
  title: 'Unknown variable',
  why: `Every variable that a configuration uses must be nginx's own (\`$host\`, \`$arg_name\`, \`$http_name\` …) or be defined
somewhere in it, by \`set\`, \`map\`, \`geo\`, a named capture \`(?<name>…)\` and the like; where does not matter. Otherwise nginx
refuses to start with \`unknown "hots" variable\`, and names neither file nor line.`,
  references: ['https://nginx.org/en/docs/varindex.html'],
  *check(source, project) {
    const { file } = source;
    if (!/\$|memcached_pass/.test(source.own) || isTemplateFile(file)) return;
    for (const [name, index] of UNCHECKED) {
      for (const directive of source.named(name)) {
        if (!directive.values[index + 1]?.includes('$')) continue;
        const word = directive.args[index]!;
        const at = { file, directive };
        const kind = kindOf(project, at);
        const wrong = isLiteral(project, at) ? checkVariables(word) : null;
        if (wrong && kind && isRead(project, at, kind)) {
          yield { span: { start: wrong.span.start, end: wrong.span.end }, message: wrong.message };
        }
      }
    }
    for (const [directive, kind, use] of unknownUses(source, project)) {
      if (!isWhole(project, file) || !modulesKnown(project, file)) return;
      const newer = isBuiltIn(kind, use.name, null) ? since(kind, use.name) : null;
      const isName = /^\w+$/.test(use.name);
      const braced = /^\{(\w+)\}$/.exec(use.name)?.[1];
      const meant = newer
        ? null
        : isName
          ? closest(use.name, [...builtInNames(kind), ...definedNames(project)])
          : (braced ?? null);
      if (!newer && (isForeign(use.name) || (!meant && isLikelyForeign(use.name)))) continue;
      const written = source.text.slice(use.start, use.end);
      yield {
        span: { start: use.start, end: use.end },
        message: `${said(directive, kind, use, written, newer)}: nginx refuses to start (unknown "${use.name}" variable). ${isName ? advice(meant) : directive.called === 'if' ? 'Put blanks around the operator.' : 'Only a plain $name can stand here.'}`,
        fixes:
          meant && written.startsWith('$')
            ? [
                mend('nginx/unknown-variable', `Write $${meant}`, [
                  {
                    file,
                    span: { start: use.start, end: use.end },
                    newText: isName && written.startsWith('${') ? `\${${meant}}` : `$${meant}`,
                  },
                ]),
              ]
            : [],
      };
    }
  },
});

function advice(meant: string | null): string {
  return meant ? `$${meant} is spelt much like it.` : 'Define it with set or map, or use a variable that nginx has.';
}

/** What is wrong, as the beginning of a sentence. */
function said(directive: Directive, kind: Kind, { name }: Use, written: string, newer: string | null): string {
  if (newer) return `$${name} came with nginx ${newer}`;
  if (!written.startsWith('$')) return `${directive.called} uses the variable $${name}, and nothing defines it`;
  if (!/^\w+$/.test(name)) return `${directive.called} takes all of "${name.slice(0, 60)}" for the name of a variable`;
  if (isBuiltIn(kind === 'http' ? 'stream' : 'http', name, null)) {
    return `$${name} is a variable of ${kind === 'http' ? 'stream' : 'http'}, and nothing defines it in ${kind}`;
  }
  return `Nothing defines the variable ${written} of ${directive.called}`;
}

const KINDS = ['http', 'stream'] as const;

/** Uses of names that neither nginx has nor any file in the project defines, where nginx looks for variables. */
function* unknownUses(source: NginxSource, project: Project): Generator<[Directive, Kind, Use], undefined> {
  const version = project.options.nginxVersion;
  // Most files are of one kind, and of most directives it need not be asked then.
  const kinds = KINDS.filter((each) => mayHold(project, source.file, each));
  const isUnknown = (kind: Kind | null, { name }: Use): boolean =>
    !(kind ? isBuiltIn(kind, name, version) : kinds.every((each) => isBuiltIn(each, name, version))) &&
    !isDefined(project, name);
  const fine = new Set<object>();
  const isFine = (directive: Directive): boolean => {
    if (ODD.includes(directive.called)) return false;
    const text = textOf(directive);
    if (fine.has(text)) return true;
    const uses = directive.args.flatMap((word) => usesIn(word, source.text));
    if (uses.some((use) => isUnknown(null, use))) return false;
    fine.add(text);
    return true;
  };
  const odd = ODD.flatMap((name) => source.named(name).filter((directive) => !hasDollar(directive)));
  for (const directive of [...source.withDollar, ...odd]) {
    // Nearly all directives are done with here, without a look at where they stand.
    if (directive.called === 'include' || isFine(directive) || directive.name.template) continue;
    const { parent } = directive;
    const block = parent && isDataBlock(parent.called) ? parent : null;
    if (block && block.called !== 'map') continue;
    const at = { file: source.file, directive: block ?? directive };
    const kind = kindOf(project, at);
    const context = kind && project.contextOf(at);
    if (!kind || !context) continue;
    const uses = block
      ? directive.args.slice(-1).flatMap((word) => usesIn(word, source.text))
      : variableUses(directive, kind, context, source.text);
    for (const use of uses) {
      if (!isUnknown(kind, use)) continue;
      if (block || !isMerged(directive.called) || isRead(project, at, kind)) yield [directive, kind, use];
    }
  }
}

/** May a file hold directives of `kind`? */
function mayHold(project: Project, file: string, kind: Kind): boolean {
  if (project.nginx(file)?.named(kind).length) return true;
  const isStream = (context: Context): boolean => context.startsWith('stream');
  return project
    .contexts(file)
    .some((context) =>
      kind === 'stream' ? isStream(context) : !isStream(context) && !/^(?:main|events|mail)/.test(context),
    );
}

/** A directive that nginx compiles while it merges blocks: does it come to that? */
function isRead(project: Project, at: At, kind: Kind): boolean {
  const name = at.directive.called;
  const isOuter = project.contextOf(at) === kind;
  const isTls = name.startsWith('ssl_certificate');
  if (!isOuter && !isTls) return true;
  return instancesOf(project, at.file).some((instance) =>
    (instance.inside(kind).get('server') ?? []).some((server) => {
      const own = project.children(server.file, server.directive);
      if (own.has(name) === isOuter) return false;
      if (!isOuter && !own.get(name)!.some(({ directive }) => directive === at.directive)) return false;
      if (!isTls) return true;
      // Before 1.25.5 stream looked at neither without "listen … ssl".
      const certificates = own.get('ssl_certificate') ?? project.effective(server, 'ssl_certificate');
      const isUsed =
        kind === 'http' ||
        !isOlder(project.options.nginxVersion, '1.25.5') ||
        (own.get('listen') ?? []).some(({ directive }) => directive.args.some(({ value }) => value === 'ssl'));
      // Nor are keys that have no certificate.
      const place = own.get(name)?.findIndex(({ directive }) => directive === at.directive) ?? 0;
      return place < certificates.length && isUsed;
    }),
  );
}

const definedBySource = new WeakMap<NginxSource, ReadonlySet<string>>();

function definedHere(source: NginxSource): ReadonlySet<string> {
  let found = definedBySource.get(source);
  if (!found) {
    found = definedIn(source.text, source.tree.items);
    definedBySource.set(source, found);
  }
  return found;
}

/** Does anything in the project define a name? Asked name by name, so that an edit costs what it touches. */
const isDefined = kept((project: Project, name: string): boolean =>
  project.nginxSources.some((source) => definedHere(source).has(name)),
);

function* definedNames(project: Project): Generator<string, undefined> {
  for (const source of project.nginxSources) yield* definedHere(source);
}

/** Is every module that is loaded one whose variables are known by their names? */
function modulesKnown(project: Project, file: string): boolean {
  return instancesOf(project, file).every(({ root, files }) =>
    [...files].every((each) => {
      const source = project.nginx(each)!;
      if (!source.named('load_module').every(({ args }) => args[0] !== undefined && MODULES.test(args[0].value))) {
        return false;
      }
      const folders = source.named('include').filter(isModuleFolder);
      return (
        isInstalled(root.file) ||
        folders.every((include) => project.resolved.get(project.includePattern(each, include))?.files.length)
      );
    }),
  );
}
