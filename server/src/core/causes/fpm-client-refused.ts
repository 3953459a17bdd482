/** php-fpm hung up on a client that is not on its list. */
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { fpmChecks, fpmEvent } from './fpm';

export default defineCause({
  id: 'fpm-client-refused',
  title: 'php-fpm does not accept connections from this address',
  headline: ({ record }) => {
    const address = /IP address '([^']{1,60})'/.exec(record.message)?.[1];
    return address
      ? `php-fpm accepts no connections from ${address}`
      : 'php-fpm does not accept connections from this address';
  },
  status: [502],
  pattern:
    /^(?:\[pool [^\]\s]{1,100}\] )?(?:child \d{1,10} said into stderr: "ERROR: )?Connection disallowed: IP address /,
  when: (record) => fpmEvent(record) === 'fpm-client-refused',
  why: `\`listen.allowed_clients\` of the pool does not name the address that nginx connects from, so php-fpm closes the connection at once. nginx writes
\`recv() failed (104)\`, and the client gets **502**.

Add the address of nginx's host or container, **without a blank after the comma**: php-fpm takes the blank as part of the next address.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php#listen-allowed-clients'],
  checks: (incident) => {
    const address = /IP address '([^']{1,60})'/.exec(incident.record.message)?.[1];
    return [
      ...(address ? [{ title: 'Is it nginx?', command: `ss -tnp | grep -F -- ${shellWord(address)}` }] : []),
      { title: 'Whom does the pool accept?', command: "grep -rn 'allowed_clients' /etc/php* /usr/local/etc/php-fpm*" },
      ...fpmChecks(incident),
    ];
  },
  evidence: ({ project }) =>
    (project?.pools ?? []).flatMap((pool) => {
      const clients = pool.get('listen.allowed_clients');
      return clients?.value
        ? [
            {
              message: `Pool "${pool.name}" accepts ${clients.value} only.`,
              file: clients.file,
              span: clients.setting.span,
            },
          ]
        : [];
    }),
  rules: ['links/allowed-clients'],
  fixes: () => [],
});
