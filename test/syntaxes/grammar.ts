/** Loads the grammars of `syntaxes/` and tokenises texts with them as VS Code does. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import type { IGrammar, IRawGrammar, StateStack } from 'vscode-textmate';
import * as textmate from 'vscode-textmate';

export type Language = 'nginx' | 'php-fpm' | 'nginx-error-log';

export interface Token {
  readonly start: number;
  readonly end: number;
  readonly scopes: readonly string[];
}

export interface Tokens {
  readonly lines: readonly (readonly Token[])[];
  /** Rules still open after the last line; 0 in a file whose blocks and strings are closed. */
  readonly openRules: number;
}

export const scopeNames: Record<Language, string> = {
  nginx: 'source.nginx',
  'php-fpm': 'source.php-fpm',
  'nginx-error-log': 'text.log.nginx-error-log',
};

export function syntaxFile(name: string): URL {
  return new URL(`../../syntaxes/${name}`, import.meta.url);
}

/** `lua` stands in for VS Code's own Lua grammar; without it `source.lua` is missing, as in an editor that has none. */
export async function loadGrammar(language: Language, lua?: IRawGrammar): Promise<IGrammar> {
  const grammars = new Map<string, IRawGrammar>();
  for (const [name, scope] of Object.entries(scopeNames)) {
    grammars.set(scope, JSON.parse(readFileSync(syntaxFile(`${name}.tmLanguage.json`), 'utf8')));
  }
  if (lua) grammars.set('source.lua', lua);
  const registry = new textmate.Registry({
    onigLib: onigLib(),
    loadGrammar: async (scope) => grammars.get(scope) ?? null,
  });
  const grammar = await registry.loadGrammar(scopeNames[language]);
  if (!grammar) throw new Error(`no grammar ${scopeNames[language]}`);
  return grammar;
}

export function tokenise(grammar: IGrammar, text: string): Tokens {
  let stack: StateStack = textmate.INITIAL;
  let initialDepth: number | undefined;
  const lines: Token[][] = [];
  for (const line of text.split('\n')) {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    initialDepth ??= grammar.tokenizeLine('', textmate.INITIAL).ruleStack.depth;
    lines.push(result.tokens.map(({ startIndex, endIndex, scopes }) => ({ start: startIndex, end: endIndex, scopes })));
  }
  return { lines, openRules: stack.depth - (initialDepth ?? 0) };
}

/** The scopes at a place, the root scope left out. */
export function scopesAt(tokens: Tokens, line: number, character: number): readonly string[] {
  const token = tokens.lines[line]?.find(({ start, end }) => start <= character && character < end);
  return token?.scopes.slice(1) ?? [];
}

/** `string.quoted` fits `string.quoted.double.nginx`. */
export function fits(scopes: readonly string[], expected: string): boolean {
  return scopes.some((scope) => scope === expected || scope.startsWith(`${expected}.`));
}

let wasm: Promise<void> | undefined;

async function onigLib() {
  wasm ??= loadWASM(readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm')));
  await wasm;
  return { createOnigScanner, createOnigString };
}
