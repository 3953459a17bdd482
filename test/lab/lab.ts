/** One nginx with a location for every fault; what a client got beside what the log line is explained as. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Entry, type Explanation, entries, explain, loadFolder, type Project } from '../../server/src/core/index';
import { diskFiles } from '../../server/src/hosts/disk';
import { type Nginx, startNginx } from '../real/nginx';
import { program, worker } from '../real/programs';
import { freePort, newScene, type Scene, until } from '../real/scene';
import { type Asking, ask, type Reply } from './client';

export interface Lab {
  readonly scene: Scene;
  readonly port: number;
  readonly nginx: Nginx;
  readonly project: Project;
  /** What a name in angle brackets stands for: a port, a path. */
  readonly places: ReadonlyMap<string, string>;
}

export interface Fault {
  /** Also the path of the request, below `/`. */
  readonly name: string;
  /** What stands in the location; `<name>` is the port of that backend. */
  readonly site: string;
  /** What stands beside the server: groups, maps, zones. */
  readonly http?: string;
  /** What stands beside the location. */
  readonly server?: string;
  readonly asking?: Asking;
  /** Asks in a way of its own. */
  ask?(lab: Lab, at: string): Promise<Reply>;
  readonly cause: string;
  /** It may as well be this: the two differ by who was quicker. */
  readonly either?: string;
  /** What the client got, or what the access log says where no status line came: 499, 200 with nothing. */
  readonly got: number;
  /** The explanation names no status: the event fails no request, or the client got none (000 and 009 in the access log). */
  readonly harmless?: true;
  /** What the explanation says where the line does not tell which it was. */
  readonly told?: readonly number[];
  /** What the explanation's first place in the configuration begins with; the pass by default, null for none. */
  readonly place?: string | null;
  /** The address in the log, where the line has one. */
  readonly upstream?: string | null;
  /** Other causes that may stand in the log for the same request. */
  readonly also?: readonly string[];
}

/** Each `<name>` in a text becomes what it stands for. */
export function filled(text: string, places: ReadonlyMap<string, string>): string {
  return text.replace(/<([a-z][a-z0-9.-]*)>/g, (all, name: string) => {
    const place = places.get(name);
    if (place === undefined) throw new Error(`no backend ${all}`);
    return place;
  });
}

export interface Settings {
  readonly faults: readonly Fault[];
  readonly main?: string;
  readonly stream?: string;
  readonly places: (scene: Scene) => Promise<Map<string, string>>;
}

/** Starts the backends and one nginx. `closeWith` gets what stops all of it. */
export async function openLab(
  { faults, main = '', stream = '', places: start }: Settings,
  closeWith: (close: () => Promise<void>) => void,
): Promise<Lab> {
  const scene = newScene(closeWith);
  const places = await start(scene);
  const port = await freePort();
  places.set('self', String(port));
  const module = stream ? program('streamModule') : '';
  const text = filled(
    `${module.endsWith('.so') ? `load_module ${module};\n` : ''}user ${worker.user === worker.group ? worker.user : `${worker.user} ${worker.group}`};
worker_processes 1;
pid ${scene.folder}/nginx.pid;
error_log ${scene.folder}/error.log info;
${main}
events {
    worker_connections 128;
}

http {
    log_format lab '$request_uri $status';
    access_log ${scene.folder}/access.log lab;
    client_body_temp_path ${scene.folder}/temp/body;
    proxy_temp_path ${scene.folder}/temp/proxy;
    fastcgi_temp_path ${scene.folder}/temp/fastcgi;
    uwsgi_temp_path ${scene.folder}/temp/uwsgi;
    scgi_temp_path ${scene.folder}/temp/scgi;
    client_max_body_size 100m;
    large_client_header_buffers 4 64k;
    resolver_timeout 300ms;
    proxy_connect_timeout 300ms;
    proxy_read_timeout 300ms;
    proxy_send_timeout 300ms;
    fastcgi_read_timeout 300ms;
    grpc_read_timeout 300ms;
    uwsgi_read_timeout 300ms;
    scgi_read_timeout 300ms;
${faults.map((fault) => fault.http ?? '').join('\n')}
    server {
        listen 127.0.0.1:${port};
        server_name lab.test;
${faults.map(({ server = '' }) => server).join('\n')}
${faults.map(({ name, site }) => `        location /${name} {\n${site.trim().replace(/^ */gm, '            ')}\n        }`).join('\n')}
    }
}
${module ? `stream {\n${stream}\n}\n` : ''}`,
    places,
  );
  scene.write({ 'nginx.conf': text });
  const nginx = await startNginx(scene);
  const { project, unreadable } = await loadFolder(diskFiles, scene.folder, {});
  expect(unreadable).toEqual([]);
  return { scene, port, nginx, project, places };
}

