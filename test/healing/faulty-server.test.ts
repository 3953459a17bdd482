/** One server of a group is at fault, each in its way, and failover is switched off: with it, the other one answers. */
import { describe, expect, it } from 'vitest';
import { startStopped } from '../lab/backends';
import { httpBackend, tlsBackend } from '../real/backends';
import { describeReal } from '../real/programs';
import type { Scene } from '../real/scene';
import { circle, silent } from './backends';
import { heal, site, stage } from './heal';

describeReal('one faulty server of two', ['nginx', 'openssl'], () => {
  interface Fault {
    readonly title: string;
    readonly cause: string;
    readonly status: 502 | 504;
    /** The address of the faulty server. */
    server(scene: Scene): Promise<string>;
    readonly said: string;
    readonly scheme?: 'https';
  }

  const stopped = async (scene: Scene): Promise<Map<string, string>> => {
    const places = new Map<string, string>();
    await startStopped(scene, places);
    return places;
  };

  const faults: readonly Fault[] = [
    {
      title: 'its queue is full: the connection is not made in time',
      cause: 'connect-timed-out',
      status: 504,
      server: async (scene) => `127.0.0.1:${(await stopped(scene)).get('full')}`,
      said: 'upstream timed out (110: Connection timed out) while connecting',
    },
    {
      title: 'the queue of its socket is full',
      cause: 'socket-backlog-full',
      status: 502,
      server: async (scene) => `unix:${(await stopped(scene)).get('full.sock')}`,
      said: '(11: Resource temporarily unavailable)',
    },
    {
      title: 'no way leads to it',
      cause: 'host-unreachable',
      status: 502,
      server: async () => '255.255.255.255:80',
      said: '(101: Network is unreachable)',
    },
    {
      title: 'its socket is a link that leads to itself',
      cause: 'connect-failed',
      status: 502,
      server: async (scene) => `unix:${circle(scene)}`,
      said: '(40: Too many levels of symbolic links)',
    },
    {
      title: 'it accepts connections, and then says nothing to a handshake',
      cause: 'tls-handshake-timed-out',
      status: 504,
      server: async (scene) => `127.0.0.1:${await silent(scene)}`,
      said: 'while SSL handshaking to upstream',
      scheme: 'https',
    },
  ];

  describe.each(faults)('$title', ({ cause, status, server, said, scheme = 'http' }) => {
    it(`${cause}`, async () => {
      const at = await stage();
      const faulty = await server(at.scene);
      const alive = await (scheme === 'https' ? tlsBackend(at.scene) : httpBackend(at.scene));
      const { log } = await heal({
        ...at,
        site: site(
          at,
          `
location / {
    proxy_pass ${scheme}://shop;
    proxy_connect_timeout 500ms;
    proxy_next_upstream off;${scheme === 'https' ? '\n    proxy_ssl_server_name on;\n    proxy_ssl_name localhost;' : ''}
}`,
          `upstream shop {
    server ${faulty};
    server 127.0.0.1:${alive};
}

`,
        ),
        expected: {
          status,
          cause,
          confidence: 'certain',
          rule: 'nginx/no-failover',
          fix: 'failover',
          place: `sites-enabled/shop.conf: server ${faulty};`,
          changes: [
            '+ proxy_next_upstream_tries 3;',
            '+ proxy_next_upstream_timeout 10s;',
            '- proxy_next_upstream off;',
            '+ proxy_next_upstream error timeout http_502 http_503;',
          ],
        },
      });
      expect(log).toContain(said);
    });
  });
});
