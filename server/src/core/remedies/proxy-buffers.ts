/** Makes room for a large response header. */
import { setDirectives } from '../project/edit';
import type { Pass } from '../project/links';
import type { Project } from '../project/project';
import { inForce, settingsAnchor, settingsBlock } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

const K = 1024;

export default defineRemedy<{ readonly pass: Pass }>({
  id: 'proxy-buffers',
  title: 'Make room for a large response header',
  when: 'The error log shows "upstream sent too big header": large cookies, tokens or Link headers.',
  time: '5 min',
  risk: 'Low: more memory for each connection, 32k at once and up to 256k for a large answer',
  why: `Inserts \`*_buffer_size 32k\`, \`*_buffers 8 32k\` and \`*_busy_buffers_size 64k\` together. The first alone, as many guides have it,
breaks \`nginx -t\`: the busy buffers must be at least as large as the largest buffer and smaller than all of them but one.
What is larger already stays. gRPC and memcached have only \`*_buffer_size\`.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size'],
  block: `proxy_buffer_size 32k;
proxy_buffers 8 32k;
proxy_busy_buffers_size 64k;`,
  describe: (project, { pass }) =>
    `Make room for response headers up to ${project ? written(sizes(project, pass).header) : '32k'} (${pass.target.family}_buffer_size and what goes with it)`,
  edits: (project, { pass }) => {
    if (!project) return [];
    const block = settingsBlock(project, pass);
    const { family } = pass.target;
    const { header, number, each, busy } = sizes(project, pass);
    return setDirectives(
      project,
      block,
      [
        { name: `${family}_buffer_size`, args: [written(header)] },
        ...(family === 'grpc' || family === 'memcached'
          ? []
          : [
              { name: `${family}_buffers`, args: [String(number), written(each)] },
              { name: `${family}_busy_buffers_size`, args: [written(busy)] },
              // Set further out on purpose, these must not be smaller than a buffer either.
              ...['temp_file_write_size', 'max_temp_file_size']
                .filter((name) => isTooSmall(project, pass, name, Math.max(header, each)))
                .map((name) => ({ name: `${family}_${name}`, args: [written(Math.max(header, each))] })),
            ]),
      ],
      settingsAnchor(pass, block),
    );
  },
  apply: () => [RELOAD],
});

/** The wanted sizes, where none is smaller than what is in force, and all together pass `nginx -t`. */
function sizes(project: Project, pass: Pass): { header: number; number: number; each: number; busy: number } {
  const args = (name: string): string[] =>
    inForce(project, pass, `${pass.target.family}_${name}`)?.directive.args.map(({ value }) => value) ?? [];
  const header = Math.max(32 * K, bytes(args('buffer_size')[0]));
  const [count, size] = args('buffers');
  const each = Math.max(32 * K, bytes(size));
  const busy = Math.max(64 * K, header, each, bytes(args('busy_buffers_size')[0]));
  // busy <= (number - 1) * each, as ngx_http_proxy_merge_loc_conf() wants it
  const number = Math.max(8, /^\d{1,6}$/.test(count ?? '') ? Number(count) : 0, Math.ceil(busy / each) + 1);
  return { header, number, each, busy };
}

function isTooSmall(project: Project, pass: Pass, name: string, least: number): boolean {
  const size = bytes(inForce(project, pass, `${pass.target.family}_${name}`)?.directive.values[1]);
  return size > 0 && size < least;
}

/** ngx_parse_size(); 0 for what is none. */
function bytes(value: string | undefined): number {
  const [, digits, unit] = /^(\d{1,12})([kKmM]?)$/.exec(value ?? '') ?? [];
  if (digits === undefined) return 0;
  return Number(digits) * (unit === '' ? 1 : unit?.toLowerCase() === 'm' ? K * K : K);
}

function written(size: number): string {
  if (size % (K * K) === 0) return `${size / K / K}m`;
  return size % K === 0 ? `${size / K}k` : String(size);
}
