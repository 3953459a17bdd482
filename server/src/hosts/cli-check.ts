/**
 * The program `upstream-medic check`: what runs most often, in scripts and in CI, without the parts of the other commands,
 * which would take longer to load than most files to check.
 */
import { check } from './cli/check';
import { run } from './cli/commands';

const absent = (): never => {
  throw new Error('cli.ts has this command');
};

void run({ check: async () => check, explain: absent, fix: absent, rules: absent });
