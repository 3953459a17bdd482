/** Flags buffer sizes that do not fit each other, which nginx refuses only when it has read everything. */
import type { Directive } from '../../nginx/tree';
import { type Late, lateIn } from '../../project/closing';
import type { At, Project } from '../../project/project';
import { isComplete } from '../../project/settings';
import { defineRule, type Report } from '../rule';

const FAMILIES = ['proxy', 'fastcgi', 'uwsgi', 'scgi'] as const;
const SETTINGS = ['buffer_size', 'buffers', 'busy_buffers_size', 'temp_file_write_size', 'max_temp_file_size'] as const;

/** nginx's default for one buffer is a memory page. */
const PAGES = [4096, 8192];

const LARGEST_TEMP_FILE = 1024 ** 3;

interface Problem extends Late {
  readonly related: NonNullable<Report['related']>;
}

export default defineRule({
  id: 'nginx/buffer-sizes',
  language: 'nginx',
  severity: 'error',
  title: 'Buffer sizes do not fit each other',
  why: `\`*_busy_buffers_size\` (by default twice the larger of \`*_buffer_size\` and one of \`*_buffers\`) must hold the largest single buffer, and
must leave one buffer of \`*_buffers\` free. Raising \`proxy_buffer_size\` alone, as many guides have it against
"upstream sent too big header", breaks exactly that: \`"proxy_busy_buffers_size" must be less than the size of all
"proxy_buffers" minus one buffer\`. nginx names the line
where \`http\` ends. Set the three together:
\`proxy_buffer_size 32k; proxy_buffers 8 32k; proxy_busy_buffers_size 64k;\``,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_busy_buffers_size'],
  *check(source, project) {
    const found = problems(project, (name) =>
      source.named(name).map((directive) => ({ file: source.file, directive })),
    );
    for (const { at, message, related } of found) yield { span: at.directive, message, related };
    if (source.named('http').length > 0) yield* lateIn(project, source.file, problems(project, project.named));
  },
});

/** One for each block that sets sizes and has a wrong combination of them in force. */
function* problems(project: Project, named: (name: string) => readonly At[]): Generator<Problem, undefined> {
  yield* headers(project, named);
  for (const family of FAMILIES) {
    const told = new Set<Directive | string>();
    for (const name of SETTINGS) {
      for (const at of named(`${family}_${name}`)) {
        const block = at.directive.parent ?? at.file;
        if (told.has(block)) continue;
        // The stream module's proxy_buffer_size stands alone.
        const context = project.contextOf(at);
        if (!context || /^(?:stream|mail)/.test(context) || !isComplete(project, at)) continue;
        told.add(block);
        if (
          context === 'http' &&
          !isInheritedWhole(
            project,
            at,
            SETTINGS.map((setting) => `${family}_${setting}`),
          )
        )
          continue;
        const problem = judge(project, at, family);
        if (problem) yield problem;
      }
    }
  }
}

/** What stands in http is looked at only where a server inherits all of it. */
function isInheritedWhole(project: Project, at: At, names: readonly string[]): boolean {
  const http = project.parent(at);
  const servers = http ? project.children(http.file, http.directive).get('server') : undefined;
  return (servers ?? []).some(({ file, directive }) => {
    const own = directive.block && project.children(file, directive);
    return own && names.every((name) => !own.has(name));
  });
}

const POOL = 'connection_pool_size';
const HEADERS = 'large_client_header_buffers';

/** Buffers for long request headers are as large as the pool of a connection at least. */
function* headers(project: Project, named: (name: string) => readonly At[]): Generator<Problem, undefined> {
  const told = new Set<Directive | string>();
  for (const name of [HEADERS, POOL]) {
    for (const at of named(name)) {
      const block = at.directive.parent ?? at.file;
      if (told.has(block) || !isComplete(project, at)) continue;
      told.add(block);
      if (project.contextOf(at) === 'http' && !isInheritedWhole(project, at, [HEADERS, POOL])) continue;
      const buffers = project.effective(at, HEADERS).at(-1);
      const pool = project.effective(at, POOL).at(-1);
      const one = buffers ? bytes(buffers, 1) : 8192;
      if (one >= (pool ? bytes(pool, 0) : 512) || Number.isNaN(one) || (pool && Number.isNaN(bytes(pool, 0)))) continue;
      yield {
        at,
        message: `One of ${HEADERS} must be at least as large as ${POOL}${pool ? '' : ' (by default 512)'}. nginx refuses to load this file.`,
        related: [buffers, pool].flatMap((each) =>
          each && each.directive !== at.directive
            ? [{ file: each.file, span: each.directive, message: 'Together with this.' }]
            : [],
        ),
      };
    }
  }
}

