/**
 * The program `upstream-medic check`: what runs most often, in scripts and in CI, without the parts of the other commands,
 * which would take longer to load than most files to check.
 */
import { check } from './cli/check';
import { run } from './cli/commands';

void run({ check: async () => check });
