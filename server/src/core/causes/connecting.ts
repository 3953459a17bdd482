/** connect() to an upstream failed: which cause, by the system's number and the kind of address. */
import type { LogRecord } from '../error-log/record';
import { isUpstreamPhase } from './phase';

export type ConnectFailure =
  | 'connection-refused'
  | 'socket-missing'
  | 'socket-permission-denied'
  | 'tcp-permission-denied'
  | 'socket-backlog-full'
  | 'ports-exhausted'
  | 'connect-timed-out'
  | 'host-unreachable'
  | 'too-many-open-files'
  | 'connection-reset'
  | 'connect-failed';

/** On Linux, BSD with macOS, and Windows. */
export const REFUSED: ReadonlySet<number> = new Set([111, 61, 10061]);
export const UNREACHABLE: ReadonlySet<number> = new Set([
  113, 101, 112, 100, 65, 51, 64, 50, 10065, 10051, 10064, 10050,
]);
/** The other end threw the connection away; 53 and 103 and 10053 are this end's word for it. */
export const RESET: ReadonlySet<number> = new Set([104, 54, 10054, 103, 53, 10053, 32]);
export const TIMED_OUT: ReadonlySet<number> = new Set([110, 60, 10060]);
const NO_FILES: ReadonlySet<number> = new Set([23, 24, 10024]);
/** Windows says 10048 or 10055 when it has no ports left. */
const NO_ADDRESS: ReadonlySet<number> = new Set([99, 49, 10049, 10048, 10055]);

/** Matches the whole head of the message; the patterns of the causes only its beginning. */
const CONNECT = /^(?:kevent\(\) reported that )?connect\(\) (?:to (.{1,300}?) )?failed\b/;

/** Null for any other message, and while nginx talks to somebody else. */
export function connectFailure(record: LogRecord): ConnectFailure | null {
  const found = CONNECT.exec(record.message);
  if (!found || !isUpstreamPhase(record)) return null;
  const { errno } = record;
  if (errno === null) return 'connect-failed';
  if (REFUSED.has(errno)) return 'connection-refused';
  if (UNREACHABLE.has(errno)) return 'host-unreachable';
  if (TIMED_OUT.has(errno)) return 'connect-timed-out';
  if (RESET.has(errno)) return 'connection-reset';
  if (NO_FILES.has(errno)) return 'too-many-open-files';
  if (NO_ADDRESS.has(errno)) return 'ports-exhausted';
  // Without an address the line is a quotation; guides mean a socket.
  const isSocket = found[1] ? found[1].startsWith('unix:') : !/^[a-z]{1,10}:\/\/(?!unix:)/.test(record.upstream ?? '');
  if (errno === 13 || errno === 1) return isSocket ? 'socket-permission-denied' : 'tcp-permission-denied';
  if (errno === 10013) return found[1] && isSocket ? 'socket-permission-denied' : 'tcp-permission-denied';
  // EAGAIN: for a socket its queue is full, for an address Linux found no free port.
  if (errno === 11 || errno === 35) return isSocket ? 'socket-backlog-full' : 'ports-exhausted';
  if ((errno === 2 || errno === 20) && isSocket) return 'socket-missing';
  return 'connect-failed';
}
