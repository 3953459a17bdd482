/** Faults of the stream module: its client sees the connection end, so no explanation may speak of a status. */
import { beforeAll, expect, it } from 'vitest';
import { entries, explain } from '../../server/src/core/index';
import { describeReal } from '../real/programs';
import { freePort, type Scene, until } from '../real/scene';
import { startBackends } from './backends';
import { talk } from './client';
import { filled, type Lab, openLab, placeTexts } from './lab';

interface StreamFault {
  readonly name: string;
  readonly site: string;
  readonly beside?: string;
  readonly cause: string;
  readonly place?: string;
}

const faults: readonly StreamFault[] = [
  { name: 'refused', site: 'proxy_pass 127.0.0.1:<refused>;', cause: 'connection-refused' },
  { name: 'no-socket', site: 'proxy_pass unix:<folder>/none.sock;', cause: 'socket-missing' },
  { name: 'full', site: 'proxy_pass 127.0.0.1:<full>;', cause: 'connect-timed-out' },
  { name: 'unreachable', site: 'proxy_pass 255.255.255.255:80;', cause: 'host-unreachable' },
  {
    name: 'down',
    beside: 'upstream gone { server 127.0.0.1:<ok> down; server 127.0.0.1:<refused> down; }',
    site: 'proxy_pass gone;',
    cause: 'no-live-upstreams',
  },
  {
    name: 'group',
    beside: 'upstream pair { server 127.0.0.1:<refused>; server 127.0.0.1:<refused2>; }',
    site: 'proxy_next_upstream off; proxy_pass pair;',
    cause: 'connection-refused',
    place: 'server 127.0.0.1:<refused>;',
  },
  {
    name: 'missing-name',
    site: 'resolver 127.0.0.1:<dns> ipv6=off; set $name app.missing; proxy_pass $name:80;',
    cause: 'host-not-found',
  },
  { name: 'no-resolver', site: 'set $name app.test; proxy_pass $name:80;', cause: 'no-resolver' },
  { name: 'no-port', site: 'set $name 127.0.0.1; proxy_pass $name;', cause: 'invalid-upstream-url' },
  { name: 'bind', site: 'proxy_bind 192.0.2.1; proxy_pass 127.0.0.1:<ok>;', cause: 'socket-setup-failed' },
  { name: 'tls-plain', site: 'proxy_ssl on; proxy_pass 127.0.0.1:<ok>;', cause: 'tls-wrong-version' },
  { name: 'tls-closed', site: 'proxy_ssl on; proxy_pass 127.0.0.1:<tls-closes>;', cause: 'tls-handshake-closed' },
  {
    name: 'tls-untrusted',
    site: 'proxy_ssl on; proxy_ssl_verify on; proxy_ssl_trusted_certificate <folder>/client.crt; proxy_pass 127.0.0.1:<tls>;',
    cause: 'tls-certificate-verify-failed',
  },
  { name: 'idle', site: 'proxy_timeout 200ms; proxy_pass 127.0.0.1:<silent>;', cause: 'body-read-timed-out' },
  { name: 'reset', site: 'proxy_pass 127.0.0.1:<reset>;', cause: 'body-connection-reset' },
];

describeReal('faults of the stream module', ['nginx', 'openssl', 'streamModule'], () => {
  let lab: Lab;
  const ports = new Map<string, string>();
  beforeAll(async () => {
    let close = async (): Promise<void> => {};
    for (const { name } of faults) ports.set(`port-${name}`, String(await freePort()));
    const places = async (scene: Scene): Promise<Map<string, string>> =>
      new Map([...(await startBackends(scene)), ...ports]);
    const stream = faults.map(
      ({ name, site, beside = '' }) =>
        `${beside}\nserver {\n    listen 127.0.0.1:<port-${name}>;\n    proxy_connect_timeout 300ms;\n    ${site}\n}`,
    );
    lab = await openLab({ faults: [], stream: stream.join('\n'), places }, (end) => {
      close = end;
    });
    return close;
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (name, { site, cause, place }) => {
    const port = ports.get(`port-${name}`)!;
    const reply = await talk(Number(port), 'hello\r\n');
    expect(reply.status).toBeNull();
    const found = await until(`an entry about port ${port}`, () => {
      const about = [...entries(lab.nginx.errorLog())].filter(({ record }) => record.server === `127.0.0.1:${port}`);
      const told = about.flatMap(({ record }) => explain(record, lab.project) ?? []);
      const found = told.filter((each) => each.cause !== 'upstream-disabled');
      return found.length > 0 ? found : null;
    });
    expect([...new Set(found.map((each) => each.cause))]).toEqual([cause]);
    expect(found[0]!.status).toEqual([]);
    expect(placeTexts(lab, found[0]!)[0]).toBe(filled(place ?? /proxy_pass [^;]+;/.exec(site)![0], lab.places));
  });
});
