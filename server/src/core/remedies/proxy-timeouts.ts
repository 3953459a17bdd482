/** Gives a slow backend the time it needs, and a dead one less. */
import { fpmSeconds } from '../php-fpm/model';
import type { Wanted } from '../project/edit';
import { setDirectives } from '../project/edit';
import { localPool, type Pass } from '../project/links';
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
const DOCUMENTED = 120_000;

export default defineRemedy<SlowPass>({
  id: 'proxy-timeouts',
  title: 'Insert proxy timeouts',
  when: 'The backend runs but answers slowly: reports, uploads, heavy queries. The client gets 504.',
  time: '5 min',
  risk: 'Low: may mask a slow backend',
  why: `Inserts \`*_connect_timeout 10s\`, \`*_send_timeout 60s\`, \`*_read_timeout 120s\` and \`*_buffering on\` beside the pass, in the
directive family of the pass. A timeout that has expired grows to 120s; where a php-fpm pool in view limits its requests, nginx waits as
long as that: longer is of no use, and shorter leaves the child working for nobody. What else is set on purpose (at the pass or further out)
stays as it is, and so does a timeout that is that long already: find out what takes so long before you raise it by hand.

The read timeout counts between two reads, not for the whole answer. When it expires, nginx answers **504**, not 502.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout'],
  block: `proxy_connect_timeout 10s;
proxy_send_timeout 60s;
proxy_read_timeout 120s;
proxy_buffering on;`,
  describe: (project, { pass }) =>
    `Wait up to ${written(project ? longestWait(project, pass) : DOCUMENTED)} for this backend (insert ${pass.target.family}_*_timeout)`,
  edits: (project, target) => {
    if (!project) return [];
    const { pass, expired } = target;
    const { family } = pass.target;
    const wanted: Wanted[] = [];
    const want = (name: string, value: string, change = false): void => {
      if (change || !inForce(project, pass, name)) wanted.push({ name, args: [value] });
    };
    want(`${family}_connect_timeout`, '10s');
    const grows = expired !== undefined && isTooShort(project, pass, expired);
    want(`${family}_send_timeout`, written(expired === 'send' ? DOCUMENTED : DEFAULT), expired === 'send' && grows);
    want(`${family}_read_timeout`, written(longestWait(project, pass)), expired === 'read' && grows);
    if (family !== 'grpc' && family !== 'memcached') want(`${family}_buffering`, 'on');
    const block = settingsBlock(project, pass);
    return setDirectives(project, block, wanted, settingsAnchor(pass, block));
  },
  apply: () => [RELOAD],
});

/** May the timeout grow: is it shorter than a backend should be waited for? */
export function isTooShort(project: Project, pass: Pass, which: 'read' | 'send'): boolean {
  const now = timeInForce(project, pass, `${pass.target.family}_${which}_timeout`, DEFAULT);
  return now !== null && now < (which === 'read' ? longestWait(project, pass) : DOCUMENTED);
}

/** How long an answer may take, in milliseconds: as long as the pool behind it lets a request go on, where that is in view. */
function longestWait(project: Project, pass: Pass): number {
  if (pass.target.family !== 'fastcgi') return DOCUMENTED;
  const pool = pass.endpoints.map((each) => localPool(project, each)).find((each) => each !== null);
  const terminate = pool?.get('request_terminate_timeout');
  const kill = terminate?.known ? fpmSeconds(terminate.value) : null;
  if (kill) return kill * 1000;
  const execution = pool?.php('max_execution_time');
  const script = execution?.known ? Number(/^\d{1,6}$/.exec(execution.value)?.[0] ?? 0) : 0;
  return Math.max(DOCUMENTED, script * 1000);
}

function written(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}
