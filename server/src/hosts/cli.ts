/** The program `upstream-medic`. What a command needs is loaded when it is called. */
import { run } from './cli/commands';

void run({
  check: async () => (await import('./cli/check')).check,
  explain: async () => (await import('./cli/explain')).explainLogs,
  fix: async () => (await import('./cli/fix')).fix,
  rules: async () => (await import('./cli/rules')).rules,
});
