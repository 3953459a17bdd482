/** Flags an argument that nginx does not accept. */
import { judgedRule } from '../judged';

export default judgedRule({
  id: 'nginx/invalid-value',
  stages: ['value'],
  title: 'nginx does not accept this value',
  why: `Each directive reads its arguments with a parser of its own: on or off, a number, a size (\`8k\`, \`1m\`), a time (\`60s\`, \`2m\`,
\`500ms\`), one of a list of words, an address, a regular expression … What it refuses stops \`nginx -t\`. Placeholders of templates
(\`\${VAR}\`, Jinja) are left alone.`,
  references: ['https://nginx.org/en/docs/syntax.html'],
});
