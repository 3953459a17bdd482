/**
 * What `dist/cli.js` is: starts the program of cli.ts from V8's cache of its compiled code, which the build made. Compiling
 * it anew takes longer than most checks. V8 itself refuses a cache of another version, and compiles.
 */
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

const filename = join(__dirname, 'cli/program.js');

function cache(): Buffer | undefined {
  try {
    return readFileSync(join(__dirname, 'cli/program.cache'));
  } catch {
    return undefined;
  }
}

const script = new Script(Module.wrap(readFileSync(filename, 'utf8')), { filename, cachedData: cache() });
const program = { exports: {} };
script.runInThisContext()(program.exports, createRequire(filename), program, filename, join(__dirname, 'cli'));
