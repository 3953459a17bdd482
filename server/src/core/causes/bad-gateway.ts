/** An access-log line with 502: the error log says why; the times and addresses in the line say how far nginx came. */
import { spell } from '../project/address';
import { accessEvidence, errorLogChecks, reached } from './access';
import { defineCause } from './cause';
import { answerChecks, listenerChecks } from './checks';
import { unreachableFixes } from './fixes';

export default defineCause({
  id: 'bad-gateway',
  title: 'The access log shows a 502; the reason is in the error log',
  headline: ({ record, address }) => {
    const where = address ? ` ${spell(address)}` : ' the upstream';
    switch (reached(record)) {
      case 'nobody':
        return 'nginx had no backend to ask: a name that could not be resolved, or a 502 of its own';
      case 'group':
        return `No server of "${record.upstream?.slice(0, 100)}" was left to ask`;
      case 'unconnected':
        return `No connection to${where} came about`;
      case 'at once':
        return `It ended at once: most likely nothing accepts connections on${where}`;
      case 'connected':
        return `nginx reached${where}, but no usable answer came back`;
      case 'answered':
        return `The backend itself answered 502${address ? ` (${spell(address)})` : ''}`;
      default:
        return 'The access log shows a 502; the reason is in the error log';
    }
  },
  status: [502],
  pattern: /^access log: 502$/,
  why: `nginx asked a backend and got no answer that it could pass on, so its client got **502**. Why is said by the entry in the **error
log** with the same time, client and request: open both, and it is joined to this line.

What the fields of this line say (\`$upstream_addr\`, \`$upstream_status\` and the times; several values are several tries):

- a time of 0.000 and no connect time: refused, or the socket is missing;
- a connect time, but no header time: the backend hung up, or sent what nginx could not read;
- a header time: the 502 is the **backend's own**, and nginx has logged nothing;
- a dash for the address: nginx could not resolve the name; a name without a port: no server of that group was left.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_upstream_module.html#variables'],
  checks: (incident) => [
    ...errorLogChecks(incident),
    ...(reached(incident.record) === 'answered' ? answerChecks(incident) : []),
    ...listenerChecks(incident),
  ],
  evidence: accessEvidence,
  fixes: (incident) =>
    ['unconnected', 'at once'].includes(reached(incident.record)) ? unreachableFixes(incident) : [],
});
