/** Flags a module that is loaded below the blocks that it could have directives in. */
import { defineRule, mend } from '../rule';

const BLOCKS = new Set(['events', 'http', 'stream', 'mail']);

export default defineRule({
  id: 'nginx/late-load-module',
  language: 'nginx',
  severity: 'error',
  title: 'Module is loaded too late',
  why: `\`load_module\` must stand above \`events\`, \`http\`, \`stream\` and \`mail\`: with the first of these blocks nginx closes its list of
modules, and refuses to start with \`"load_module" directive is specified too late\`.`,
  references: ['https://nginx.org/en/docs/ngx_core_module.html#load_module'],
  *check(source) {
    let block = null;
    for (const item of source.tree.items) {
      if (item.block && BLOCKS.has(item.called)) block ??= item;
      if (!block || item.called !== 'load_module' || item.semicolon < 0) continue;
      const { file, text } = source;
      const start = text.lastIndexOf('\n', item.start - 1) + 1;
      const newline = text.indexOf('\n', item.end);
      const isAlone = newline >= 0 && (text.slice(start, item.start) + text.slice(item.end, newline)).trim() === '';
      yield {
        span: item.name,
        message: `load_module must stand above ${block.called}: nginx refuses to start ("load_module" directive is specified too late).`,
        related: [{ file, span: block.name, message: 'nginx closes its list of modules here.' }],
        fixes: isAlone
          ? [
              mend('nginx/late-load-module', 'Move it to the top of the file', [
                { file, span: { start: 0, end: 0 }, newText: `${text.slice(item.start, item.end)}\n` },
                { file, span: { start, end: newline + 1 }, newText: '' },
              ]),
            ]
          : [],
      };
    }
  },
});