/** Plays one fault and compares the explanation with what happened. */
export async function play(lab: Lab, fault: Fault): Promise<void> {
  const at = `/${fault.name}`;
  const reply = await (fault.ask ? fault.ask(lab, at) : ask(lab.port, at, fault.asking));
  const found = await explained(lab, fault.cause, at, fault.either);
  const status = reply.status ?? (await accessStatus(lab, at));
  expect(status, reply.text).toBe(fault.got);
  expect(found.status).toEqual(fault.told ?? (fault.harmless ? [] : [fault.got]));
  if (fault.told) expect(fault.told).toContain(fault.got);
  expect(causesOf(lab, at).filter((cause) => cause !== found.cause && !fault.also?.includes(cause))).toEqual([]);
  if (fault.upstream !== undefined) {
    const upstream = fault.upstream && filled(fault.upstream, lab.places);
    expect(found.record.upstream?.replace(/^[a-z]+:\/\//, '').replace(/(?<!unix)[:/]*\/[^/]*$|:$/, '') ?? null).toBe(
      upstream,
    );
  }
  if (fault.place !== null) {
    const pass = fault.place ?? /\w+_pass [^;]+;/.exec(fault.site)![0];
    expect(placeTexts(lab, found)[0]).toBe(filled(pass, lab.places));
    const location = found.record.subrequest ?? at;
    expect(placeTexts(lab, found)).toContain(`location ${location}`);
  }
}

/** The entry about a path that has the cause; waits for it. */
export async function explained(lab: Lab, cause: string, at: string, either?: string): Promise<Explanation> {
  let lines: string[] = [];
  try {
    return await until(
      `an entry about ${at} that is ${cause}`,
      () => {
        const told = about(lab, at).map(({ record }) => ({ record, found: explain(record, lab.project) }));
        lines = told.map(({ record, found }) => `${found?.cause ?? '-'}: ${record.message}`);
        return told.find(({ found }) => found?.cause === cause || (either && found?.cause === either))?.found ?? null;
      },
      4000,
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}; there is\n${lines.join('\n')}`);
  }
}

/** The entries whose request is for the path. */
function about({ nginx }: Lab, at: string): Entry[] {
  return [...entries(nginx.errorLog())].filter(({ record }) => {
    const target = record.request?.split(' ')[1] ?? '';
    return target === at || target.startsWith(`${at}?`) || target.startsWith(`${at}/`);
  });
}

/** Causes of the entries about a path that fail requests. */
function causesOf(lab: Lab, at: string): string[] {
  return about(lab, at).flatMap(({ record }) => {
    const found = explain(record, lab.project);
    return found && found.status.length > 0 ? [found.cause] : [];
  });
}

async function accessStatus({ scene }: Lab, at: string): Promise<number> {
  return until(`the access log to tell of ${at}`, () => {
    const log = readFileSync(scene.path('access.log'), 'utf8');
    const status = log
      .split('\n')
      .findLast((line) => line.startsWith(`${at} `) || line.startsWith(`${at}?`) || line.startsWith(`${at}/`))
      ?.split(' ')[1];
    return status ? Number(status) : null;
  });
}

/** The places of an explanation as they are written. */
export function placeTexts({ project }: Lab, { config }: Explanation): string[] {
  return config.map(({ file, span }) => project.sources.get(file)!.text.slice(span.start, span.end));
}
