/** Flags an HTTP pass to a port at which databases and the like listen. */
import { passesOf } from '../../project/links';
import { kindOf } from '../../project/references';
import { defineRule } from '../rule';

/** Ports that programs without HTTP have had for decades; nobody serves a site there. */
const PORTS: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [25, 'mail servers (SMTP)'],
  [3306, 'MySQL and MariaDB'],
  [5432, 'PostgreSQL'],
  [6379, 'Redis'],
  [11211, 'memcached'],
  [27017, 'MongoDB'],
]);

export default defineRule({
  id: 'nginx/not-http-port',
  language: 'nginx',
  severity: 'warning',
  title: 'A port at which nobody speaks HTTP',
  why: `A program that greets in its own protocol makes nginx write \`upstream sent no valid HTTP/1.0 header\`: the client gets its bytes
without a status line, and the access log has 009 as the status. Others hang up without a word, and the client gets **502**. To
hand on connections to a database use the \`stream\` module; for memcached \`memcached_pass\`.`,
  references: ['https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html'],
  *check(source, project) {
    for (const pass of passesOf(project, source)) {
      const { scheme, dynamic } = pass.target;
      if (dynamic || (scheme !== 'http' && scheme !== 'https')) continue;
      const wrong = pass.endpoints.find(
        ({ address, server }) => address.kind === 'tcp' && PORTS.has(address.port ?? 0) && !server?.flags.has('down'),
      );
      if (wrong?.address.kind !== 'tcp' || kindOf(project, pass.at) !== 'http') continue;
      const { port } = wrong.address;
      yield {
        span: pass.addressSpan,
        message: `Port ${port} is that of ${PORTS.get(port!)}: likely nobody there speaks HTTP, and requests get 502, or bytes without a status. Write the port of the application.`,
        related: pass.upstream ? [{ file: wrong.at.file, span: wrong.span, message: `Port ${port}.` }] : [],
      };
    }
  },
});
