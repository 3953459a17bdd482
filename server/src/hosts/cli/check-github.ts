/** `check --format github`: workflow commands, which GitHub Actions shows beside the changed lines. */
import type { Severity } from '../../core/index';
import type { Checked } from './check';
import { print } from './output';
import { shown } from './paths';
import { clean } from './plain-text';
import { rangeOf } from './shapes';

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'notice',
  hint: 'notice',
};

export async function printGithub({ project, findings }: Checked): Promise<void> {
  for (const { file, span, severity, code, message } of findings) {
    const { start, end } = rangeOf(project, file, span);
    const properties: [string, string | number][] = [
      ['file', shown(file)],
      ['line', start.line + 1],
      ['endLine', end.line + 1],
    ];
    // GitHub refuses columns on a range of several lines. Its end column is the last one marked.
    if (start.line === end.line)
      properties.push(['col', start.character + 1], ['endColumn', Math.max(end.character, start.character + 1)]);
    properties.push(['title', code]);
    const written = properties.map(([name, value]) => `${name}=${property(String(value))}`).join(',');
    await print(`::${LEVELS[severity]} ${written}::${data(message)}\n`);
  }
}

/** As @actions/core escapes them: escapeData(), escapeProperty(). */
function data(text: string): string {
  return clean(text.replace(/\r\n?/g, '\n')).replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
