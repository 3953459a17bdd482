/** Flags a directive that nginx does not know. */
import { loadsForeignModules } from '../../project/verdicts';
import { judgedRule } from '../judged';

export default judgedRule({
  id: 'nginx/unknown-directive',
  stages: ['unknown'],
  title: 'nginx does not know this directive',
  why: `nginx stops at \`unknown directive "…"\`. Mostly it is a slip of the pen; the closest name is offered. Directives of OpenResty, njs,
NGINX Plus and the common third-party modules are known by name. Where a configuration loads other modules with
\`load_module\`, only names that look like a slip are reported, and as a warning.`,
  references: ['https://nginx.org/en/docs/dirindex.html'],
  severityOf: ({ verdict }, project) => {
    if (!loadsForeignModules(project)) return 'error';
    return verdict.fix ? 'warning' : null;
  },
});
