/** A read from or a write to an upstream failed: which cause, by what was done, how far nginx had come, and the system's number. */
import type { LogRecord } from '../error-log/record';
import { REFUSED, RESET, TIMED_OUT, UNREACHABLE } from './connecting';
import { isClientSide, stageOf } from './phase';

export type TransferFailure =
  | 'connection-refused'
  | 'host-unreachable'
  | 'connection-reset'
  | 'body-connection-reset'
  | 'broken-pipe'
  | 'transfer-failed';

/** The calls of the systems that nginx runs on (os/unix, os/win32, ngx_event_pipe.c). */
const READ =
  /^(?:(?:recv|recvmsg|readv|WSARecv|ioctl\(FIONREAD\)|ioctlsocket\(FIONREAD\))(?:\(\))? failed\b|kevent\(\) reported (?:about an closed|that upstream closed) connection)/;
const WRITE =
  /^(?:(?:send|sendto|sendmsg|sendfile|writev|WSASend)\(\) (?:failed|returned zero|incomplete|reported that)\b|setsockopt\(TCP_(?:CORK|NOPUSH)\) failed)/;

/** Null for any other message, and for the client's side of the request. */
export function transferFailure(record: LogRecord): TransferFailure | null {
  const reads = READ.test(record.message);
  if ((!reads && !WRITE.test(record.message)) || isClientSide(record)) return null;
  const stage = stageOf(record);
  // What goes wrong with the client's connection nginx logs at info, unlike with an upstream's (ngx_connection_error).
  if (stage === null || (stage === 'body' && record.level === 'info')) return null;
  if (!reads && record.phase === 'sending to client') return null;
  const { errno } = record;
  if (errno !== null && REFUSED.has(errno)) return 'connection-refused';
  // 64 is "network name is no longer available" on Windows, where the host was there a moment ago.
  const isWindows = record.message.startsWith('WSA');
  if (errno !== null && UNREACHABLE.has(errno) && !(isWindows && errno === 64)) return 'host-unreachable';
  const isGone = errno === null ? record.message.startsWith('kevent') : RESET.has(errno) || TIMED_OUT.has(errno);
  if (!isGone && !(isWindows && (errno === 64 || errno === 1236))) return 'transfer-failed';
  if (stage === 'body') return 'body-connection-reset';
  return reads && stage !== 'sending' ? 'connection-reset' : 'broken-pipe';
}
