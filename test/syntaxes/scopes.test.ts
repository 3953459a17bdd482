/** Checks every Markdown fixture in this folder: the scopes it names, and that no rule stays open. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCases } from './fixture';
import { fits, type Language, loadGrammar, scopesAt, tokenise } from './grammar';

const folder = new URL('.', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
  describe(file, async () => {
    for (const { title, language, text, marks, unfinished } of readCases(readFileSync(new URL(file, folder), 'utf8'))) {
      it(title, async () => {
        const tokens = tokenise(await loadGrammar(language as Language), text);
        const wrong: string[] = [];
        for (const mark of marks) {
          for (let character = mark.start; character < mark.end; character++) {
            const scopes = scopesAt(tokens, mark.line, character);
            const failed = mark.scopes.filter((scope) =>
              scope.startsWith('!') ? fits(scopes, scope.slice(1)) : !fits(scopes, scope),
            );
            if (failed.length > 0) {
              const line = text.split('\n')[mark.line] ?? '';
              const span = `"${line.slice(mark.start, mark.end)}" at "${line[character] ?? ''}"`;
              wrong.push(
                `${file} ${mark.source}: ${span} wants ${failed.join(' ')}, has ${scopes.join(' ') || 'none'}`,
              );
              break;
            }
          }
        }
        expect(wrong, wrong.join('\n')).toEqual([]);
        if (unfinished) expect(tokens.openRules).toBeGreaterThan(0);
        else expect(tokens.openRules).toBe(0);
      });
    }
  });
}
