/** Flags a directive that the chosen version of nginx does not have. */
import { judgedRule } from '../judged';

export default judgedRule({
  id: 'nginx/wrong-version',
  stages: ['version'],
  title: 'This nginx does not have the directive',
  why: `The directive came with a later version than the one set with \`upstreamMedic.nginxVersion\` or \`--nginx-version\`, or went with an
earlier one. Without a version set nothing is reported.`,
  references: ['https://nginx.org/en/CHANGES'],
});
