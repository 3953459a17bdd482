/** php-fpm could not make the socket it is to listen on. */
import { dirname } from '../text/path';
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { fpmChecks, fpmEvent, settingEvidence } from './fpm';

function addressIn(message: string): string | null {
  return /(?:for address|already listen on|the socket) '?([^\s']{1,300})/.exec(message.slice(0, 600))?.[1] ?? null;
}

export default defineCause({
  id: 'fpm-listen-failed',
  title: 'php-fpm cannot listen where it is told to',
  headline: ({ record }) => {
    const address = addressIn(record.message);
    return address ? `php-fpm cannot listen on ${address}` : 'php-fpm cannot listen where it is told to';
  },
  status: [502],
  pattern:
    /^(?:\[pool [^\]\s]{1,100}\] )?(?:unable to bind listening|another FPM instance|unable to set listen|Cannot bind|failed to (?:chown|read the ACL|write the ACL|add entry))/,
  when: (record) => fpmEvent(record) === 'fpm-listen-failed',
  why: `php-fpm did not start, because the address in \`listen\` cannot be had; every PHP request then gets **502** from nginx ("connection refused" or "no such
file"). The number says why:

- **98** and "another FPM instance": something listens there already, mostly an older php-fpm that was not stopped;
- **2**: the folder of the socket does not exist (\`/run\` is empty after every boot: \`RuntimeDirectory=php\` in the unit makes it);
- **13**: php-fpm may not write there; **99**: the address is not one of this host.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#listen'],
  checks: (incident) => {
    const address = addressIn(incident.record.message);
    const port = /:(\d{1,5})$/.exec(address ?? '')?.[1];
    return [
      ...(address?.startsWith('/')
        ? [
            { title: 'Is the folder there?', command: `ls -lad ${shellWord(dirname(address))}` },
            { title: 'Who listens on it?', command: `ss -xlp | grep -F -- ${shellWord(address)}` },
          ]
        : []),
      ...(port ? [{ title: 'Who listens there?', command: `ss -tlnp | grep -E ':${port}\\b'` }] : []),
      ...fpmChecks(incident),
    ];
  },
  evidence: (incident) => {
    const address = addressIn(incident.record.message);
    const pools = incident.project?.pools.filter((pool) => pool.get('listen')?.value === address) ?? [];
    return [
      ...pools.flatMap((pool) => {
        const listen = pool.get('listen')!;
        return [{ message: `Pool "${pool.name}" is to listen there.`, file: listen.file, span: listen.setting.span }];
      }),
      ...settingEvidence(incident, ['listen.owner', 'listen.group']),
    ];
  },
  fixes: () => [],
});
