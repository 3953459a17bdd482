/**
 * `npx tsx test/oracle/php-fpm/report.ts [--kind X] [--show N] [--only missed] [--match TEXT] [--seed S]`: the table, and
 * with `--show` the first disagreements.
 */
import { parseArgs } from 'node:util';
import { describe, disagreement, run, table } from './run';

const { values } = parseArgs({
  options: {
    kind: { type: 'string' },
    show: { type: 'string', default: '0' },
    /** false alarm, missed, other line, host, or all. */
    only: { type: 'string' },
    /** Part of php-fpm's message. */
    match: { type: 'string' },
    seed: { type: 'string' },
  },
});

async function main(): Promise<void> {
  const { cases, mutants } = await run(({ kind }) => !values.kind || kind.includes(values.kind), values.seed);
  console.log(table(mutants));
  for (const { subject, real, ours } of cases) {
    if (!real.accepted) console.log(`\nphp-fpm refuses corpus/${subject.case.name}: ${real.message}`);
    for (const error of ours)
      console.log(`\ncorpus/${subject.case.name}: ${error.code} (${error.file}:${error.line}) ${error.message}`);
  }
  const chosen = mutants.filter((each) => {
    const is = disagreement(each);
    if (values.match && !each.real.message.includes(values.match)) return false;
    if (values.only === 'all') return true;
    return values.only === 'host' ? each.real.host : is !== null && (!values.only || is === values.only);
  });
  for (const each of chosen.slice(0, Number(values.show))) console.log(`\n${describe(each)}`);
  console.log(`\n${chosen.length} chosen`);
}

void main();
