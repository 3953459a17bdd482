/** Lets larger request bodies in. */
import { setDirectives } from '../project/edit';
import type { Pass } from '../project/links';
import type { Project } from '../project/project';
import { inForce, settingsAnchor, settingsBlock } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

export interface LargeBody {
  readonly pass: Pass;
  /** What the client wanted to send. */
  readonly bytes: number;
}

const M = 1024 * 1024;

export default defineRemedy<LargeBody>({
  id: 'body-size',
  title: 'Accept larger request bodies',
  when: 'The error log shows "client intended to send too large body", and the uploads are meant to come.',
  time: '5 min',
  risk: 'Low: larger uploads take disk space while they arrive; the backend has limits of its own',
  why: `Sets \`client_max_body_size\` at the location to the next power of two, in megabytes, that the refused body fits into. A limit that is
large enough, or \`0\` for none, stays.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size'],
  block: 'client_max_body_size 16m;',
  describe: (_, { bytes }) => `Accept request bodies up to ${limit(bytes)} here (client_max_body_size)`,
  edits: (project, { pass, bytes }) => {
    if (!project || isEnough(project, pass, bytes)) return [];
    const block = settingsBlock(project, pass);
    return setDirectives(
      project,
      block,
      [{ name: 'client_max_body_size', args: [limit(bytes)] }],
      settingsAnchor(pass, block),
    );
  },
  apply: () => [RELOAD],
});

function limit(bytes: number): string {
  return `${2 ** Math.max(0, Math.ceil(Math.log2(bytes / M)))}m`;
}

function isEnough(project: Project, pass: Pass, bytes: number): boolean {
  const written = inForce(project, pass, 'client_max_body_size')?.directive.values[1] ?? '1m';
  const [, digits, unit = ''] = /^(\d{1,12})([kmg]?)$/i.exec(written) ?? [];
  if (digits === undefined) return true;
  const now = Number(digits) * { '': 1, k: 1024, m: M, g: M * 1024 }[unit.toLowerCase() as 'k']!;
  return now === 0 || now >= bytes;
}
