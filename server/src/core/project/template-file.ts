/** Files that another program fills in before nginx reads them, by their names. */

const TEMPLATE = /\.(?:template|tmpl|tpl|j2|erb|in|dist)$/;

/** May a word with a dollar sign be that program's? */
export function isTemplateFile(file: string): boolean {
  return TEMPLATE.test(file);
}
