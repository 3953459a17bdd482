/** The healing loop: a real failure, its log line explained, the preferred fix applied as an editor would, the request answered. */
import { readFileSync, writeFileSync } from 'node:fs';
import { diffLines } from 'diff';
import { expect } from 'vitest';
import {
  applyEdits,
  type Edit,
  type Explanation,
  entries,
  explain,
  type Finding,
  findings,
  type LogRecord,
  loadFolder,
  type Project,
  parseLine,
} from '../../server/src/core/index';
import { diskFiles } from '../../server/src/hosts/disk';
import { type Answer, get } from '../real/http';
import { mainFile, type Nginx, startNginx } from '../real/nginx';
import { mainFile as fpmMainFile, type PhpFpm, startFpm } from '../real/php-fpm';
import { freePort, newScene, type Scene, until } from '../real/scene';

export interface Stage {
  readonly scene: Scene;
  /** Where nginx listens. */
  readonly port: number;
}

/** Takes `ms` milliseconds and sets a cookie of `cookie` bytes. */
const PHP = `<?php
usleep((int) ($_GET['ms'] ?? 0) * 1000);
if (isset($_GET['cookie'])) header('Set-Cookie: token=' . str_repeat('x', (int) $_GET['cookie']));
echo "hello\\n";
`;

/** A temporary folder, and a port for the site in it. */
export async function stage(): Promise<Stage> {
  return { scene: newScene(), port: await freePort() };
}

export interface Broken extends Stage {
  /** What stands in `sites-enabled/shop.conf`. */
  readonly site: string;
  /** What stands in `pool.d/NAME.conf`; php-fpm runs when there are any. */
  readonly pools?: Readonly<Record<string, string>>;
  /** Another main file. */
  readonly main?: string;
  /** Path of the request, a GET. */
  readonly path?: string;
  /** Asks in another way. */
  readonly ask?: () => Promise<Answer>;
  /** Happens after the start and before the request. */
  crash?(fpm: PhpFpm | null): Promise<unknown>;
}

export interface Case extends Broken {
  readonly expected: {
    readonly status: number;
    readonly cause: string;
    /** It may as well be this: the two differ by who was quicker. */
    readonly either?: string;
    /** Id of the preferred fix. */
    readonly fix: string;
    /** Where the explanation points first: `file: text`. */
    readonly place: string;
    readonly confidence: Explanation['confidence'];
    /** The rule that sees it before anything has happened; null where none can. */
    readonly rule: string | null;
    /** The lines the fix takes and gives, without their indentation: `- old`, `+ new`. */
    readonly changes: readonly string[];
    /** The commands that the fix names, where they are what heals; `restart` then stands in for them. */
    readonly apply?: readonly string[];
  };
  restart?(fpm: PhpFpm | null): Promise<unknown>;
  /** What the request is answered with in the end; 200 and "hello" where absent. */
  readonly healed?: Answer;
}

const HEALED: Answer = { status: 200, body: 'hello\n' };

export interface Healed {
  readonly nginx: Nginx;
  readonly project: Project;
  /** What nginx logged before the fix. */
  readonly log: string;
}

/** Plays a case from the failure to the answer, and checks every step of the way. */
export async function heal(it: Case): Promise<Healed> {
  const { scene, expected } = it;
  const { nginx, fpm, failed } = await fail(it);
  expect(failed.status).toBe(expected.status);
  expect(failed).not.toEqual(it.healed ?? HEALED);

  const before = await load(scene);
  const log = nginx.errorLog();
  const explanation = theOnly([expected.cause, expected.either], log, before);
  expect(explanation).toMatchObject({ status: [expected.status], confidence: expected.confidence });
  expect(firstPlace(explanation, before, scene)).toBe(expected.place);

  tryAll(before, nginx, explanation);
  const fix = explanation.fixes.find(({ preferred }) => preferred)!;
  expect(fix?.id).toBe(expected.fix);
  const edits = fix.edits();
  if (expected.rule) {
    const finding = theRule(before, expected.rule)!;
    expect(finding, `${expected.rule} must report before the fix`).toBeDefined();
    const same = finding.fixes.find(({ preferred }) => preferred);
    if (same?.id === fix.id) expect(same.edits()).toEqual(edits);
  }

  expect(apply(scene, edits)).toEqual(expected.changes);
  const after = await load(scene);
  // Where the configuration is right, a unit that restarts its service may be created, once.
  const created =
    edits.length > 0 ? [] : explanation.fixes.flatMap((each) => each.edits()).filter((each) => each.create);
  for (const { file, newText } of created) scene.write({ [file.slice(scene.folder.length + 1)]: newText });
  nothingLeft(created.length > 0 ? await load(scene) : after, explanation.record);

  if (expected.apply) expect(fix.apply).toEqual(expected.apply);
  if (edits.length > 0) await nginx.reload();
  if (edits.some(({ file }) => file.includes('/pool.d/'))) await fpm!.restart();
  await it.restart?.(fpm);
  expect(await ask(it)).toEqual(it.healed ?? HEALED);
  return { nginx, project: after, log };
}

