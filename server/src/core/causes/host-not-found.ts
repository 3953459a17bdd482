/** The upstream's name does not exist for nginx. */
import { defineCause } from './cause';
import { lookupStatus, nameChecks, nameIn, placeEvidence, resolverEvidence } from './names';
import { isForRequest } from './phase';

export default defineCause({
  id: 'host-not-found',
  title: 'The upstream’s name does not exist',
  headline: ({ record }) => {
    const name = nameIn(record);
    return name ? `nginx finds no address for ${name}` : 'The upstream’s name does not exist';
  },
  status: [502],
  statusOf: lookupStatus,
  pattern: /^(?:\S{1,253} could not be resolved \(3:|host not found in upstream ")/,
  when: isForRequest,
  why: `\`could not be resolved (3: Host not found)\`: the DNS server named in \`resolver\` says that there is no such name. The client gets
**502**. nginx's resolver asks that server and nothing else: **no /etc/hosts, no search domains**, so a short name that \`ping\`
finds may not exist for nginx. Write the full name; for Docker's names use \`resolver 127.0.0.11\`.

\`host not found in upstream\` comes from reading the configuration: nginx does not start, or keeps its old configuration on a
reload. Start the backend first, mend the name, or use a variable with a \`resolver\`, so that it is looked up at run time.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver'],
  checks: nameChecks,
  evidence: (incident) => [...placeEvidence(incident), ...resolverEvidence(incident)],
  rules: ['links/unknown-service'],
  fixes: () => [],
});
