/** Flags `proxy_redirect default` where nginx cannot make anything of it. */
import { isLiteral, spanNginxNames } from '../../project/references';
import { defineRule } from '../rule';

export default defineRule({
  id: 'nginx/proxy-redirect-default',
  language: 'nginx',
  severity: 'error',
  title: 'proxy_redirect default has no proxy_pass to go by',
  why: `\`proxy_redirect default\` is made of the \`location\` and the \`proxy_pass\` of the same block, so it must stand below that
\`proxy_pass\`, and the \`proxy_pass\` cannot have variables. It is in force anyway when nothing is said, so it can often go.`,
  references: ['https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_redirect'],
  *check(source, project) {
    const { file } = source;
    for (const directive of source.named('proxy_redirect')) {
      const at = { file, directive };
      const [word, more] = directive.args;
      if (word?.value !== 'default' || more || !isLiteral(project, at)) continue;
      const context = project.contextOf(at);
      if (context !== 'location' && context !== 'location-if') continue;
      const block = project.parent(at);
      if (!block) continue;
      const passes = project.children(block.file, block.directive).get('proxy_pass') ?? [];
      const above = passes.find((pass) => pass.file !== file || pass.directive.start < directive.start);
      // The order of what different files bring in is not looked into.
      if (above && above.file !== file) continue;
      if (
        !above &&
        directive.parent?.block?.items.some(
          (item) => item.called === 'include' && item.start < directive.start && item.values[1]?.includes('proxy'),
        ) &&
        passes.length === 0
      )
        continue;
      const target = above?.directive.args[0];
      if (above && (!target || target.template || !target.value.includes('$'))) continue;
      const span = spanNginxNames(source, directive, word);
      const pass = above ?? passes[0];
      yield {
        span,
        message: above
          ? '"proxy_redirect default" cannot be made of a proxy_pass with variables: nginx refuses to start. Write what to replace and by what, or off.'
          : '"proxy_redirect default" must stand below the proxy_pass of its block: nginx refuses to start. Move it down, or leave it out where it is the default anyway.',
        related: pass ? [{ file: pass.file, span: pass.directive, message: 'The proxy_pass is here.' }] : [],
      };
    }
  },
});