/** What is known of the upstream, as people set it up; stands beside the server. */
export const ACCESS_FORMAT = `log_format told '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent" ua="$upstream_addr" us="$upstream_status" '
    'rt=$request_time uct="$upstream_connect_time" uht="$upstream_header_time" urt="$upstream_response_time"';

`;

/** Makes nginx write `access.log`; stands in the location. */
export const accessLog = ({ scene }: Stage): string => `access_log ${scene.path('access.log')} told;`;

/** The same from the line of the access log alone. */
export async function healFromAccessLog(
  it: Broken,
  expected: { readonly status: number; readonly cause: string; readonly fix: string },
): Promise<void> {
  const { scene } = it;
  const { nginx, failed } = await fail(it);
  expect(failed.status).toBe(expected.status);
  // nginx writes the line when the client has its answer.
  const record = await until('a line of the access log', () =>
    parseLine(readFileSync(scene.path('access.log'), 'utf8')),
  );
  const found = explain(record, await load(scene))!;
  expect(found).toMatchObject({ cause: expected.cause, status: [expected.status] });
  const fix = found.fixes.find(({ preferred }) => preferred)!;
  expect(fix.id).toBe(expected.fix);
  apply(scene, fix.edits());
  nothingLeft(await load(scene), record);
  await nginx.reload();
  expect(await ask(it)).toEqual(HEALED);
}

/** nginx takes the files with each fix that is offered anywhere, those of blocks among them; they are taken back. */
function tryAll(project: Project, nginx: Nginx, explanation: Explanation): void {
  for (const { fixes } of [explanation, ...allFindings(project)]) {
    for (const { title, edits } of fixes) {
      const after = withEdits(
        project,
        edits().filter(({ create }) => !create),
      );
      const changed = [...after.sources].filter(([file, { text }]) => text !== project.sources.get(file)!.text);
      for (const [file, { text }] of changed) writeFileSync(file, text);
      try {
        expect(() => nginx.test(), title).not.toThrow();
      } finally {
        for (const [file] of changed) writeFileSync(file, project.sources.get(file)!.text);
      }
    }
  }
}

/**
 * The way back: in the healed configuration nothing is found, and whatever is still offered for the same line of the log changes
 * nothing. Offers of other blocks (hints) stay, but none changes anything twice.
 */
export function nothingLeft(healed: Project, record: LogRecord | null): void {
  const found = allFindings(healed);
  expect(found.filter(({ severity }) => severity !== 'hint').map(({ code, message }) => `${code}: ${message}`)).toEqual(
    [],
  );
  const offers = record ? (explain(record, healed)?.fixes ?? []) : [];
  const changing = offers.filter((fix) => fix.edits().length > 0);
  expect(
    changing.map(({ id, title }) => `${id}: ${title}`),
    'offered for what is healed',
  ).toEqual([]);

  for (const { code, fixes } of found) {
    for (const { id, title, edits } of fixes) {
      const after = withEdits(healed, edits());
      const again = allFindings(after)
        .filter((each) => each.code === code)
        .flatMap((each) => each.fixes)
        .filter((each) => each.id === id && each.title === title);
      const before = found.filter((each) => each.code === code).length;
      expect(again.length, `${title}: offered again`).toBeLessThan(before);
    }
  }
}

/** The project as it is after the edits. */
function withEdits(project: Project, edits: readonly Edit[]): Project {
  let after = project;
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const own = edits.filter((edit) => edit.file === file);
    after = after.withText(file, applyEdits(after.sources.get(file)!.text, own));
  }
  return after;
}

