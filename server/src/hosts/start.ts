/**
 * What `dist/cli.js` is: starts a program from V8's cache of its compiled code, which the build made. Compiling it anew takes
 * longer than most checks. V8 itself refuses a cache of another version, and compiles.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

const folder = join(__dirname, 'cli');
const isCheck = process.argv[2] === 'check';
const filename = join(folder, isCheck ? 'check.js' : 'program.js');
// check asks for Node's modules only, and the one that makes a `require` for another file takes a while to load.
const load: NodeJS.Require = isCheck ? require : require('node:module').createRequire(filename);

function cache(): Buffer | undefined {
  try {
    return readFileSync(filename.replace(/\.js$/, '.cache'));
  } catch {
    return undefined;
  }
}

// The build wraps them as Node does a module, and leaves nothing in them that Latin-1 would read otherwise.
const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: cache() });
// Only for the V8 that the build knew, which has these flags.
if (isCheck && script.cachedDataRejected === false) {
  const { setFlagsFromString } = load('node:v8') as typeof import('node:v8');
  // Nothing that a check does lasts long enough to be worth the work of V8's optimizing compiler as early as it usually begins.
  setFlagsFromString('--interrupt-budget=1000000');
  // Nearly all that it reads stays in use to the end: a larger space for what is new would only be more memory to ask for.
  setFlagsFromString('--semi-space-growth-factor=1');
}
const program = { exports: {} };
script.runInThisContext()(program.exports, load, program, filename, folder);
