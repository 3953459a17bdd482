/** From a log record to what a person needs: what broke, how sure that is, where, what to check, what to do. */
import all from '../causes/all';
import { type Cause, type Check, type Evidence, type Incident, incident } from '../causes/cause';
import type { LogRecord } from '../error-log/record';
import { parseRequest } from '../error-log/record';
import type { At, Project } from '../project/project';
import { advise, type Fix } from '../remedies/remedy';
import { shellWord } from '../text/shell';
import { type Place, plainSpan } from '../text/span';

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

/** The cause whose pattern fits the record; null when the record is about no gateway error. */
export function causeOf(record: LogRecord): Cause | null {
  return all.find((cause) => cause.pattern.test(record.message) && (cause.when?.(record) ?? true)) ?? null;
}

/** Null when the record is about no gateway error. `project`: the configuration in view, if any. */
export function explain(record: LogRecord, project: Project | null): Explanation | null {
  const cause = causeOf(record);
  if (!cause) return null;
  const found = incident(record, project);
  const evidence = (cause.evidence?.(found) ?? []).map((each) =>
    each.span ? { ...each, span: plainSpan(each.span) } : each,
  );
  const shown = evidence.some(({ file }) => file !== undefined);
  return {
    record,
    cause: cause.id,
    title: cause.headline?.(found) ?? cause.title,
    // The stream module has no statuses: its client sees the connection end.
    status: record.bytes === null ? (cause.statusOf?.(found) ?? cause.status) : [],
    confidence: shown && found.route?.certain ? 'certain' : found.route ? 'likely' : 'needs-host',
    why: cause.why,
    evidence,
    config: places(found),
    checks: cause.checks(found),
    fixes: withAdvice(cause, found),
    confirm: confirmation(record),
    references: cause.references,
  };
}

/** What can be done here; without a configuration in view, also what would have to be written by hand. */
function withAdvice(cause: Cause, found: Incident): readonly Fix[] {
  const fixes = cause.fixes(found);
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
    directive: directive.name.value,
  }));
}

/** Step 4 of every fix: test, reload, watch the log, repeat the request. */
function confirmation(record: LogRecord): string[] {
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