/** Sets the scene, starts everything, and asks until it fails: a group of servers has some that answer. */
export async function fail(it: Broken): Promise<{ nginx: Nginx; fpm: PhpFpm | null; failed: Answer }> {
  const { scene, pools = {} } = it;
  scene.write({
    'nginx.conf': it.main ?? mainFile(scene),
    'sites-enabled/shop.conf': it.site,
    'www/index.php': PHP,
  });
  let fpm: PhpFpm | null = null;
  if (Object.keys(pools).length > 0) {
    scene.write({ 'php-fpm.conf': fpmMainFile(scene) });
    scene.write(Object.fromEntries(Object.entries(pools).map(([name, text]) => [`pool.d/${name}.conf`, text])));
    fpm = await startFpm(scene);
  }
  await it.crash?.(fpm);
  const nginx = await startNginx(scene);
  let failed = await ask(it);
  for (let tries = 0; tries < 4 && failed.status === 200 && failed.body === HEALED.body; tries++)
    failed = await ask(it);
  return { nginx, fpm, failed };
}

function ask(it: Broken): Promise<Answer> {
  return it.ask?.() ?? get(it.port, it.path ?? '/');
}

/** A server block as people write it, with `location` in it. */
export function site({ port }: Stage, location: string, above = ''): string {
  return `${above}# The shop.
server {
    listen 127.0.0.1:${port};
    server_name shop.test;

${location
  .replace(/^\n/, '')
  .trimEnd()
  .replace(/^(?=.)/gm, '    ')}
}
`;
}

/** A location for PHP that passes to `address`. */
export function phpSite(at: Stage, address: string, above = '', more = ''): string {
  const root = at.scene.path('www');
  return site(
    at,
    `
location ~ ^(.*\\.php|/)$ {
    fastcgi_pass ${address}; # php-fpm
    fastcgi_param SCRIPT_FILENAME ${root}/index.php;
    fastcgi_param REQUEST_METHOD $request_method;
    fastcgi_param QUERY_STRING $query_string;${more}
}`,
    above,
  );
}

/** The folder as an editor opens it. */
export async function load(scene: Scene, nginxVersion: string | null = null): Promise<Project> {
  const { project, unreadable } = await loadFolder(diskFiles, scene.folder, { nginxVersion });
  expect(unreadable).toEqual([]);
  return project;
}

/** Whatever in the log tells of a failed request must be that one cause; nginx may log it once for each address it tried. */
function theOnly(causes: readonly (string | undefined)[], log: string, project: Project): Explanation {
  const found = [...entries(log)]
    .map(({ record }) => explain(record, project))
    .filter((each): each is Explanation => each !== null && each.status.length > 0);
  const errors = log.replace(/^.*\[(?:notice|info)\].*\n/gm, '');
  const told = [...new Set(found.map((each) => each.cause))];
  expect(told.length === 1 && causes.includes(told[0]), `${causes[0]} in\n${errors}`).toBe(true);
  return found[0]!;
}

export function theRule(project: Project, rule: string): Finding | undefined {
  return allFindings(project).find(({ code }) => code === rule);
}

function allFindings(project: Project): Finding[] {
  return [...project.sources.keys()].flatMap((file) => findings(project, file));
}

function firstPlace({ config }: Explanation, project: Project, { folder }: Scene): string {
  const place = config[0];
  if (!place) return 'none';
  const text = project.sources.get(place.file)!.text.slice(place.span.start, place.span.end);
  return `${place.file.replace(`${folder}/`, '')}: ${text}`;
}

/** Writes the edits as an editor does. Gives the lines that changed; all others, comments among them, are as they were. */
export function apply({ folder }: Scene, edits: readonly Edit[]): string[] {
  const changes: string[] = [];
  for (const file of new Set(edits.map((edit) => edit.file))) {
    expect(file.startsWith(`${folder}/`), `${file} must be in the scene`).toBe(true);
    const before = readFileSync(file, 'utf8');
    const after = applyEdits(
      before,
      edits.filter((edit) => edit.file === file),
    );
    writeFileSync(file, after);
    const indents = new Set(before.match(/^[ \t]*/gm));
    for (const { added, removed, value } of diffLines(before, after)) {
      if (!added && !removed) continue;
      for (const line of value.trimEnd().split('\n')) {
        expect(indents, `${line}: must be indented like its neighbours`).toContain(/^[ \t]*/.exec(line)![0]);
        changes.push(`${added ? '+' : '-'} ${line.trim()}`);
      }
    }
  }
  return changes;
}
