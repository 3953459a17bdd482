/** TLS to the backend: its own certificate, a server name it insists on, a version it no longer speaks. */
import { expect, it } from 'vitest';
import { certificate, httpBackend, rejectingNginx, sniBackend, tlsBackend } from '../real/backends';
import { describeReal } from '../real/programs';
import { alarmed } from './backends';
import { type Case, heal, site, stage } from './heal';

describeReal('TLS to the backend', ['nginx', 'openssl'], () => {
  type Expected = Omit<Case['expected'], 'status'>;

  const group = `upstream stock {
    server localhost:PORT; # by its name
}

`;

  /** Heals one location in front of `backend`. `lines` and `place` may say PORT. */
  async function healTls(
    backend: (scene: Case['scene']) => Promise<number>,
    lines: string,
    expected: Expected,
    above = '',
  ): Promise<string> {
    const at = await stage();
    const port = await backend(at.scene);
    const fill = (text: string): string => text.replaceAll('PORT', String(port)).replaceAll('FOLDER', at.scene.folder);
    const { log } = await heal({
      ...at,
      site: site(at, fill(`location / {\n${lines.replace(/^\n/, '').replace(/^(?=.)/gm, '    ')}\n}`), fill(above)),
      expected: { status: 502, ...expected, place: fill(expected.place), changes: expected.changes.map(fill) },
    });
    return log;
  }

  it('a self-signed certificate that nginx does not trust', async () => {
    const backend = (scene: Case['scene']) => {
      certificate(scene, 'other');
      return tlsBackend(scene);
    };
    const lines = `
proxy_pass https://localhost:PORT; # the stock
proxy_ssl_verify on;
proxy_ssl_trusted_certificate FOLDER/other.crt;`;
    const log = await healTls(backend, lines, {
      cause: 'tls-certificate-verify-failed',
      confidence: 'certain',
      rule: null,
      fix: 'upstream-tls-internal',
      place: 'sites-enabled/shop.conf: proxy_pass https://localhost:PORT;',
      changes: [
        '- proxy_ssl_verify on;',
        '+ proxy_ssl_server_name on;',
        '+ proxy_ssl_protocols TLSv1.2 TLSv1.3;',
        '+ proxy_ssl_verify off;',
      ],
    });
    expect(log).toMatch(/upstream SSL certificate verify error: \(\d+:|certificate verify failed/);
  });

  it('a backend that wants to hear its name', async () => {
    const log = await healTls(sniBackend, 'proxy_pass https://localhost:PORT;', {
      cause: 'tls-sni-required',
      confidence: 'certain',
      rule: null,
      fix: 'upstream-sni',
      place: 'sites-enabled/shop.conf: proxy_pass https://localhost:PORT;',
      changes: ['+ proxy_ssl_server_name on;'],
    });
    expect(log).toContain('alert number 40');
  });

  it('a backend that answers with an alarm when it hears no name', async () => {
    const log = await healTls(
      async (scene) => alarmed(scene, await tlsBackend(scene)),
      'proxy_pass https://localhost:PORT;',
      {
        cause: 'tls-handshake-failed',
        confidence: 'certain',
        rule: null,
        fix: 'upstream-sni',
        place: 'sites-enabled/shop.conf: proxy_pass https://localhost:PORT;',
        changes: ['+ proxy_ssl_server_name on;'],
      },
    );
    expect(log).toContain('alert number 80');
  });

  const answers = [
    { answer: 'refuses', backend: rejectingNginx, cause: 'tls-sni-required', message: 'alert number 112' },
    {
      answer: 'hangs up on',
      backend: (scene: Case['scene']) => sniBackend(scene, { silent: true }),
      cause: 'tls-handshake-closed',
      message: 'peer closed connection in SSL handshake',
    },
  ];

  for (const { answer, backend, cause, message } of answers) {
    it(`a backend that ${answer} the name of the group`, async () => {
      const lines = `
proxy_pass https://stock;
proxy_ssl_server_name on;`;
      const expected: Expected = {
        cause,
        confidence: 'certain',
        rule: 'nginx/upstream-tls-name',
        fix: 'upstream-sni',
        place: 'sites-enabled/shop.conf: proxy_pass https://stock;',
        changes: ['+ proxy_ssl_name localhost;', '+ proxy_set_header Host localhost;'],
      };
      const log = await healTls(backend, lines, expected, group);
      expect(log).toContain(message);
    });
  }

  it('a trusted certificate, checked against the name of the group', async () => {
    const lines = `
proxy_pass https://stock;
proxy_ssl_verify on;
proxy_ssl_trusted_certificate FOLDER/backend.crt;`;
    const expected: Expected = {
      cause: 'tls-certificate-name-mismatch',
      confidence: 'certain',
      rule: 'nginx/upstream-tls-verify',
      fix: 'upstream-sni',
      place: 'sites-enabled/shop.conf: proxy_pass https://stock;',
      changes: ['+ proxy_ssl_server_name on;', '+ proxy_ssl_name localhost;', '+ proxy_set_header Host localhost;'],
    };
    const log = await healTls(tlsBackend, lines, expected, group);
    expect(log).toContain('upstream SSL certificate does not match "stock"');
  });

  it('a backend that speaks no TLS at all', async () => {
    const log = await healTls(httpBackend, 'proxy_pass https://127.0.0.1:PORT/; # the stock', {
      cause: 'tls-wrong-version',
      confidence: 'certain',
      rule: null,
      fix: 'upstream-plain',
      place: 'sites-enabled/shop.conf: proxy_pass https://127.0.0.1:PORT/;',
      changes: [
        '- proxy_pass https://127.0.0.1:PORT/; # the stock',
        '+ proxy_pass http://127.0.0.1:PORT/; # the stock',
      ],
    });
    expect(log).toContain('wrong version number');
  });

  it('a backend that no longer speaks the pinned version', async () => {
    const lines = `
# Set up in 2014.
proxy_pass https://127.0.0.1:PORT;
proxy_ssl_protocols TLSv1 TLSv1.1;`;
    const log = await healTls((scene) => tlsBackend(scene, { minVersion: 'TLSv1.2' }), lines, {
      cause: 'tls-protocol-version',
      confidence: 'certain',
      rule: 'nginx/upstream-tls-protocols',
      fix: 'upstream-tls-protocols',
      place: 'sites-enabled/shop.conf: proxy_pass https://127.0.0.1:PORT;',
      changes: ['- proxy_ssl_protocols TLSv1 TLSv1.1;', '+ proxy_ssl_protocols TLSv1.2 TLSv1.3;'],
    });
    expect(log).toContain('SSL_do_handshake() failed');
  });
});
