/** Flags a setting that the same section sets twice, to different values. */
import type { Setting } from '../../php-fpm/tree';
import { isTemplate } from '../../project/pool-verdicts';
import { defineRule } from '../rule';

export default defineRule({
  id: 'php-fpm/duplicate-setting',
  language: 'php-fpm',
  severity: 'warning',
  title: 'Set twice in one section',
  why: `php-fpm does not mind: of a plain setting the last value counts, of one with brackets (\`php_admin_value[…]\`, \`env[…]\`) the
first, because php-fpm applies those from the end. Whoever changes the other line changes nothing.`,
  references: ['https://www.php.net/manual/en/install.fpm.configuration.php'],
  *check(source) {
    const { tree, file } = source;
    // A template chooses among its lines.
    if (isTemplate(tree.text)) return;
    for (const section of tree.sections) {
      const seen = new Map<string, Setting>();
      for (const setting of section.settings) {
        if (setting.operatorSpan === null || setting.key === 'include' || setting.sub === '') continue;
        const name = setting.sub === null ? setting.key.toLowerCase() : `${setting.key}[${setting.sub}]`;
        const before = seen.get(name);
        if (setting.sub === null || !before) seen.set(name, setting);
        if (!before || before.value === setting.value) continue;
        const [idle, counts] = setting.sub === null ? [before, setting] : [setting, before];
        const line = source.lines.position(counts.span.start).line + 1;
        yield {
          span: idle.span,
          message: `${name} is set in line ${line} too, and that one counts (${shown(counts.value)}).`,
          related: [{ file, span: counts.span, message: 'This one counts.' }],
        };
      }
    }
  },
});

function shown(value: string): string {
  return value === '' ? 'empty' : value.length > 60 ? `${value.slice(0, 59)}…` : value;
}
