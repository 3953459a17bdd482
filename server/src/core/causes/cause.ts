/** The shape of a cause: one file, one thing that happened, how its log line reads, what to check and what to do. */
import type { LogRecord } from '../error-log/record';
import { parseUpstream } from '../error-log/record';
import type { Address } from '../nginx/model';
import type { Project } from '../project/project';
import { messageAddress, type Route, routes, routesTo, upstreamAddress } from '../project/request';
import { type Backend, backendAt, poolService } from '../project/service';
import type { Advice, Fix } from '../remedies/remedy';
import type { Place } from '../text/span';

/** A log record, and what the project tells about it. */
export interface Incident {
  readonly record: LogRecord;
  /** Null where no configuration is in view. */
  readonly project: Project | null;
  /** What nginx talked to; null where the line does not say. */
  readonly address: Address | null;
  /** http, https, fastcgi …; null where the line does not say. */
  readonly scheme: string | null;
  /** Passes that can have written the line, likeliest first. */
  readonly routes: readonly Route[];
  readonly route: Route | null;
  readonly backend: Backend;
}

/** Something to look at, with the command that shows it. */
export interface Check {
  readonly title: string;
  readonly command: string;
}

/** A fact from the files in view that bears on the incident; without a place where the absence of something is the fact. */
export interface Evidence extends Partial<Place> {
  readonly message: string;
}

export interface Cause {
  /** File name. */
  readonly id: string;
  /** What happened, in general. */
  readonly title: string;
  /** What happened in this incident, with its address or path; `title` where absent. */
  headline?(incident: Incident): string;
  /** What the client of nginx can get from this event alone: no error_page, no retry. Empty when it fails no request. */
  readonly status: readonly number[];
  /** For events whose status depends on the line: on what `when` sees of it, or on the project. */
  statusOf?(incident: Incident): readonly number[];
  /** Matches the start of the message; linear: no repetition inside a repetition, nothing unbounded twice. */
  readonly pattern: RegExp;
  /**
   * Tells apart what the message alone does not, by phase or kind of address. `pattern` and `when` see the record as `said`
   * (error-log/wording.ts) gives it: without long numbers, quoted values and addresses, so that a log of a gigabyte is
   * explained once for each wording.
   */
  when?(record: LogRecord): boolean;
  /** Markdown: what nginx did, why this status, what people take it for and it is not. */
  readonly why: string;
  readonly references: readonly string[];
  checks(incident: Incident): readonly Check[];
  evidence?(incident: Incident): readonly Evidence[];
  /** The one to try first comes first and is marked as preferred. */
  fixes(incident: Incident): readonly Fix[];
  /** Rules that see this cause in the files: what they find at the pass is evidence, and their fixes come first. */
  readonly rules?: readonly string[];
  /** Remedies to tell of where no configuration is in view, so that `fixes` cannot name a place. */
  readonly advice?: readonly Advice[];
}

export function defineCause(cause: Cause): Cause {
  return cause;
}

export function incident(record: LogRecord, project: Project | null): Incident {
  const upstream = record.upstream ? parseUpstream(record.upstream) : null;
  const address = (upstream && upstreamAddress(upstream)) ?? messageAddress(record.message);
  const scheme = upstream?.scheme ?? null;
  const name = record.fpm?.pool;
  const pool = name ? (project?.pools.find((each) => each.name === name) ?? null) : null;
  const found = project ? (pool ? routesTo(project, pool) : routes(project, record)) : [];
  const route = found[0] ?? null;
  return {
    record,
    project,
    address,
    scheme,
    routes: found,
    route,
    backend: pool
      ? { kind: 'php-fpm', name: poolService(pool), pool }
      : backendAt(project, address, scheme ?? (record.fpm ? 'fastcgi' : (route?.pass.target.scheme ?? null))),
  };
}
