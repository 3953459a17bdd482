// The explanation panel's page: what a log holds stays text, and nothing in it runs.
import { describe, expect, it } from 'vitest';
import { type PanelOptions, panelBody, panelHtml } from '../../client/src/panel/html';
import { visible } from '../../client/src/panel/html-text';
import { followLine } from '../../client/src/panel/lines';
import { explanationMarkdown, maskSecrets } from '../../client/src/panel/markdown';
import { leadOf, seenWords, statusWords, timeWords } from '../../client/src/panel/words';
import type { ExplainResult } from '../../server/src/lsp/protocol';

const range = { start: { line: 13, character: 4 }, end: { line: 13, character: 31 } };
const shop = 'file:///etc/nginx/sites-enabled/shop.conf';

const refused: ExplainResult = {
  line: 4,
  record: {
    time: '2024-03-15T10:23:45',
    level: 'error',
    pid: 1234,
    tid: 1234,
    connection: 1,
    message: 'connect() failed (111: Connection refused) while connecting to upstream',
    errno: 111,
    phase: 'connecting to upstream',
    client: '10.0.0.1',
    server: 'example.com',
    request: 'GET /api/users?token=s3cr3t&page=2 HTTP/1.1',
    subrequest: null,
    upstream: 'http://127.0.0.1:9000/api/users?token=s3cr3t',
    host: null,
    referrer: null,
  },
  cause: 'connection-refused',
  title: 'Nothing listens on 127.0.0.1:9000',
  status: [502],
  confidence: 'certain',
  why: 'nginx tried to connect and the kernel refused. Clients got **502** at once. A third sentence.\n\nMore.',
  evidence: [{ message: 'Pool "www" listens on 127.0.0.1:9001.', uri: 'file:///etc/php/pool.d/www.conf', range }],
  config: [{ uri: shop, range, directive: 'fastcgi_pass', text: 'fastcgi_pass 127.0.0.1:9000;' }],
  checks: [{ title: 'Does anything listen?', command: "ss -tlnp | grep ':9000'" }],
  fixes: [
    {
      id: 'align-address',
      title: 'Point nginx at 127.0.0.1:9001',
      when: 'The backend runs, but listens elsewhere.',
      time: '5 min',
      risk: 'Low: requires an nginx reload',
      preferred: true,
      edits: [{ uri: shop, range, newText: '127.0.0.1:9001' }],
      apply: ['nginx -t && systemctl reload nginx'],
      confirm: [],
    },
    {
      id: 'restart-service',
      title: 'Start php-fpm if it should be up',
      when: 'The backend has crashed.',
      time: '< 1 min',
      risk: 'Low: brief interruption of the backend',
      preferred: false,
      edits: [],
      apply: ['systemctl restart php-fpm'],
      confirm: [],
    },
  ],
  confirm: ['nginx -t && systemctl reload nginx'],
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html'],
  href: 'https://example.com/docs/causes/connection-refused.md',
  seen: { count: 214, first: '2024-03-15T10:02:00', last: '2024-03-15T10:30:00' },
};

const options: PanelOptions = {
  nonce: 'abc123',
  cspSource: 'https://webview.test',
  script: 'page.js',
  style: 'panel.css',
};
const withRecord = (record: Partial<ExplainResult['record']>): ExplainResult => ({
  ...refused,
  record: { ...refused.record, ...record },
});
const nameOf = (uri: string) => uri.replace('file:///etc/nginx/', '').replace('file:///etc/php/', '');

/** The tags of a page, without what stands between them. */
const tags = (page: string) => page.match(/<[a-z!/](?:"[^"]*"|[^">])*>/gi) ?? [];

