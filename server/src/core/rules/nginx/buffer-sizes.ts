/** Flags buffer sizes that do not fit each other, which nginx refuses only when it has read everything. */
import type { Directive } from '../../nginx/tree';
import type { At, Project } from '../../project/project';
import { isComplete } from '../../project/settings';
import { defineRule, type Report } from '../rule';

const FAMILIES = ['proxy', 'fastcgi', 'uwsgi', 'scgi'] as const;

/** nginx's default for one buffer is a memory page. */
const PAGES = [4096, 8192];

export default defineRule({
  id: 'nginx/buffer-sizes',
  language: 'nginx',
  severity: 'error',
  title: 'Buffer sizes do not fit each other',
  why: `\`*_busy_buffers_size\` (by default twice the larger of \`*_buffer_size\` and one of \`*_buffers\`) must hold the largest single buffer, and
must leave one buffer of \`*_buffers\` free. Raising \`proxy_buffer_size\` alone, as many guides have it against
"upstream sent too big header", breaks exactly that: \`"proxy_busy_buffers_size" must be less than the size of all
"proxy_buffers" minus one buffer\`. nginx names no line of its own for it. Set the three together:
\`proxy_buffer_size 32k; proxy_buffers 8 32k; proxy_busy_buffers_size 64k;\``,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_busy_buffers_size'],
  *check(source, project) {
    const told = new Set<Directive>();
    for (const family of FAMILIES) {
      for (const name of [
        `${family}_buffer_size`,
        `${family}_buffers`,
        `${family}_busy_buffers_size`,
        `${family}_temp_file_write_size`,
      ]) {
        for (const directive of source.named(name)) {
          const at = { file: source.file, directive };
          // The stream module's proxy_buffer_size stands alone.
          const context = project.contextOf(at);
          if (!context || /^(?:stream|mail)/.test(context) || !isComplete(project, at) || !isUsed(project, at))
            continue;
          const found = judge(project, at, family);
          if (!found || found.at.file !== source.file || told.has(found.at.directive)) continue;
          told.add(found.at.directive);
          yield { span: found.at.directive, message: found.message, related: found.related };
        }
      }
    }
  },
});

/** What stands in http is looked at only where a server inherits it. */
function isUsed(project: Project, at: At): boolean {
  return (
    project.parent(at)?.directive.name.value !== 'http' ||
    project.named('server').some(({ directive }) => directive.block)
  );
}

interface Sizes {
  readonly size: number;
  readonly count: number;
  readonly each: number;
}

/** The sizes in force in the block around `at`, as the merge functions of the four modules judge them. */
function judge(
  project: Project,
  at: At,
  family: string,
): { at: At; message: string; related: NonNullable<Report['related']> } | null {
  const inForce = (name: string): At | null => project.effective(at, `${family}_${name}`).at(-1) ?? null;
  const header = inForce('buffer_size');
  const buffers = inForce('buffers');
  const busy = inForce('busy_buffers_size');
  const write = inForce('temp_file_write_size');
  const sizes = PAGES.map((page) => ({
    size: header ? bytes(header, 0) : page,
    count: buffers ? Number(buffers.directive.args[0]?.value) : 8,
    each: buffers ? bytes(buffers, 1) : page,
  }));
  const always = (holds: (sizes: Sizes) => boolean): boolean => sizes.every((each) => !holds(each));
  if (sizes.some(({ size, count, each }) => !Number.isFinite(size + count + each))) return null;

  const largest = ({ size, each }: Sizes): number => Math.max(size, each);
  const busySize = (each: Sizes): number => (busy ? bytes(busy, 0) : 2 * largest(each));
  const writeSize = (each: Sizes): number => (write ? bytes(write, 0) : 2 * largest(each));
  if ([busy, write].some((each) => each && !Number.isFinite(bytes(each, 0)))) return null;
  const others = (blamed: At, ...rest: (At | null)[]): NonNullable<Report['related']> =>
    rest.flatMap((each) =>
      each && each.directive !== blamed.directive
        ? [{ file: each.file, span: each.directive, message: 'Together with this.' }]
        : [],
    );
  const set = `Set ${family}_buffer_size, ${family}_buffers and ${family}_busy_buffers_size together.`;

  if (buffers && always(({ count }) => count >= 2)) {
    return {
      at: buffers,
      message: `There must be at least 2 ${family}_buffers. nginx refuses to load this file.`,
      related: [],
    };
  }
  if (busy && always((each) => busySize(each) >= largest(each))) {
    return {
      at: busy,
      message: `${family}_busy_buffers_size must be at least as large as ${family}_buffer_size and as one of ${family}_buffers. nginx refuses to load this file. ${set}`,
      related: others(busy, header, buffers),
    };
  }
  if (always((each) => busySize(each) <= (each.count - 1) * each.each)) {
    const blamed = busy ?? header ?? buffers;
    if (!blamed) return null;
    return {
      at: blamed,
      message: `${family}_busy_buffers_size${busy ? '' : ' (by default twice the largest buffer)'} must be smaller than all ${family}_buffers but one. nginx refuses to load this file. ${set}`,
      related: others(blamed, busy, header, buffers),
    };
  }
  if (write && always((each) => writeSize(each) >= largest(each))) {
    return {
      at: write,
      message: `${family}_temp_file_write_size must be at least as large as ${family}_buffer_size and as one of ${family}_buffers. nginx refuses to load this file.`,
      related: others(write, header, buffers),
    };
  }
  return null;
}

/** NaN for a value that is no size: another rule speaks of it. */
function bytes({ directive }: At, index: number): number {
  const match = /^(\d{1,12})([km]?)$/i.exec(directive.args[index]?.value ?? '');
  if (!match) return Number.NaN;
  const unit = match[2]!.toLowerCase();
  return Number(match[1]) * (unit === 'k' ? 1024 : unit === 'm' ? 1024 * 1024 : 1);
}
