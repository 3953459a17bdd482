/** `explain --format json|jsonl`: each entry as it comes, as interfaces.md fixes it. */
import type { Project } from '../../core/index';
import type { ExplainFormat } from './explain';
import { json, jsonArray, print } from './output';
import { explanationJson } from './shapes';

export function jsonFormat(project: Project | null): ExplainFormat {
  const array = jsonArray();
  return {
    add: (explanation, line) => array.add(explanationJson(project, explanation, line)),
    end: () => array.end(),
  };
}

export function jsonLinesFormat(project: Project | null): ExplainFormat {
  return {
    add: (explanation, line) => print(`${json(explanationJson(project, explanation, line))}\n`),
    end: async () => {},
  };
}
