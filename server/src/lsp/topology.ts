/** Answers where requests go in all that is in view, and says when that has changed. */
import type { Connection } from 'vscode-languageserver';
import {
  type Finding,
  type Place,
  type Project,
  type Topology,
  type TopologyEndpoint,
  type TopologyLocation,
  type TopologyPass,
  type TopologyServer,
  topology,
} from '../core/index';
import { rangeOf } from './convert';
import type * as protocol from './protocol';
import { type Located, type TopologyResult, topologyChangedNotification, topologyRequest } from './protocol';
import { uriOf } from './uris';
import type { Workspace } from './workspace';

/** Milliseconds of work after which others have their turn. */
const SLICE = 20;

/** Returns what to call when something has changed and rests. */
export function serveTopology(
  connection: Connection,
  open: Workspace,
  findingsOf: (project: Project, file: string) => readonly Finding[],
): () => void {
  /** Somebody has an answer that is not known to be out of date. */
  let isAnswered = false;

  connection.onRequest(topologyRequest, async (): Promise<TopologyResult> => {
    await open.settled();
    isAnswered = true;
    // Several folders are several projects, which know nothing of each other.
    const all = { roots: [], upstreams: [], pools: [] } as Everything;
    let begun = Date.now();
    for (const project of open.projectsFor('')) {
      for (const file of project.sources.keys()) {
        findingsOf(project, file);
        if (Date.now() - begun < SLICE) continue;
        await new Promise((resume) => setTimeout(resume, 0));
        begun = Date.now();
      }
      add(
        all,
        project,
        topology(project, (file) => findingsOf(project, file)),
      );
    }
    return all;
  });

  return () => {
    if (isAnswered) void connection.sendNotification(topologyChangedNotification);
    isAnswered = false;
  };
}

interface Everything {
  readonly roots: protocol.TopologyRoot[];
  readonly upstreams: protocol.TopologyUpstream[];
  readonly pools: protocol.TopologyPool[];
}

function add(all: Everything, project: Project, { roots, upstreams, pools }: Topology): void {
  const before = all.upstreams.length;
  const located = <T extends Place>({ file, span, ...rest }: T): Omit<T, 'file' | 'span'> & Located => ({
    uri: uriOf(file),
    range: rangeOf(project, { file, span }),
    ...rest,
  });
  const endpoint = ({ reached, ...rest }: TopologyEndpoint): protocol.TopologyEndpoint => ({
    ...located(rest),
    reached: reached.map(located),
  });
  const pass = ({ endpoints, ...rest }: TopologyPass): protocol.TopologyPass => ({
    ...located(rest),
    upstreams: rest.upstreams.map((index) => before + index),
    endpoints: endpoints.map(endpoint),
  });
  const block = <T extends TopologyServer | TopologyLocation>(each: T) => ({
    ...located(each),
    passes: each.passes.map(pass),
    locations: each.locations.map(location),
  });
  const location = (each: TopologyLocation): protocol.TopologyLocation => block(each);
  for (const { file, servers, ...rest } of roots) {
    all.roots.push({ uri: uriOf(file), ...rest, servers: servers.map(block) });
  }
  for (const upstream of upstreams) {
    all.upstreams.push({ ...located(upstream), endpoints: upstream.endpoints.map(endpoint) });
  }
  for (const pool of pools) all.pools.push(located(pool));
}
