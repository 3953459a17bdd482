/** Makes the rules for what nginx's own parser refuses: each hands on one kind of problem that the parser has found. */
import type { SyntaxCode } from '../nginx/tree';
import { defineRule, mend, type NginxRule, type Severity } from './rule';

const REFERENCE = 'https://nginx.org/en/docs/beginners_guide.html#conf_structure';

export function syntaxRule(code: SyntaxCode, title: string, why: string, severity: Severity = 'error'): NginxRule {
  const id = `nginx/${code}`;
  return defineRule({
    id,
    language: 'nginx',
    severity,
    title,
    why,
    references: [REFERENCE],
    *check(source) {
      const { file } = source;
      for (const problem of source.tree.problems) {
        if (problem.code !== code) continue;
        const { span, message, related, fix } = problem;
        yield {
          span,
          message,
          related: related ? [{ file, ...related }] : [],
          fixes: fix ? [mend(id, fix.title, [{ file, span: fix.span, newText: fix.newText }])] : [],
        };
      }
    },
  });
}
