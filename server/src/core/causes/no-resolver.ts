/** A name that is only known at run time, and nobody to ask for it. */
import resolver from '../remedies/resolver';
import { defineCause } from './cause';
import { offerAtPass, preferFirst } from './fixes';
import { lookupStatus, nameChecks, nameIn, resolverEvidence } from './names';
import { isForRequest } from './phase';

export default defineCause({
  id: 'no-resolver',
  title: 'nginx has no DNS server to ask',
  headline: ({ record }) => {
    const name = nameIn(record);
    return name ? `nginx has no DNS server to ask for ${name}` : 'nginx has no DNS server to ask';
  },
  status: [502],
  statusOf: lookupStatus,
  pattern: /^no resolver defined to resolve\b/,
  when: isForRequest,
  why: `The pass holds a **variable**, so nginx looks the name up for each request, and for that it needs a \`resolver\`: it does not read
/etc/resolv.conf or /etc/hosts. The client gets **502**, although \`nginx -t\` is content.

Add \`resolver ADDRESS valid=30s;\` to \`http\`, \`server\` or \`location\`: the first \`nameserver\` of /etc/resolv.conf, or \`127.0.0.11\` in
Docker. Or name the backend without a variable, or give the variable the name of an \`upstream\` block.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver'],
  checks: nameChecks,
  evidence: resolverEvidence,
  fixes: (incident) => preferFirst(offerAtPass(resolver, incident)),
  advice: [resolver],
});
