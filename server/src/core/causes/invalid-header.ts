/** What the upstream sent cannot be read as a response header. */
import restartPolicy from '../remedies/restart-policy';
import { HEADER } from './answers';
import { defineCause } from './cause';
import { answerChecks, listenerChecks } from './checks';
import { wrongProtocolEvidence } from './directives';
import { preferFirst, restartFixes } from './fixes';
import { isForRequest } from './phase';

export default defineCause({
  id: 'invalid-header',
  title: 'The upstream sent an invalid header',
  status: [502],
  // Since 1.23 a repeated header that must be unique is dropped with a warning that ends in "ignored".
  statusOf: ({ record }) => {
    if (record.message.startsWith('invalid header after joining')) return [500];
    return /^upstream sent duplicate header line:.*, ignored\b/s.test(record.message) ? [] : [502];
  },
  pattern: HEADER,
  when: isForRequest,
  why: `The backend answered, but not with a response that nginx can read. The client gets **502**. The message quotes the beginning, with
the offending byte as \`\\x20\` or the like. Usual reasons:

- the application printed something **before or among the headers**: a traceback, debug output, a header name with a blank or a
  colon missing;
- the **wrong port**: another program or another protocol answers there;
- \`Content-Length\` and \`Transfer-Encoding\` together, or one of them twice: since 1.23 nginx refuses these, older versions
  passed them on. Backends behind another proxy, and Spring, are known for it.

nginx cannot be told to accept it; the backend has to be mended.`,
  references: ['https://nginx.org/en/CHANGES'],
  checks: (incident) => [...answerChecks(incident), ...listenerChecks(incident)],
  evidence: wrongProtocolEvidence,
  fixes: (incident) => preferFirst(restartFixes(incident).slice(0, 1)),
  advice: [restartPolicy],
});
