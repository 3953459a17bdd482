/** From a log record to what a person needs: what broke, how sure that is, where, what to check, what to do. */
import { type Cause, type Check, type Evidence, type Incident, incident } from '../causes/cause';
import type { RecentErrors } from '../error-log/recent';
import type { LogRecord } from '../error-log/record';
import { parseRequest, parseUpstream } from '../error-log/record';
import type { Meaning } from '../error-log/tally';
import { said } from '../error-log/wording';
import { views } from '../project/inside';
import type { At, Project } from '../project/project';
import { advise, type Fix } from '../remedies/remedy';
import { shellWord } from '../text/shell';
import { type Place, plainSpan } from '../text/span';
import { causeOfSaid, plainMeaning, statusOf } from './meaning';
import { type Outward, outward } from './outside';
import { seen } from './seen';

export interface Explanation {
  readonly record: LogRecord;
  readonly cause: string;
  readonly title: string;
  readonly status: readonly number[];
  /**
   * certain: files in view show it. likely: the line says what happened, and the files name a place. needs-host: the
   * line says what happened, but what is behind it only the host can tell.
   */
  readonly confidence: 'certain' | 'likely' | 'needs-host';
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly config: readonly (Place & { readonly directive: string })[];
  readonly checks: readonly Check[];
  readonly fixes: readonly Fix[];
  /** How to see that it is healed. */
  readonly confirm: readonly string[];
  readonly references: readonly string[];
}

/** Cause and status alone. `byWording`: all records of which `said` is the same mean the same. */
export function meaningOf(
  record: LogRecord,
  project: Project | null,
): { readonly meaning: Meaning | null; readonly byWording: boolean } {
  if (!project) return { meaning: plainMeaning(record), byWording: true };
  const words = said(record);
  const cause = causeOfSaid(words);
  if (!cause) return { meaning: null, byWording: true };
  const byWording = !cause.statusOf;
  const [view, ...more] = views(project);
  const status =
    !byWording && more.length > 0
      ? explain(record, project)!.status
      : statusOf(cause, byWording ? incident(words, null) : incident(record, view ?? null), words);
  return { meaning: { cause: cause.id, status }, byWording };
}

/**
 * Null when the record is about no gateway error. `project`: the configuration in view, if any. `errors`: what the error log
 * says; a line of the access log is explained by the entry that belongs to it.
 */
export function explain(record: LogRecord, project: Project | null, errors?: RecentErrors): Explanation | null {
  if (record.access && errors) {
    const found = reasonOf(record, errors);
    const reason = found && explain(found, project);
    if (reason) return joined(record, found, reason);
  }
  const words = said(record);
  const cause = causeOfSaid(words);
  if (!cause) return null;
  if (!project) return explainIn(null, record, words, cause);
  let best: Explanation | null = null;
  for (const view of views(project)) {
    const found = explainIn(view, record, words, cause);
    if (best && RANK[found.confidence] <= RANK[best.confidence]) continue;
    const out = outward(project, view);
    best = out ? moved(found, out) : found;
  }
  return best;
}

/** The entry that says why the request of an access-log line failed: of the same server, with this status, the last. */
export function reasonOf(line: LogRecord, errors: RecentErrors): LogRecord | null {
  const status = line.access?.status ?? 0;
  let best: LogRecord | null = null;
  let points = -1;
  for (const error of errors.of(line)) {
    const { meaning } = meaningOf(error, null);
    // Retries and `error_page` change the status; what fails no request is no reason.
    if (!meaning || meaning.status.length === 0) continue;
    const isThere =
      line.upstream !== null && error.upstream !== null && parseUpstream(error.upstream)?.address === line.upstream;
    const own = (meaning.status.includes(status) ? 2 : 0) + (isThere ? 1 : 0);
    if (own > points) [best, points] = [error, own];
  }
  return best;
}

function joined(line: LogRecord, error: LogRecord, reason: Explanation): Explanation {
  const when = error.time === null ? '' : ` at ${error.time.slice(11)}`;
  const message = `The error log says${when}: ${error.message.slice(0, 300)}`;
  return {
    ...reason,
    record: line,
    status: [line.access?.status ?? 0],
    evidence: [{ message }, ...reason.evidence],
    confirm: confirmation({ ...line, server: line.server ?? error.server, host: line.host ?? error.host }),
  };
}

