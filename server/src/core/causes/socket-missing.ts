/** connect() to a unix socket that is not there. */
import alignAddress from '../remedies/align-address';
import restartPolicy from '../remedies/restart-policy';
import { defineCause } from './cause';
import { listenerChecks } from './checks';
import { connectFailure } from './connecting';
import { listenerEvidence, unreachableFixes } from './fixes';
import { isUpstreamPhase } from './phase';

export default defineCause({
  id: 'socket-missing',
  title: 'The unix socket does not exist',
  headline: ({ address }) =>
    address?.kind === 'unix' ? `There is no socket ${address.path}` : 'The unix socket does not exist',
  status: [502],
  pattern: /^(?:(?:kevent\(\) reported that )?connect\(\) (?:to |failed)|\(?(?:2: )?No such file or directory)/,
  when: (record) =>
    connectFailure(record) === 'socket-missing' ||
    (/^\(?(?:2: )?No such/.test(record.message) && isUpstreamPhase(record)),
  why: `nginx connects to a socket file that does not exist. Either the service that creates it is down, or it creates it under
another name: a path with the PHP version in it (\`php8.1-fpm.sock\`) goes stale with every upgrade. \`/var/run\` and \`/run\`
are the same folder. A socket in \`/tmp\` is invisible to nginx where either unit has \`PrivateTmp=yes\`.

The client gets **502** at once.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_pass'],
  checks: listenerChecks,
  evidence: listenerEvidence,
  rules: ['links/unit-address-mismatch'],
  fixes: unreachableFixes,
  advice: [alignAddress, restartPolicy],
});
