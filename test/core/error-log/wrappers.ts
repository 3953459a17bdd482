/** What tools and people put around the lines of a log. */

export interface Wrapper {
  readonly name: string;
  /** `lines`: of one entry. */
  wrap(lines: readonly string[]): string;
  /** How the text of a field reads in it. */
  readonly written?: (value: string) => string;
  /** Breaks lines: only for entries of one line, and nothing goes around it that adds to each line. */
  readonly breaks?: boolean;
  /** Shows no place where an entry of several lines goes on. */
  readonly isForLines?: boolean;
}

const each = (name: string, before: string, after = ''): Wrapper => ({
  name,
  wrap: (lines) => lines.map((line) => before + line + after).join('\n'),
});

const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);
const json = (name: string, make: (line: string) => unknown): Wrapper => ({
  name,
  wrap: (lines) => lines.map((line) => JSON.stringify(make(line))).join('\n'),
  written: inJson,
});
/** The whole entry in one string. */
const jsonText = (name: string, make: (text: string) => unknown): Wrapper => ({
  name,
  wrap: (lines) => JSON.stringify(make(lines.join('\n'))),
  written: inJson,
});

const TIME = '2024-03-15T10:23:45.123456789Z';

export const wrappers: readonly Wrapper[] = [
  each('as it is', ''),
  each('journalctl', 'Mar 15 10:23:45 web1 nginx[1234]: '),
  each('journalctl -o short-precise', 'Mar 15 10:23:45.123456 web1 nginx[1234]: '),
  each('journalctl -o short-iso', '2024-03-15T10:23:45+0100 web1 nginx[1234]: '),
  each('journalctl -o short-full', 'Fri 2024-03-15 10:23:45 CET web1 nginx[1234]: '),
  each('journalctl -o short-monotonic', '[   12.345678] web1 nginx[1234]: '),
  json('journalctl -o json', (MESSAGE) => ({
    _PID: '1234',
    MESSAGE,
    PRIORITY: '3',
    _CMDLINE: 'nginx: master process',
  })),
  each('RFC 3164', '<187>Mar 15 10:23:45 web1 nginx: '),
  each('RFC 5424', `<187>1 ${TIME} web1.example.com nginx 1234 - [meta a="b c"] \uFEFF`),
  each('RFC 5424 without data', `<187>1 ${TIME} web1 nginx - - - `),
  each('docker logs -t', `${TIME} `),
  each('docker compose logs', 'web-1  | '),
  each('docker compose logs, version 1', 'shop_web_1       | '),
  each('docker compose logs -t', `web-1  | ${TIME} `),
  each('docker compose logs in colour', '\u001b[36mweb-1  | \u001b[0m', '\u001b[0m'),
  each('docker service logs', 'shop_web.1.x8w2kq1zt9ab@node-1    | '),
  json('docker, json-file', (line) => ({ log: `${line}\n`, stream: 'stderr', time: TIME })),
  each('kubectl logs --prefix', '[pod/web-7d9f8b6c5-x2x4z/nginx] '),
  each('kubectl logs --prefix --timestamps', `[pod/web-0/nginx] ${TIME} `),
  each('stern', 'web-7d9f8b6c5-x2x4z nginx '),
  each('stern in colour', '\u001b[95mweb-0\u001b[0m \u001b[95mnginx\u001b[0m '),
  each('CRI', `${TIME} stderr F `),
  jsonText('Loki', (text) => ({ streams: [{ stream: { app: 'nginx' }, values: [['1710498225000000000', text]] }] })),
  jsonText('CloudWatch', (message) => ({
    events: [{ timestamp: 1710498225000, message, ingestionTime: 1710498226000 }],
  })),
  jsonText('GCP', (textPayload) => ({
    insertId: 'a1',
    severity: 'ERROR',
    textPayload,
    resource: { type: 'k8s_container' },
  })),
  jsonText('GELF', (short_message) => ({ version: '1.1', host: 'web1', short_message, level: 3 })),
  jsonText('Elastic', (message) => ({
    _index: 'filebeat',
    _source: { '@timestamp': TIME, message, log: { offset: 4 } },
  })),
  {
    name: 'Fluent Bit on a terminal',
    isForLines: true,
    wrap: (lines) =>
      lines.map((line) => `[0] kube.web: [1710498225.123, {"log"=>"${line}", "stream"=>"stderr"}]`).join('\n'),
  },
  {
    name: 'logfmt',
    wrap: (lines) => lines.map((line) => `ts=${TIME} level=info msg=${JSON.stringify(line)} pod=web-0`).join('\n'),
    written: inJson,
  },
  {
    name: 'CSV',
    isForLines: true,
    wrap: (lines) => `17,"${lines.join('\n').replaceAll('"', '""')}",web1`,
    written: (value) => value.replaceAll('"', '""'),
  },
  each('a quotation', '> '),
  each('a quotation of a quotation', '> > '),
  each('grep -n', '/var/log/nginx/error.log:17:'),
  { name: 'a code block', wrap: (lines) => `\`\`\`\n${lines.join('\n')}\n\`\`\`` },
  { name: 'a list', isForLines: true, wrap: (lines) => `- ${lines.join('\n  ')}` },
  { name: 'a numbered list', isForLines: true, wrap: (lines) => `1. ${lines.join('\n   ')}` },
];

/** For entries of one line. */
export const forLines: readonly Wrapper[] = [
  each('code', '`', '`'),
  each('a table', '| ', ' |'),
  each('a web page', '<code>', '</code>'),
  {
    name: 'the source of a web page',
    wrap: (lines) =>
      lines.map((line) => line.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')).join('\n'),
    written: (value) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
  },
  {
    name: 'the inside of a string',
    wrap: (lines) => lines.map((line) => line.replaceAll('\\', '\\\\').replaceAll('"', '\\"')).join('\n'),
    written: (value) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"'),
  },
  {
    name: 'two parts of CRI',
    wrap: ([line = '']) => {
      const half = line.length >> 1;
      return `${TIME} stderr P ${line.slice(0, half)}\n2024-03-15T10:23:45.12Z stderr F ${line.slice(half)}`;
    },
    breaks: true,
  },
  ...[72, 80, 100, 132].map((columns) => ({
    name: `a terminal of ${columns} columns`,
    wrap: ([line = '']: readonly string[]) => line.replace(new RegExp(`.{${columns}}(?=.)`, 'gs'), '$&\n'),
    breaks: true,
  })),
  ...[40, 60, 76, 110].map((columns) => ({
    name: `a chat that breaks lines at ${columns}`,
    wrap: ([line = '']: readonly string[]) => filled(line, columns).join('\n'),
    breaks: true,
  })),
  {
    name: 'a mail that quotes broken lines',
    wrap: ([line = '']) =>
      filled(line, 70)
        .map((part) => `> ${part}`)
        .join('\n'),
    breaks: true,
  },
];

function filled(line: string, columns: number): string[] {
  const lines: string[] = [];
  let last = '';
  for (const word of line.split(' ')) {
    if (last !== '' && last.length + 1 + word.length > columns) {
      lines.push(last);
      last = word;
    } else last = last === '' ? word : `${last} ${word}`;
  }
  return [...lines, last];
}
