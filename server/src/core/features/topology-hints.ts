/** What stands beside a pass, an upstream and a pool while their file is open: where they lead, and who leads there. */
import { upstreamServer } from '../nginx/model';
import type { Directive } from '../nginx/tree';
import { spell } from '../project/address';
import { projectsInside } from '../project/inside';
import { type Endpoint, type Pass, passesOf, passesTo, upstreamEndpoints } from '../project/links';
import { poolsIn } from '../project/pools';
import type { At, Project } from '../project/project';
import { isWhole, kindOf } from '../project/references';
import type { FpmSource, NginxSource } from '../project/source';
import { basename } from '../text/path';
import { contains, type Place, plainSpan, type Span } from '../text/span';
import type { Finding } from './findings';
import { type Outward, outward } from './outside';
import { saidAt, saysNothing } from './topology';
import {
  doublesIn,
  hasDynamicPass,
  keyOf,
  mayBeReached,
  placeOf,
  possiblePasses,
  reachedBy,
  usesOf,
} from './topology-reach';

/** Behind a directive: what it reaches. */
export interface ReachHint {
  /** Offset at which it stands: the end of the directive. */
  readonly at: number;
  readonly parts: readonly HintPart[];
  /** All of it, where the parts leave something out. */
  readonly full: string | null;
}

export interface HintPart {
  readonly text: string;
  /** Where it leads; null for the words between. */
  readonly place: Place | null;
}

/** Above an upstream or a pool: who leads there. */
export interface UseLens {
  readonly span: Span;
  readonly text: string;
  readonly uses: readonly Place[];
}

/** Characters that editors show of a hint before they cut it (`editor.inlayHints.maximumLength`). */
const LONGEST = 42;

interface View {
  readonly project: Project;
  readonly source: NginxSource;
  readonly out: Outward | null;
}

/** The file itself, or what a dump holds. */
function viewsOf(project: Project, source: NginxSource): View[] {
  if (source.held.length === 0) return [{ project, source, out: null }];
  return projectsInside(project, source).flatMap((view) => {
    const out = outward(project, view);
    return view.nginxSources.map((held) => ({ project: view, source: held, out }));
  });
}

/** Hints for the directives of an nginx file that end within `span`, by place. `findingsOf`: those of a file, ordered by place. */
export function reachHints(
  project: Project,
  file: string,
  span: Span,
  findingsOf: (file: string) => readonly Finding[],
): ReachHint[] {
  const source = project.nginx(file);
  if (!source) return [];
  const hints: ReachHint[] = [];
  for (const view of viewsOf(project, source)) {
    const isAsked = ({ end }: Span): boolean => contains(span, end);
    const add = (directive: Directive, before: string, list: readonly HintPart[]): void => {
      if (list.length > 0) hints.push({ at: directive.end, ...fitting(`→ ${before}`, list) });
    };
    const listens = (endpoint: Endpoint): HintPart[] => {
      const found = reachedBy(view.project, endpoint);
      if (found.length > 0) {
        return found.map((each) => {
          const name = `${WORDS[each.kind]} ${each.name}`;
          const where = found.length === 1 ? whereOf(view, each) : '';
          return part(view, 2 + name.length + where.length <= LONGEST ? name + where : name, each);
        });
      }
      const said = saidAt(findingsOf, { file, span: plainSpan(endpoint.at.directive) });
      return saysNothing(said) ? [{ text: 'nothing in this workspace listens here', place: null }] : [];
    };
    const leads = ({ upstream, endpoints }: Pass): HintPart[] =>
      upstream
        ? serversOf(view.project, upstream).map(({ text, at }) =>
            part(view, text, { file: at.file, span: at.directive }),
          )
        : endpoints.flatMap(listens);

    for (const pass of passesOf(view.project, view.source)) {
      const { directive } = pass.at;
      if (!isAsked(directive)) continue;
      if (!pass.target.dynamic) add(directive, '', leads(pass));
      else {
        const list = possiblePasses(view.project, pass).map((one) => nameOf(view, one));
        add(directive, 'per request: ', list);
      }
    }
    for (const directive of view.source.named('upstream')) {
      if (!directive.block) continue;
      for (const endpoint of upstreamEndpoints(view.project, { file: view.source.file, directive })) {
        const { at } = endpoint;
        if (at.file === view.source.file && isAsked(at.directive)) add(at.directive, '', listens(endpoint));
      }
    }
  }
  return hints.sort((a, b) => a.at - b.at);
}

const WORDS = { pool: 'pool', unit: 'unit', service: 'service', server: 'nginx itself,' } as const;

