/**
 * For those who write the rules: `npx tsx test/oracle/nginx/report.ts [--kind X] [--show N] [--only missed] [--match text] [--seed S]`.
 * Prints the table, and with `--show` the first disagreements; all of them go to out/oracle/nginx-disagreements.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from './run';
import { describe, disagreement, disagreements, messageClass, table } from './tally';

const { values } = parseArgs({
  options: {
    kind: { type: 'string' },
    show: { type: 'string', default: '0' },
    /** crash, false alarm, missed, other line, or host (what nginx refuses for reasons that are not in the files). */
    only: { type: 'string' },
    /** Part of nginx's message. */
    match: { type: 'string' },
    seed: { type: 'string' },
    classes: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  const started = Date.now();
  const result = await run(({ kind }) => !values.kind || kind.includes(values.kind), values.seed);
  console.log(table(result.mutants));

  for (const { case: each, real, ours } of result.cases) {
    if (real && !real.accepted)
      console.log(`\nnginx refuses corpus/${each.name}: ${real.message} (${real.file}:${real.line})`);
    if (real === null) console.log(`\nnot judged, a module is missing: corpus/${each.name}`);
    for (const error of ours)
      console.log(`\ncorpus/${each.name}: ${error.code} (${error.file}:${error.line}) ${error.message}`);
  }

  const chosen = result.mutants.filter(
    (each) =>
      (values.only === 'host' ? each.real.host : disagreement(each) !== null) &&
      (!values.only || values.only === 'host' || disagreement(each) === values.only) &&
      (!values.match || each.real.message.includes(values.match)),
  );
  if (values.classes) {
    const classes = new Map<string, number>();
    for (const each of chosen) {
      const name = `${disagreement(each) ?? 'host'}: ${messageClass(each)}`;
      classes.set(name, (classes.get(name) ?? 0) + 1);
    }
    console.log();
    for (const [name, times] of [...classes].sort((a, b) => b[1] - a[1]))
      console.log(`${`${times}`.padStart(5)}  ${name}`);
  }
  for (const each of chosen.slice(0, Number(values.show))) console.log(`\n${describe(each)}`);

  const folder = fileURLToPath(new URL('../../../out/oracle/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'nginx-disagreements.md'), disagreements(result.mutants));
  console.log(`\n${chosen.length} disagreements, ${Date.now() - started} ms; all in out/oracle/nginx-disagreements.md`);
}

void main();
