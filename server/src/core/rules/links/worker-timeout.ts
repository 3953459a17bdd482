/** Points out a limit of time of an application server that ends a request before nginx's does. */
import { meets, spell } from '../../project/address';
import { type Endpoint, linkedAddresses } from '../../project/links';
import { areNear } from '../../project/meant';
import type { Project } from '../../project/project';
import { inForce, timeInForce } from '../../project/settings';
import { systemOf } from '../../project/system';
import { unitListeners } from '../../project/units';
import type { Place } from '../../text/span';
import { defineRule } from '../rule';

export default defineRule({
  id: 'links/worker-timeout',
  language: 'nginx',
  severity: 'information',
  title: 'The application server gives up before nginx does',
  why: `gunicorn kills a worker that has been busy with one request for longer than \`--timeout\`, uWSGI one that exceeds \`--harakiri\`. nginx
sees the connection close: \`upstream prematurely closed connection while reading response header\`, and the client gets **502**,
however long \`proxy_read_timeout\` is. Where a longer one was set in nginx the other half was mostly forgotten. Told of the command
lines of systemd units, Compose services and Dockerfiles; not where the workers are asynchronous, whose \`--timeout\` is no limit for a request.`,
  references: ['https://docs.gunicorn.org/en/stable/settings.html#timeout'],
  *check(source, project) {
    for (const { endpoint, pass } of linkedAddresses(project, source)) {
      const { family } = pass.target;
      if (family !== 'proxy' && family !== 'uwsgi') continue;
      const set = inForce(project, pass, `${family}_read_timeout`);
      const read = set && timeInForce(project, pass, `${family}_read_timeout`, 60_000);
      const limit = read ? limitAt(project, endpoint) : null;
      if (!set || !read || !limit || limit.seconds * 1000 >= read) continue;
      yield {
        span: set.file === source.file ? set.directive.args[0]! : endpoint.span,
        message: `nginx would wait ${read / 1000}s for ${spell(endpoint.address)}, but ${limit.what} kills a worker after ${limit.seconds}s (${limit.option}): slow requests get 502.`,
        related: [
          { ...limit.place, message: `${limit.option} is set here.` },
          { file: endpoint.at.file, span: endpoint.at.directive, message: 'The backend that is meant.' },
        ],
      };
    }
  },
});

interface Limit {
  readonly what: string;
  readonly option: string;
  readonly seconds: number;
  readonly place: Place;
}

function limitAt(project: Project, { address, at }: Endpoint): Limit | null {
  const units = unitListeners(project).filter(
    (each) => !each.socket && meets(address, each.address) && areNear(project, at.file, each.at.file),
  );
  if (units.length === 1) {
    const [{ at: line, unit }] = [units[0]!];
    return limitIn(line.value, unit.name, { file: line.file, span: line.span });
  }
  if (units.length > 0 || address.kind !== 'tcp') return null;
  const system = systemOf(project);
  const own = system.containersOf(at.file);
  const [service, ...others] = own.length > 0 ? system.named(address.host, own) : [];
  const command = service?.service.command ?? service?.dockerfile?.command;
  if (!service || !command || others.length > 0) return null;
  const { name, span } = service.service;
  return limitIn(command, `service "${name}"`, { file: service.file, span });
}

function limitIn(command: string, what: string, place: Place): Limit | null {
  const gunicorn = /\bgunicorn3?\b/.test(command);
  if (!gunicorn && !/\buwsgi\b/.test(command)) return null;
  // Their heartbeat goes on while a request is served.
  if (gunicorn && /(?:^|\s)(?:-k|--worker-class|--threads|-c|--config)(?:[= ]|$)/.test(command)) return null;
  const [, option, digits] =
    (gunicorn ? /(?:^|\s)(-t|--timeout)[= ]?(\d{1,5})(?=\s|$)/ : /(?:^|\s)(--harakiri)[= ](\d{1,5})(?=\s|$)/).exec(
      command,
    ) ?? [];
  const seconds = Number(digits);
  return option && seconds > 0 ? { what, option: `${option} ${seconds}`, seconds, place } : null;
}
