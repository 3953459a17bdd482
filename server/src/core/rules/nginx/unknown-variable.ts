/** Flags a variable that neither nginx has nor anything in the project defines. */
import { isDataBlock } from '../../nginx/catalogue';
import { type Directive, type Word, walk } from '../../nginx/tree';
import {
  builtInNames,
  definedIn,
  evaluated,
  isBuiltIn,
  isForeign,
  isLikelyForeign,
  type Use,
  usesIn,
} from '../../nginx/variables';
import { isInstalled } from '../../project/includes';
import type { Project } from '../../project/project';
import { instancesOf, isModuleFolder, isWhole, type Kind, kindOf } from '../../project/references';
import type { NginxSource } from '../../project/source';
import { closest } from '../../text/spelling';
import { defineRule, mend } from '../rule';

/** Dynamic modules that define no variables, or only such as their directives or well-known names tell. */
const MODULES =
  /ngx_(?:(?:http|stream)_(?:auth_pam|brotli_filter|brotli_static|cache_purge|dav_ext|echo|fancyindex|geoip2?|headers_more_filter|image_filter|js|lua|perl|subs_filter|substitutions_filter|uploadprogress|upstream_fair|xslt_filter|zstd_filter|zstd_static)|stream|mail|rtmp|ndk_http)_module\.so$/;

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
    if (!source.text.includes('$') || TEMPLATE.test(file)) return;
    for (const [directive, kind, use] of unknownUses(source, project)) {
      if (!isWhole(project, file) || !modulesKnown(project, file)) return;
      const meant = closest(use.name, [...builtInNames(kind), ...definedNames(project)]);
      if (isForeign(use.name) || (!meant && isLikelyForeign(use.name))) continue;
      const written = source.text.slice(use.start, use.end);
      yield {
        span: { start: use.start, end: use.end },
        message: `Nothing defines the variable ${written} of ${directive.name.value}: nginx refuses to start (unknown "${use.name}" variable). ${meant ? `$${meant} is spelt much like it.` : 'Define it with set or map, or use a variable that nginx has.'}`,
        fixes: meant
          ? [
              mend('nginx/unknown-variable', `Write $${meant}`, [
                {
                  file,
                  span: { start: use.start, end: use.end },
                  newText: written.startsWith('${') ? `\${${meant}}` : `$${meant}`,
                },
              ]),
            ]
          : [],
      };
    }
  },
});

/** Files that another program fills in before nginx reads them: a word with a dollar sign may be that program's. */
const TEMPLATE = /\.(?:template|tmpl|tpl|j2|erb|in|dist)$/;

/** Uses of names that neither nginx has nor any file in the project defines, where nginx looks for variables. */
function* unknownUses(source: NginxSource, project: Project): Generator<[Directive, Kind, Use], undefined> {
  const isUnknown = (kind: Kind | null, { name }: Use): boolean =>
    !(kind ? isBuiltIn(kind, name) : isBuiltIn('http', name) || isBuiltIn('stream', name)) && !isDefined(project, name);
  const fine = new Set<string>();
  const isFine = (word: Word): boolean => {
    if (!word.value.includes('$') || fine.has(word.value)) return true;
    if (usesIn(word, source.text).some((use) => isUnknown(null, use))) return false;
    fine.add(word.value);
    return true;
  };
  for (const directive of walk(source.tree.items)) {
    if (directive.name.template || directive.name.value === 'include') continue;
    // Nearly all directives are done with here, without a look at where they stand.
    if (directive.args.every((word) => isFine(word))) continue;
    const { parent } = directive;
    if (parent && isDataBlock(parent.name.value) && parent.name.value !== 'map') continue;
    const isMapLine = parent?.name.value === 'map';
    const at = { file: source.file, directive: isMapLine ? parent : directive };
    const kind = kindOf(project, at);
    const context = kind && project.contextOf(at);
    if (!kind || !context) continue;
    for (const word of isMapLine ? directive.args.slice(-1) : evaluated(directive, kind, context)) {
      for (const use of usesIn(word, source.text)) if (isUnknown(kind, use)) yield [directive, kind, use];
    }
  }
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

const answersByProject = new WeakMap<Project, Map<string, boolean>>();

/** Does anything in the project define a name? Asked name by name, so that an edit costs what it touches. */
function isDefined(project: Project, name: string): boolean {
  let answers = answersByProject.get(project);
  if (!answers) {
    answers = new Map();
    answersByProject.set(project, answers);
  }
  let answer = answers.get(name);
  if (answer === undefined) {
    answer = project.nginxSources.some((source) => definedHere(source).has(name));
    answers.set(name, answer);
  }
  return answer;
}

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