const RANK = { 'needs-host': 0, likely: 1, certain: 2 } as const;

function moved(explanation: Explanation, { place, fix }: Outward): Explanation {
  const { evidence, config, fixes } = explanation;
  return { ...explanation, evidence: evidence.map(place), config: config.map(place), fixes: fixes.map(fix) };
}

function explainIn(project: Project | null, record: LogRecord, words: LogRecord, cause: Cause): Explanation {
  const found = incident(record, project);
  const own = cause.evidence?.(found) ?? [];
  const { evidence: more, fixes } = seen(cause, found, own);
  const evidence = [...more, ...own].map((each) => (each.span ? { ...each, span: plainSpan(each.span) } : each));
  const shown = evidence.some(({ file }) => file !== undefined);
  return {
    record,
    cause: cause.id,
    title: cause.headline?.(found) ?? cause.title,
    status: statusOf(cause, found, words),
    confidence: shown && found.route?.certain ? 'certain' : found.route ? 'likely' : 'needs-host',
    why: cause.why,
    evidence,
    config: places(found),
    checks: cause.checks(found),
    fixes: withAdvice(cause, found, fixes),
    confirm: confirmation(record),
    references: cause.references,
  };
}

/** What can be done here; without a configuration in view, also what would have to be written by hand. */
function withAdvice(cause: Cause, found: Incident, mends: readonly Fix[]): readonly Fix[] {
  const others = cause.fixes(found).filter(({ id }) => !mends.some((mend) => mend.id === id));
  const fixes = mends.length > 0 ? [...mends, ...others].map((fix, i) => ({ ...fix, preferred: i === 0 })) : others;
  const { scheme, project } = found;
  if (!cause.advice || (project && project.nginxSources.length > 0)) return fixes;
  const family =
    scheme === 'fastcgi' || scheme === 'scgi' || scheme === 'memcached'
      ? scheme
      : scheme?.startsWith('grpc')
        ? 'grpc'
        : scheme?.endsWith('uwsgi')
          ? 'uwsgi'
          : 'proxy';
  const advice = cause.advice
    .filter(({ id }) => !fixes.some((fix) => fix.id === id))
    .map((each) => advise(each, family));
  const all = [...fixes, ...advice];
  // Somebody has to go first, but never what takes a protection away.
  if (all.some(({ preferred }) => preferred) || all[0]?.weakens !== false) return all;
  return all.map((fix, i) => (i === 0 ? { ...fix, preferred: true } : fix));
}

/** The directives to look at: where the address is written, the pass, the location, the server block. */
function places({ route }: Incident): Explanation['config'] {
  if (!route) return [];
  const found: At[] = [];
  if (route.endpoint && route.endpoint.at.directive !== route.pass.at.directive) found.push(route.endpoint.at);
  found.push(route.pass.at);
  for (const at of [route.location, route.server]) if (at) found.push(at);
  return found.map(({ file, directive }) => ({
    file,
    span: {
      start: directive.start,
      end: directive.block ? (directive.args[directive.args.length - 1] ?? directive.name).end : directive.end,
    },
    directive: directive.called,
  }));
}

/** Step 4 of every fix: test, reload, watch the log, repeat the request. */
function confirmation(record: LogRecord): string[] {
  if (record.fpm) return ['php-fpm -t || php-fpm8.2 -t', 'tail -f /var/log/php*-fpm.log'];
  const request = record.request ? parseRequest(record.request) : null;
  const host = [record.host, record.server].find((name) => name && /^[a-z0-9.-]+(?::\d+)?$/i.test(name));
  const safe = request && (request.method === 'GET' || request.method === 'HEAD');
  const url = `https://${host ?? 'HOST'}${safe && request.path.startsWith('/') ? request.path : '/'}`;
  return [
    'nginx -t && systemctl reload nginx',
    'tail -f /var/log/nginx/error.log',
    `curl -sv ${shellWord(url)} 2>&1 | grep '< HTTP'`,
  ];
}
