/** The commands of "verify that the upstream is running", filled in for one incident. */
import { parseRequest } from '../error-log/record';
import { spell } from '../project/address';
import { shellWord } from '../text/shell';
import type { Check, Incident } from './cause';

/** Is anything listening, and is its service up? The right commands for a socket, a port, a container, a pool. */
export function listenerChecks({ address, backend, record }: Incident): Check[] {
  const checks: Check[] = [];
  if (address?.kind === 'unix') {
    const path = shellWord(address.path);
    checks.push({ title: 'Does the socket exist, and who owns it?', command: `ls -la ${path}` });
    checks.push({ title: 'Does anything listen on it?', command: `ss -xlp | grep -F -- ${path}` });
  } else if (address) {
    checks.push({
      title: `Does anything listen on port ${address.port}?`,
      command: `ss -tlnp | grep -E ':${address.port}\\b'`,
    });
    checks.push({
      title: 'Does it accept a connection from here?',
      command: `curl -sv --max-time 5 ${shellWord(curlUrl(address))} -o /dev/null`,
    });
  } else if (record.errno !== null) {
    checks.push({ title: 'What listens on this host?', command: 'ss -tlnp; ss -xlp' });
  }
  return [...checks, ...serviceChecks({ backend, address })];
}

/** The state and the log of the service behind the address: systemd, Docker, pm2, whichever fits. */
export function serviceChecks({ backend, address }: Pick<Incident, 'backend' | 'address'>): Check[] {
  const name = backend.name === null ? null : shellWord(backend.name);
  switch (backend.kind) {
    case 'php-fpm': {
      const checks: Check[] = [
        { title: 'Is php-fpm running?', command: `systemctl status ${name ?? 'php-fpm'}` },
        { title: 'What did php-fpm log?', command: `journalctl -u ${name ?? 'php-fpm'} -n 50 --no-pager` },
      ];
      const version = /^php(\d+\.\d+)-fpm$/.exec(backend.name ?? '')?.[1];
      const files = backend.pool
        ? shellWord(backend.pool.get('listen')!.file)
        : version
          ? `/etc/php/${version}/fpm/pool.d/*.conf`
          : '/etc/php-fpm.d/*.conf';
      checks.push({ title: 'Where does the pool listen?', command: `grep -E '^listen' ${files}` });
      return checks;
    }
    case 'container':
      return [
        { title: 'Is the container up?', command: `docker ps --filter name=${name}` },
        { title: 'What did it log?', command: `docker logs ${name} --tail 50` },
        { title: 'Which ports does it have?', command: `docker port ${name}` },
      ];
    default: {
      const port = address?.kind === 'tcp' ? address.port : null;
      return [
        name
          ? { title: 'Is the service running?', command: `systemctl status ${name}` }
          : { title: 'Which services have failed?', command: 'systemctl list-units --type=service --state=failed' },
        ...(name ? [{ title: 'What did it log?', command: `journalctl -u ${name} -n 50 --no-pager` }] : []),
        { title: 'Managed by pm2?', command: 'pm2 status' },
        ...(port === null ? [] : [{ title: 'In a container?', command: `docker ps --filter publish=${port}` }]),
      ];
    }
  }
}

/** Ask the backend as nginx does, and see what comes back. */
export function answerChecks({ address, scheme, record, backend }: Incident): Check[] {
  if (!address) return [];
  const title = 'What does the backend answer without nginx?';
  if (scheme === 'fastcgi' || backend.kind === 'php-fpm') {
    const at = address.kind === 'unix' ? address.path : spell(address);
    return [
      {
        title,
        command: `REQUEST_METHOD=GET SCRIPT_NAME=/ping SCRIPT_FILENAME=/ping cgi-fcgi -bind -connect ${shellWord(at)}`,
      },
    ];
  }
  if (scheme !== null && scheme !== 'http' && scheme !== 'https') return [];
  const path = (record.request && parseRequest(record.request)?.path) ?? '/';
  const start = path.startsWith('/') ? path : '/';
  if (address.kind === 'unix') {
    const url = shellWord(`http://localhost${start}`);
    return [{ title, command: `curl -sv --max-time 5 -o /dev/null --unix-socket ${shellWord(address.path)} ${url}` }];
  }
  const url =
    curlUrl(address)
      .slice(0, -1)
      .replace(/^http:/, scheme === 'https' ? 'https:' : 'http:') + start;
  return [{ title, command: `curl -sv${scheme === 'https' ? 'k' : ''} --max-time 5 -o /dev/null ${shellWord(url)}` }];
}

function curlUrl(address: { kind: 'tcp'; host: string; port: number | null }): string {
  return `http://${spell({ ...address, host: address.host.includes(':') && !address.host.startsWith('[') ? `[${address.host}]` : address.host })}/`;
}

/** Why did it hang up in the middle of a request? */
export function hungUpChecks(incident: Incident): Check[] {
  return [
    ...serviceChecks(incident),
    {
      title: 'Was a process killed, or did one crash?',
      command: "dmesg -T | grep -iE 'killed process|segfault' | tail",
    },
    ...answerChecks(incident),
  ];
}
