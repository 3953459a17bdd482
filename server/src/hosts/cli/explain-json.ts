/** `explain --format json|jsonl`: each entry as it comes, as interfaces.md fixes it; of several logs with the one it is in. */
import type { Explanation, Project } from '../../core/index';
import type { ExplainFormat } from './explain';
import { json, print } from './output';
import { explanationJson } from './shapes';

/** So much is printed at once. */
const ENOUGH = 64 * 1024;

export function jsonFormat(project: Project | null, hasSeveral: boolean): ExplainFormat {
  let isFirst = true;
  return lines(project, hasSeveral, {
    before: () => {
      const mark = isFirst ? '[\n' : ',\n';
      isFirst = false;
      return mark;
    },
    after: '',
    end: () => (isFirst ? '[]\n' : '\n]\n'),
  });
}

export function jsonLinesFormat(project: Project | null, hasSeveral: boolean): ExplainFormat {
  return lines(project, hasSeveral, { before: () => '', after: '\n', end: () => '' });
}

interface Marks {
  before(): string;
  readonly after: string;
  end(): string;
}

function lines(project: Project | null, hasSeveral: boolean, marks: Marks): ExplainFormat {
  let waiting = '';
  const object = (explanation: Explanation, line: number, log: string): object => {
    const { line: number, ...rest } = explanationJson(project, explanation, line);
    return hasSeveral ? { log, line: number, ...rest } : { line: number, ...rest };
  };
  return {
    add(explanation, line, log) {
      waiting += marks.before() + json(object(explanation, line, log)) + marks.after;
      if (waiting.length < ENOUGH) return undefined;
      const text = waiting;
      waiting = '';
      return print(text);
    },
    end: () => print(waiting + marks.end()),
  };
}
