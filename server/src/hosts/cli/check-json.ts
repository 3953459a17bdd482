/** `check --format json`: one array, as interfaces.md fixes it. */
import type { Checked } from './check';
import { jsonArray } from './output';
import { findingJson } from './shapes';

export async function printJson({ project, findings }: Checked): Promise<void> {
  const array = jsonArray();
  for (const finding of findings) await array.add(findingJson(project, finding));
  await array.end();
}
