/** connect() to a host and port that the system forbids nginx to reach. */
import { spell } from '../project/address';
import { shellWord } from '../text/shell';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { connectFailure } from './connecting';
import { failoverFixes } from './fixes';

export default defineCause({
  id: 'tcp-permission-denied',
  title: 'The system does not let nginx connect',
  headline: ({ address }) => `The system does not let nginx connect${address ? ` to ${spell(address)}` : ''}`,
  status: [502],
  pattern: /^(?:kevent\(\) reported that )?connect\(\) (?:to |failed)/,
  when: (record) => connectFailure(record) === 'tcp-permission-denied',
  why: `A TCP connection needs no file permission, so this is a policy on nginx's host: mostly **SELinux**, which lets a web server
connect only to ports with the label \`http_port_t\` unless \`httpd_can_network_connect\` is on; sometimes AppArmor, a container's
seccomp profile or an outgoing firewall rule. The client gets **502** at once.

Neither \`chmod\` nor a change in nginx.conf helps. Prefer labelling the one port over opening them all.`,
  references: ['https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/using_selinux/index'],
  checks: (incident) => {
    const port = incident.address?.kind === 'tcp' ? incident.address.port : null;
    return [
      { title: 'Did SELinux deny it?', command: 'ausearch -m avc -c nginx -ts recent' },
      { title: 'May web servers connect at all?', command: 'getsebool httpd_can_network_connect' },
      {
        title: 'Which label has the port?',
        command: port === null ? 'semanage port -l' : `semanage port -l | grep -wF ${shellWord(String(port))}`,
      },
      ...(port === null
        ? []
        : [
            {
              title: 'Allow this one port (changes the policy)',
              command: `semanage port -a -t http_port_t -p tcp ${port}`,
            },
          ]),
      { title: 'Allow every port (changes the policy)', command: 'setsebool -P httpd_can_network_connect on' },
      ...listenerChecks(incident),
    ];
  },
  fixes: failoverFixes,
});
