/** Flags a directive that the chosen version of nginx does not have. */
import { judgedRule } from '../judged';

export default judgedRule({
  id: 'nginx/wrong-version',
  stages: ['version'],
  title: 'This nginx does not have the directive',
  why: `The directive came with a later version than the one judged by, or went with an earlier one. That is the version set with
\`upstreamMedic.nginxVersion\` or \`--nginx-version\`; without it, in a trusted workspace, the one that \`nginx -v\` tells. Where there
is neither, nothing is reported.`,
  references: ['https://nginx.org/en/CHANGES'],
});
