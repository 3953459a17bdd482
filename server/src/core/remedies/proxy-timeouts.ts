/** Gives a slow backend the time it needs, and a dead one less. */
import type { Wanted } from '../project/edit';
import { setDirectives } from '../project/edit';
import type { Pass } from '../project/links';
import type { Project } from '../project/project';
import { inForce, settingsAnchor, settingsBlock, timeInForce } from '../project/settings';
import { defineRemedy, RELOAD } from './remedy';

export interface SlowPass {
  readonly pass: Pass;
  /** The timeout that has expired, which must grow; absent for an offer before anything has happened. */
  readonly expired?: 'read' | 'send';
}

/** nginx's default for all three timeouts, in milliseconds. */
const DEFAULT = 60_000;
/** The read timeout of the documented block, in milliseconds. */
export const DOCUMENTED_TIMEOUT = 120_000;

export default defineRemedy<SlowPass>({
  id: 'proxy-timeouts',
  title: 'Insert proxy timeouts',
  when: 'The backend runs but answers slowly: reports, uploads, heavy queries. The client gets 504.',
  time: '5 min',
  risk: 'Low: may mask a slow backend',
  why: `Inserts \`*_connect_timeout 10s\`, \`*_send_timeout 60s\`, \`*_read_timeout 120s\` and \`*_buffering on\` beside the pass, in the
directive family of the pass. A read timeout that is already that long and has expired is doubled. What is set on purpose
(at the pass or further out) stays as it is.

The read timeout counts between two reads, not for the whole answer. When it expires, nginx answers **504**, not 502.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout'],
  block: `proxy_connect_timeout 10s;
proxy_send_timeout 60s;
proxy_read_timeout 120s;
proxy_buffering on;`,
  describe: (project, target) =>
    `Wait up to ${readTimeout(project, target)} for this backend (insert ${target.pass.target.family}_*_timeout)`,
  edits: (project, target) => {
    if (!project) return [];
    const { pass, expired } = target;
    const { family } = pass.target;
    const wanted: Wanted[] = [];
    const want = (name: string, value: string, change = false): void => {
      if (change || !inForce(project, pass, name)) wanted.push({ name, args: [value] });
    };
    want(`${family}_connect_timeout`, '10s');
    want(`${family}_send_timeout`, expired === 'send' ? longer(project, pass, 'send') : '60s', expired === 'send');
    want(`${family}_read_timeout`, readTimeout(project, target), expired === 'read');
    if (family !== 'grpc' && family !== 'memcached') want(`${family}_buffering`, 'on');
    const block = settingsBlock(project, pass);
    return setDirectives(project, block, wanted, settingsAnchor(pass, block));
  },
  apply: () => [RELOAD],
});

function readTimeout(project: Project | null, { pass, expired }: SlowPass): string {
  return project && expired === 'read' ? longer(project, pass, 'read') : '120s';
}

/** The documented time, or twice the time in force where that is as long already. */
function longer(project: Project, pass: Pass, which: 'read' | 'send'): string {
  const now = timeInForce(project, pass, `${pass.target.family}_${which}_timeout`, DEFAULT) ?? DEFAULT;
  return `${(now < DOCUMENTED_TIMEOUT ? DOCUMENTED_TIMEOUT : now * 2) / 1000}s`;
}
