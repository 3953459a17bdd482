/** Where the docs of a rule, a cause or a remedy are read. */

import { SUPPRESSION } from './suppressions';

const HOME = 'https://github.com/upstream-medic/upstream-medic/blob/main/docs';

export function docsUrl(kind: 'rules' | 'causes' | 'remedies', id: string): string {
  // Not a rule, but found like one.
  if (id === SUPPRESSION) return `${HOME}/suppression.md`;
  return `${HOME}/${kind}/${id}.md`;
}