describe('the page', () => {
  it('answers in the order of the questions', () => {
    const text = panelHtml(refused, options).replace(/<[^>]*>/g, '\n');
    const order = [
      '502',
      'Bad Gateway',
      'certain',
      'Nothing listens on',
      '10:23:45',
      'Clients got',
      'Where',
      'Evidence',
      'Do',
      'Check',
      'Confirm',
    ];
    const found = order.map((word) => text.indexOf(word));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  it('lets no content policy be loosened', () => {
    const page = panelHtml(refused, options);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    expect(policy).toBe(
      "default-src 'none'; style-src https://webview.test; script-src 'nonce-abc123'; base-uri 'none'; form-action 'none'",
    );
    expect(policy).not.toContain('unsafe');
    expect(tags(page).filter((tag) => /^<(?:script|style|link)/i.test(tag))).toEqual([
      '<link rel="stylesheet" href="panel.css">',
      '<script nonce="abc123" src="page.js">',
    ]);
    expect(tags(page).filter((tag) => /\s(?:on\w+|style)\s*=/i.test(tag.replace(/"[^"]*"/g, '""')))).toEqual([]);
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</main></body><iframe src="https://evil.test">',
    '[x](javascript:alert(1)) [y](command:workbench.action.quit)',
    '&lt;script&gt;',
  ])('shows %s as it is in every field', (evil) => {
    const fields = Object.fromEntries(
      ['message', 'client', 'server', 'request', 'upstream', 'host', 'referrer', 'phase'].map((field) => [field, evil]),
    );
    const page = panelHtml(
      {
        ...withRecord(fields),
        title: evil,
        evidence: [{ message: evil }],
        config: [{ ...refused.config[0]!, uri: `file:///${evil}`, text: evil }],
        checks: [{ title: evil, command: evil }],
        fixes: [{ ...refused.fixes[0]!, id: evil, title: evil, when: evil, time: evil, risk: evil, apply: [evil] }],
        confirm: [evil],
      },
      { ...options, nameOf: (uri) => uri },
    );
    const usual = tags(panelHtml(refused, options)).map((tag) => /^<\/?([a-z!0-9]+)/i.exec(tag)![1]!.toLowerCase());
    for (const tag of tags(page)) {
      expect(usual).toContain(/^<\/?([a-z!0-9]+)/i.exec(tag)![1]!.toLowerCase());
      expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/\son\w+\s*=/i);
      expect(tag).not.toMatch(/href="(?!https:|panel\.css)/);
    }
    if (/[<&'"]/.test(evil)) expect(page).not.toContain(evil);
  });

  it('renders no HTML, image or unusual link from Markdown', () => {
    const why =
      'See <b onclick="x()">this</b> ![i](https://x.test/i.png) [c](command:quit) [j](javascript:alert(1)) [h](https://nginx.org/) [u](http://x.test).';
    const body = panelBody({ ...refused, why, references: ['https://nginx.org/', 'command:quit', 'http://x.test/'] });
    expect(body).not.toMatch(/<b |<img|href="(?!https:)/);
    expect(body).toContain('<a href="https://nginx.org/">h</a>');
  });

  it('makes control and direction characters visible', () => {
    expect(visible('a\u001b[31mb\u202ec')).toBe('a\\x1b[31mb\\u202ec');
    expect(panelBody(withRecord({ request: 'GET /\u202efdp HTTP/1.1' }))).not.toContain('\u202e');
  });

  it('has only real buttons, each with a name of its own', () => {
    const buttons = tags(panelBody(refused)).filter((tag) => tag.includes('data-action='));
    expect(buttons.length).toBeGreaterThan(6);
    for (const tag of buttons) expect(tag).toMatch(/^<button type="button"/);
    expect(buttons.join('\n')).toContain('aria-label="Copy command ss -tlnp | grep &#39;:9000&#39;"');
    expect(buttons.join('\n')).toContain('aria-label="Apply: Point nginx at 127.0.0.1:9001"');
    expect(new Set(buttons.map((tag) => /data-key="([^"]*)"/.exec(tag)![1])).size).toBe(buttons.length);
  });

  it('says what it needs where no configuration is in view', () => {
    expect(panelBody({ ...refused, config: [], confidence: 'needs-host' })).toContain(
      'Open the folder with nginx.conf',
    );
    expect(panelBody({ ...refused, config: [], roots: [] })).toContain('data-action="folder"');
    const other = panelBody({ ...refused, config: [], roots: [shop] });
    expect(other).toContain('Nothing in the nginx configuration in view');
    expect(other).not.toContain('data-action="folder"');
  });

  it('lists several causes, and marks the one that is shown', () => {
    const body = panelBody({
      results: [refused, { ...refused, title: 'The upstream did not answer', status: [504] }],
      shown: 1,
    });
    expect(body).toContain('<nav class="causes" aria-label="Causes in the selection">');
    expect(body.match(/aria-current="true"/g)).toHaveLength(1);
    expect(body).toContain('Gateway Time-out');
    expect(panelBody(refused)).not.toContain('<nav');
  });

  it('says what is left to do when a remedy has been applied', () => {
    const applied = new Map([[0, { fix: refused.fixes[0]!, result: refused }]]);
    const body = panelBody({ results: [{ ...refused, fixes: [], config: [] }], shown: 0, applied }, { nameOf });
    expect(body).toContain('<h3>Point nginx at 127.0.0.1:9001</h3>');
    expect(body).toContain('Changed sites-enabled/shop.conf');
    expect(body).toContain('data-text="nginx -t &#38;&#38; systemctl reload nginx"');
    expect(body).toContain('data-action="again"');
    expect(body).not.toMatch(/data-action="(?:apply|preview)"|Open the folder/);
  });

  it('says why it shows nothing', () => {
    expect(panelBody({ results: [], shown: 0, empty: 'error.log <gone>' })).toContain('error.log &#60;gone&#62;');
  });
});

describe('the words', () => {
  it('names statuses as nginx does', () => {
    expect(statusWords([502])).toEqual({ code: '502', phrase: 'Bad Gateway' });
    expect(statusWords([502, 504])).toEqual({ code: '502 or 504', phrase: '' });
    expect(statusWords([])).toEqual({ code: '', phrase: 'No failed request' });
  });

  it('leaves out the date where it is known', () => {
    expect(timeWords('2024-03-15T10:23:45', '2024-03-15')).toBe('10:23:45');
    expect(timeWords('2024-03-15T10:23:45', '2024-03-16')).toBe('2024-03-15 10:23:45');
    expect(seenWords(refused)).toBe('seen 214 times since 10:02:00');
    expect(seenWords({ ...refused, seen: { count: 1, first: null, last: null } })).toBe('seen once');
  });

  it('takes two sentences of the explanation, whatever stops stand in them', () => {
    expect(leadOf(refused.why)).toBe('nginx tried to connect and the kernel refused. Clients got **502** at once.');
    expect(leadOf('It read `nginx.conf. Then`, e.g. Once. It\nfailed. No more.')).toBe(
      'It read `nginx.conf. Then`, e.g. Once. It\nfailed.',
    );
    expect(leadOf('HTTP/1.1 to 127.0.0.1 only. Done')).toBe('HTTP/1.1 to 127.0.0.1 only.');
    expect(leadOf('No stop here')).toBe('No stop here');
  });
});

describe('the copy as Markdown', () => {
  const copy = explanationMarkdown(refused, nameOf);

  it('has the whole answer', () => {
    expect(copy).toContain('**502 Bad Gateway: Nothing listens on 127.0.0.1:9000** (certain)');
    expect(copy).toContain('- `sites-enabled/shop.conf:14` `fastcgi_pass 127.0.0.1:9000;`');
    expect(copy).toContain('- **Point nginx at 127.0.0.1:9001** (5 min; Low: requires an nginx reload)');
    expect(copy).toContain("```sh\n# Does anything listen?\nss -tlnp | grep ':9000'\n```");
  });

  it('has no value of a query', () => {
    expect(copy).toContain('`GET /api/users?token=***&page=***`');
    expect(copy).not.toContain('s3cr3t');
  });

  it.each([
    ['GET /a?token=abc&b=c#d HTTP/1.1', 'GET /a?token=***&b=***#d HTTP/1.1'],
    ['GET /a?x[]=1;y=2 HTTP/1.1', 'GET /a?x[]=*** HTTP/1.1'],
    ['GET /reset?6f1ed002ab5595859014ebf0951522d9 HTTP/1.1', 'GET /reset?*** HTTP/1.1'],
    ['GET /a?page HTTP/1.1', 'GET /a?page HTTP/1.1'],
    ['referrer "https://me:pass@example.com/?q=1"', 'referrer "https://***@example.com/?q=***"'],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-1', 'Bearer ***'],
    ["curl -sv https://example.com/ 2>&1 | grep '< HTTP'", "curl -sv https://example.com/ 2>&1 | grep '< HTTP'"],
  ])('masks %s', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it('cannot be broken out of by what a log holds', () => {
    const text = explanationMarkdown(
      {
        ...withRecord({ request: 'GET /`</code>` @channel HTTP/1.1', message: 'a ```\n# b' }),
        title: '<b>*x*</b> @here',
      },
      nameOf,
    );
    expect(text).toContain('``GET /`</code>` @channel``');
    expect(text).toContain('````\na ```\n# b\n````');
    expect(text).toContain('\\<b>\\*x\\*\\</b> @\u200bhere');
  });
});

describe('a line in a growing log', () => {
  const at = (startLine: number, startCharacter: number, endLine: number, endCharacter: number, text: string) => ({
    range: {
      start: { line: startLine, character: startCharacter },
      end: { line: endLine, character: endCharacter },
    },
    text,
  });

  it.each([
    ['lines added above', [at(2, 0, 2, 0, 'a\nb\r\n')], 12],
    ['lines added right above', [at(10, 0, 10, 0, 'a\n')], 11],
    ['lines taken away above', [at(3, 0, 10, 0, '')], 3],
    ['lines added below', [at(11, 0, 11, 0, 'a\n')], 10],
    ['the line itself', [at(10, 4, 10, 6, 'x')], 10],
    ['above and below', [at(20, 0, 20, 0, 'a\n'), at(0, 0, 1, 0, '')], 9],
  ])('%s', (_, changes, line) => {
    expect(followLine(10, changes)).toBe(line);
  });
});
