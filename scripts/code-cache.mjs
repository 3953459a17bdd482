// `node scripts/code-cache.mjs program.js`: runs a program of the build as people do, and writes what V8 compiled beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';

const filename = path.resolve(process.argv[2]);
const text = readFileSync(filename, 'latin1');
const odd = /[^\0-\x7f]/.exec(text);
if (odd) throw new Error(`${filename} is not ASCII at ${odd.index}: start.ts would read it otherwise`);
const script = new Script(text, { filename });
const run = script.runInThisContext();

// What has not run is not in the cache.
const runs = [
  ['check', 'demo'],
  ['check', 'test/fixtures'],
  ['check', '--format', 'json', 'demo/nginx'],
  ...(path.basename(filename) === 'check.js' ? [] : [['explain', 'demo']]),
];

// Each starts when the one before ends the process.
const exit = process.exit;
process.exit = () => void setImmediate(next);

function next() {
  const args = runs.shift();
  if (!args) {
    writeFileSync(filename.replace(/\.js$/, '.cache'), script.createCachedData());
    exit(0);
  }
  process.argv = [process.execPath, filename, ...args];
  const program = { exports: {} };
  run(program.exports, createRequire(filename), program, filename, path.dirname(filename));
}

next();