/** As much of the list as there is room for, and how many more there are. */
function fitting(before: string, list: readonly HintPart[]): Pick<ReachHint, 'parts' | 'full'> {
  const more = (shown: number): string => (shown < list.length ? `, ${list.length - shown} more` : '');
  const ends: number[] = [];
  for (const { text } of list.slice(0, LONGEST)) ends.push((ends.at(-1) ?? before.length - 2) + 2 + text.length);
  let shown = ends.length;
  while (shown > 1 && ends[shown - 1]! + more(shown).length > LONGEST) shown--;
  const parts = list.slice(0, shown).flatMap((each, i) => (i === 0 ? [each] : [{ text: ', ', place: null }, each]));
  const isAll = shown === list.length;
  return {
    parts: [{ text: before, place: null }, ...parts, ...(isAll ? [] : [{ text: more(shown), place: null }])],
    full: isAll ? null : list.map(({ text }) => text).join(', '),
  };
}

const part = (view: View, text: string, place: Place): HintPart => ({ text, place: placed(view, place) });

function nameOf(view: View, { upstream, endpoints, target }: Pass): HintPart {
  if (!upstream) return { text: spell(endpoints[0]?.address ?? target.address), place: null };
  return part(view, upstream.directive.values[1]!, { file: upstream.file, span: upstream.directive.name });
}

function placed({ out }: Pick<View, 'out'>, { file, span }: Place): Place {
  const place = { file, span: plainSpan(span) };
  return out ? out.place(place) : place;
}

/** ` (www.conf:7)`. */
function whereOf({ project }: View, { file, span }: Place): string {
  const source = project.sources.get(file) ?? project.neighbours.get(file);
  return source ? ` (${basename(file)}:${source.lines.position(span.start).line + 1})` : '';
}

interface ServerLine {
  readonly at: At;
  /** As written, with `backup` or `down`. */
  readonly text: string;
}

function serversOf(project: Project, upstream: At): ServerLine[] {
  return (project.children(upstream.file, upstream.directive).get('server') ?? []).flatMap((at) => {
    const server = upstreamServer(at.directive);
    if (!server) return [];
    const role = ['backup', 'down'].find((flag) => server.flags.has(flag));
    return [{ at, text: at.directive.values[1]! + (role ? ` (${role})` : '') }];
  });
}

/** What stands above the upstreams of an nginx file, and the pools of one of php-fpm's. */
export function useLenses(project: Project, file: string): UseLens[] {
  const source = project.sources.get(file);
  if (!source) return [];
  return source.kind === 'nginx'
    ? viewsOf(project, source).flatMap((view) => upstreamLenses(view))
    : poolLenses(project, source);
}

function upstreamLenses(view: View): UseLens[] {
  const { project, source } = view;
  const twice = doublesIn(project);
  return source.named('upstream').flatMap((directive): UseLens[] => {
    if (!directive.block || directive.args.length === 0) return [];
    const at = { file: source.file, directive };
    const uses = passesTo(project, at).filter((pass) => !twice.has(pass.at.file));
    const { length } = serversOf(project, at);
    const servers = `${length} ${length === 1 ? 'server' : 'servers'}`;
    const users = uses.length > 0 ? usersOf(project, uses) : unusedOf(project, at);
    if (users === null) return [];
    const span = { start: directive.start, end: directive.block.start };
    return [{ span, text: `${servers} · ${users}`, uses: uses.map((use) => passPlace(view, use.at)) }];
  });
}

function usersOf(project: Project, uses: readonly Pass[]): string {
  const what = kindOf(project, uses[0]!.at) === 'stream' ? 'server' : 'location';
  return `used by ${uses.length} ${what}${uses.length === 1 ? '' : 's'}`;
}

/** Null where something that is not in view, or a variable, may name it. */
function unusedOf(project: Project, at: At): string | null {
  return isWhole(project, at.file) && !hasDynamicPass(project, null) ? 'nothing passes to it' : null;
}

function poolLenses(project: Project, source: FpmSource): UseLens[] {
  const { ofPool, speaksFastcgi } = usesOf(project);
  if (!speaksFastcgi) return [];
  return poolsIn(project, source.file).flatMap((pool): UseLens[] => {
    const header = pool.places.find(({ file }) => file === source.file)?.section.headerSpan;
    if (!header || header.start === header.end) return [];
    const uses = ofPool.get(keyOf(placeOf(pool))) ?? [];
    if (uses.length === 0 && mayBeReached(project, pool)) return [];
    const { length } = uses;
    const words =
      length === 0
        ? 'no nginx location passes to this pool'
        : `reached by ${length} location${length === 1 ? '' : 's'}`;
    const places = uses.map(({ view, at }) => passPlace({ project: view, out: outward(project, view) }, at));
    return [{ span: header, text: words, uses: places }];
  });
}

function passPlace(view: Pick<View, 'project' | 'out'>, at: At): Place {
  return placed(view, { file: at.file, span: at.directive });
}
