/** Everything that nginx can write about an upstream has exactly one cause, whatever the arguments and the system's language. */
import { describe, expect, it } from 'vitest';
import { causes, explain, type LogRecord, parseLine } from '../../../server/src/core/index';
import { type Action, type Arguments, connecting, messages, others, timeouts, transfers } from './messages';

const HTTP = ', client: 10.0.0.1, server: example.com, request: "GET /a?b=c HTTP/1.1"';
const UPSTREAM = `${HTTP}, upstream: "http://127.0.0.1:9000/a?b=c", host: "example.com"`;
const STREAM =
  ', client: 10.0.0.1, server: 0.0.0.0:3306, upstream: "127.0.0.1:9000", bytes from/to client:0/0, bytes from/to upstream:0/0';

/** What follows the message. */
const TAILS: Readonly<Record<Action, string>> = {
  none: `${HTTP}, host: "example.com"`,
  connecting: ` while connecting to upstream${UPSTREAM}`,
  handshaking: ` while SSL handshaking to upstream${UPSTREAM}`,
  sending: ` while sending request to upstream${UPSTREAM}`,
  header: ` while reading response header from upstream${UPSTREAM}`,
  body: ` while reading upstream${UPSTREAM}`,
  client: ` while sending to client${UPSTREAM}`,
  upgraded: ` while proxying upgraded connection${UPSTREAM}`,
  stream: ` while proxying connection${STREAM}`,
  resolving: ' while resolving, resolver: 127.0.0.11:53',
  own: '',
};

const TEXTS = [
  'Connection refused',
  'Verbindungsaufbau abgelehnt',
  '接続を拒否されました',
  'FormatMessage() error:(15105)',
];

const SPECIFIER = /%(?:\*s|\d*(?:uz|ui|xd|V|s|d|i|l|z|O))/g;

/** The format with each of its arguments; numbers are 7. */
function rendered(format: string, given: Arguments = {}): string[] {
  const specifiers = new Set(format.match(SPECIFIER));
  let texts = [format];
  for (const specifier of specifiers) {
    const values = given[specifier] ?? (/[Vs]$/.test(specifier) ? ['backend', 'a (b) c'] : ['7']);
    texts = texts.flatMap((text) => values.map((value) => text.replaceAll(specifier, () => value)));
  }
  return texts;
}

function record(level: string, message: string, action: Action): LogRecord {
  const connection = action === 'resolving' || action === 'own' ? '' : '*1 ';
  const line = `2024/03/15 10:23:45 [${level}] 1234#1234: ${connection}${message}${TAILS[action]}`;
  const found = parseLine(line);
  if (!found) throw new Error(`no entry: ${line}`);
  return found;
}

/** All causes that would take the record, and the status that is told. */
function told(each: LogRecord): { causes: string[]; status: readonly number[] | undefined } {
  const found = causes.filter(({ pattern, when }) => pattern.test(each.message) && (when?.(each) ?? true));
  return { causes: found.map(({ id }) => id), status: explain(each, null)?.status };
}

describe('messages', () => {
  for (const { cause, status, level, actions, formats, ...more } of messages) {
    it.each(formats)(`${cause} ${JSON.stringify(status)}: %s`, (format) => {
      for (const message of rendered(format, more.arguments)) {
        for (const action of actions) {
          const each = level === 'emerg' ? parseLine(`nginx: [emerg] ${message}`)! : record(level, message, action);
          expect([message, action, told(each)]).toEqual([message, action, { causes: [cause], status }]);
        }
      }
    });
  }
});

it('no message has two causes, whatever nginx was doing', () => {
  const found = new Set<string>();
  for (const { formats, ...more } of [...messages, ...others]) {
    for (const message of formats.flatMap((format) => rendered(format, 'arguments' in more ? more.arguments : {}))) {
      for (const action of Object.keys(TAILS) as Action[]) {
        for (const level of ['info', 'error', 'crit']) {
          const { causes: taken } = told(record(level, message, action));
          if (taken.length > 1) found.add(`${message}, ${action}: ${taken.join(', ')}`);
        }
      }
    }
  }
  expect([...found]).toEqual([]);
});

describe('the number decides, in any language', () => {
  const taken = (level: string, message: string, action: Action) => told(record(level, message, action)).causes;

  it.each(connecting)('connect() %i: %s, %s', (errno, socket, address) => {
    for (const text of TEXTS) {
      const end = `failed (${errno}: ${text})`;
      for (const path of ['unix:/run/app.sock', 'unix:/run/my app.sock']) {
        expect([path, taken('crit', `connect() to ${path} ${end}`, 'connecting')]).toEqual([path, [socket]]);
      }
      for (const host of ['127.0.0.1:80', '[::1]:8080']) {
        expect([host, taken('error', `connect() to ${host} ${end}`, 'connecting')]).toEqual([host, [address]]);
      }
      expect(taken('error', `connect() ${end}`, 'connecting')).toEqual([address]);
      expect(taken('error', `kevent() reported that connect() ${end}`, 'connecting')).toEqual([address]);
    }
  });

  it.each(transfers)('reading and writing %i: %s, %s, %s', (errno, header, body, sending) => {
    for (const text of TEXTS) {
      for (const call of ['recv', 'readv', 'recvmsg', 'WSARecv']) {
        const message = `${call}() failed (${errno}: ${text})`;
        expect([message, taken('error', message, 'header')]).toEqual([message, [header]]);
        expect([message, taken('error', message, 'body')]).toEqual([message, [body]]);
        expect([message, taken('error', message, 'client')]).toEqual([message, [body]]);
        expect([message, taken('error', message, 'sending')]).toEqual([message, [sending]]);
      }
      for (const call of ['send', 'writev', 'sendfile', 'sendmsg', 'sendto', 'WSASend']) {
        const message = `${call}() failed (${errno}: ${text})`;
        expect([message, taken('error', message, 'sending')]).toEqual([message, [sending]]);
        expect([message, taken('error', message, 'client')]).toEqual([message, []]);
      }
    }
  });

  it.each([1, 13, 22, 93, 97, 98, 99, 105])('socket() and bind() %i', (errno) => {
    expect(taken('alert', `socket() failed (${errno}: x)`, 'connecting')).toEqual(['socket-setup-failed']);
    expect(taken('crit', `bind(192.0.2.1) failed (${errno}: x)`, 'connecting')).toEqual(['socket-setup-failed']);
  });

  it.each([23, 24, 10024])('socket() %i', (errno) => {
    expect(taken('alert', `socket() failed (${errno}: x)`, 'connecting')).toEqual(['too-many-open-files']);
  });

  it.each(timeouts)('upstream timed out: %s', (action, cause, status) => {
    for (const errno of [110, 60, 10060]) {
      for (const text of TEXTS) {
        const each = record('error', `upstream timed out (${errno}: ${text})`, action);
        expect(told(each)).toEqual({ causes: [cause], status });
      }
    }
  });
});

describe('what is no gateway error', () => {
  for (const { level, actions, formats } of others) {
    it.each(formats)(`[${level}] %s`, (format) => {
      for (const message of rendered(format)) {
        for (const action of actions) {
          expect([message, action, told(record(level, message, action))]).toEqual([
            message,
            action,
            { causes: [], status: undefined },
          ]);
        }
      }
    });
  }
});