interface Sizes {
  readonly size: number;
  readonly count: number;
  readonly each: number;
}

/** The sizes in force beside `at`, as the merge functions of the four modules judge them. */
function judge(project: Project, at: At, family: string): Problem | null {
  const inForce = (name: (typeof SETTINGS)[number]): At | null =>
    project.effective(at, `${family}_${name}`).at(-1) ?? null;
  const header = inForce('buffer_size');
  const buffers = inForce('buffers');
  const busy = inForce('busy_buffers_size');
  const write = inForce('temp_file_write_size');
  const most = inForce('max_temp_file_size');
  const sizes = PAGES.map((page) => ({
    size: header ? bytes(header, 0) : page,
    count: buffers ? Number(buffers.directive.values[1]) : 8,
    each: buffers ? bytes(buffers, 1) : page,
  }));
  const never = (holds: (sizes: Sizes) => boolean): boolean => sizes.every((each) => !holds(each));
  if (sizes.some(({ size, count, each }) => !Number.isFinite(size + count + each))) return null;
  if ([busy, write, most].some((each) => each && !Number.isFinite(bytes(each, 0)))) return null;

  const largest = ({ size, each }: Sizes): number => Math.max(size, each);
  const busySize = (each: Sizes): number => (busy ? bytes(busy, 0) : 2 * largest(each));
  const set = `Set ${family}_buffer_size, ${family}_buffers and ${family}_busy_buffers_size together.`;
  /** Blames what stands beside `at`: the first that does. */
  const problem = (message: string, ...involved: (At | null)[]): Problem => {
    const blamed =
      involved.find((each) => each?.file === at.file && each.directive.parent === at.directive.parent) ?? at;
    return {
      at: blamed,
      message,
      related: involved.flatMap((each) =>
        each && each.directive !== blamed.directive
          ? [{ file: each.file, span: each.directive, message: 'Together with this.' }]
          : [],
      ),
    };
  };
  const both = `${family}_buffer_size and as one of ${family}_buffers. nginx refuses to load this file.`;

  if (never(({ count }) => count >= 2))
    return problem(`There must be at least 2 ${family}_buffers. nginx refuses to load this file.`, buffers);
  if (busy && never((each) => busySize(each) >= largest(each)))
    return problem(`${family}_busy_buffers_size must be at least as large as ${both} ${set}`, busy, header, buffers);
  if (never((each) => busySize(each) <= (each.count - 1) * each.each)) {
    return problem(
      `${family}_busy_buffers_size${busy ? '' : ' (by default twice the largest buffer)'} must be smaller than all ${family}_buffers but one. nginx refuses to load this file. ${set}`,
      busy,
      header,
      buffers,
    );
  }
  if (write && never((each) => bytes(write, 0) >= largest(each)))
    return problem(`${family}_temp_file_write_size must be at least as large as ${both}`, write, header, buffers);
  const mostSize = most ? bytes(most, 0) : LARGEST_TEMP_FILE;
  if (mostSize !== 0 && never((each) => mostSize >= largest(each))) {
    return problem(
      `${family}_max_temp_file_size${most ? '' : ' (by default 1g)'} must be 0, for no temporary files, or at least as large as ${both}`,
      most,
      header,
      buffers,
    );
  }
  return null;
}

/** NaN for a value that is no size: another rule speaks of it. */
function bytes({ directive }: At, index: number): number {
  const match = /^(\d{1,18})([kmg]?)$/i.exec(directive.args[index]?.value ?? '');
  if (!match) return Number.NaN;
  const unit = match[2]!.toLowerCase();
  return Number(match[1]) * (unit === 'k' ? 1024 : unit === 'm' ? 1024 ** 2 : unit === 'g' ? 1024 ** 3 : 1);
}
