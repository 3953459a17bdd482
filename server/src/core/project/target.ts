/** Where a pass with variables can lead: its target with what `set`, `map` and the files in view say the variables hold. */
import { type Pass, passesOf } from './links';
import type { At, Project } from './project';
import { isPlain } from './references';

/** One value that the target of a pass can have; variables that only a request decides are still in it. */
export interface Target {
  readonly text: string;
  /** The `set` and `map` lines that it comes from, the nearest first. */
  readonly from: readonly At[];
}

/** `map` blocks with thousands of lines say no more than their first ones. */
const MOST_TARGETS = 20;

const known = new WeakMap<Pass, readonly Target[]>();

/** The targets that the files in view make of a pass; the written one where nothing is known about its variables. */
export function targetsOf(project: Project, pass: Pass): readonly Target[] {
  let targets = known.get(pass);
  if (!targets) {
    targets = allTargets(project, pass);
    known.set(pass, targets);
  }
  return targets;
}

function allTargets(project: Project, pass: Pass): Target[] {
  const { directive } = pass.at;
  let open: Target[] = [{ text: directive.values[1] ?? '', from: [] }];
  const done: Target[] = [];
  for (let depth = 0; depth < 4; depth++) {
    const next: Target[] = [];
    for (const target of open) {
      const expanded = expand(project, pass, target);
      if (expanded) next.push(...expanded.slice(0, MOST_TARGETS));
      else done.push(target);
    }
    if (next.length === 0) return done;
    open = next.slice(0, MOST_TARGETS);
  }
  return [...done, ...open];
}

/** Variables with which a path starts: each value begins with a slash. */
const PATH = /\$(?:\{(?:request_uri|uri|document_uri)\}|(?:request_uri|uri|document_uri)\b)/;

/** The host of a target as nginx would read it: without scheme, port and URI; null for a unix socket. */
export function hostOf(target: string): string | null {
  const rest = target.replace(/^[a-z]+:\/\//i, '').split(PATH)[0]!;
  if (/^unix:/i.test(rest)) return null;
  return /^(?:\[[^\]]*\]|[^/?#:]*)/.exec(rest)![0];
}

const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;

/** The first variable of the host that is known, replaced by each of its values. */
function expand(project: Project, pass: Pass, target: Target): Target[] | null {
  const host = hostOf(target.text);
  if (host === null) return null;
  const end = target.text.indexOf(host) + host.length;
  for (const found of target.text.matchAll(VARIABLE)) {
    if (found.index >= end) break;
    const values = valuesOf(project, pass, (found[1] ?? found[2]!).toLowerCase());
    if (!values) continue;
    const before = target.text.slice(0, found.index);
    const after = target.text.slice(found.index + found[0].length);
    return values.map(({ value, at }) => ({ text: before + value + after, from: [...target.from, at] }));
  }
  return null;
}

function valuesOf(project: Project, pass: Pass, name: string): { value: string; at: At }[] | null {
  for (let block = project.parent(pass.at); block; block = project.parent(block)) {
    const here = project.children(block.file, block.directive);
    const set = here.get('set')?.filter((at) => variable(at.directive.values[1]) === name) ?? [];
    const last = set[set.length - 1];
    const word = last?.directive.args[1];
    if (last && word) return word.template || !isPlain(project, last.file) ? null : [{ value: word.value, at: last }];
    const map = here.get('map')?.find((at) => variable(at.directive.values[2]) === name);
    if (map) return mapped(project, map);
  }
  return null;
}

function mapped(project: Project, map: At): { value: string; at: At }[] | null {
  if (!map.directive.block || !isPlain(project, map.file)) return null;
  const values: { value: string; at: At }[] = [];
  for (const directive of map.directive.block.items) {
    const [word] = directive.args;
    if (!word || word.template || directive.args.length > 1 || directive.called === 'include') continue;
    values.push({ value: word.value, at: { file: map.file, directive } });
    if (values.length === MOST_TARGETS) break;
  }
  return values;
}

function variable(word: string | undefined): string | null {
  return word?.startsWith('$') ? word.slice(1).toLowerCase() : null;
}

/** A host name that is written out, and that no upstream group has, neither a written one nor one that nginx makes. */
export function isLookedUp(project: Project, file: string, host: string | null): boolean {
  if (!host || !/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/i.test(host) || !/[a-z]/i.test(host)) return false;
  return !project.upstream(host, file) && !hostsOfPasses(project).has(host.toLowerCase());
}

const hostsByProject = new WeakMap<Project, Set<string>>();

/** Hosts of passes without variables: nginx makes each a group of its own when it starts, which other passes then find. */
function hostsOfPasses(project: Project): Set<string> {
  let hosts = hostsByProject.get(project);
  if (!hosts) {
    hosts = new Set();
    for (const source of project.nginxSources) {
      for (const { target } of passesOf(project, source)) {
        if (!target.dynamic && target.address.kind === 'tcp') hosts.add(target.address.host.toLowerCase());
      }
    }
    hostsByProject.set(project, hosts);
  }
  return hosts;
}
