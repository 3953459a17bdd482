/** Where the docs of a rule, a cause or a remedy are read. */

const HOME = 'https://github.com/upstream-medic/upstream-medic/blob/main/docs';

export function docsUrl(kind: 'rules' | 'causes' | 'remedies', id: string): string {
  return `${HOME}/${kind}/${id}.md`;
}
