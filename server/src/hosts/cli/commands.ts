/** What can be typed, what each command reads, and what its exit status means. */
import { Command, CommanderError, Option } from 'commander';
import type { CheckOptions } from './check';
import type { ExplainOptions } from './explain';
import { parseMoment } from './explain-time';
import type { FixOptions } from './fix';
import { parseContext, parseRule, parseVersion, repeated, severities, UsageError } from './options';
import { complain, flushed, print, warn } from './output';
import { version } from './version';

/** By command, what loads the one that does its work, when it is called. A program may have some of them only. */
export interface Commands {
  readonly check?: () => Promise<typeof import('./check').check>;
  readonly explain?: () => Promise<typeof import('./explain').explainLogs>;
  readonly fix?: () => Promise<typeof import('./fix').fix>;
  readonly rules?: () => Promise<typeof import('./rules').rules>;
}

type Load<K extends keyof Commands> = NonNullable<Commands[K]>;

const EXIT = `
Exit status: 0 nothing at or above --fail-on, 1 something was, 2 the command
could not do its work.`;

function program({ check, explain, fix, rules }: Commands): Command {
  const medic = new Command('upstream-medic')
    .description('Finds, explains and heals nginx 502 Bad Gateway and its kin.')
    .version(version())
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => void print(text),
      writeErr: warn,
      outputError: (text, write) => write(text.replace(/^error:/, 'upstream-medic:')),
    });

  if (check) addCheck(medic, check);
  if (explain) addExplain(medic, explain);
  if (fix) addFix(medic, fix);
  if (rules) addRules(medic, rules);
  for (const command of [medic, ...medic.commands]) command.exitOverride();
  return medic;
}

function addCheck(medic: Command, load: Load<'check'>): void {
  project(medic.command('check'))
    .description('Check nginx and php-fpm configuration')
    .argument('[paths...]', 'files (each a root of its own), folders (searched), "-" for stdin; default: this folder')
    .addOption(
      new Option('--format <format>', 'how findings are printed')
        .choices(['text', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option('--hints', 'print hints too (json always has them)')
    .addHelpText(
      'after',
      `${EXIT}
All paths make one project: nginx files are linked with the pools behind them.
What they include is checked too. Findings in standard input are reported for
the file "-". json: lines and characters from 0, as in LSP.`,
    )
    .action(async (paths: string[], options: CheckOptions) => {
      const check = await load();
      process.exitCode = await check(paths, options);
    });
}

function addExplain(medic: Command, load: Load<'explain'>): void {
  configuration(medic.command('explain'))
    .description('Explain the gateway errors of nginx error logs')
    .argument('[files...]', 'the logs, gzip too; "-" or nothing for stdin')
    .addOption(
      new Option('--format <format>', 'how explanations are printed')
        .choices(['text', 'json', 'jsonl', 'summary'])
        .default('text'),
    )
    .option('--since <time>', 'leave out what was before: "2026-11-22 14:00", 14:00, 1h (ago), ISO 8601', (value) =>
      parseMoment(value),
    )
    .option('--until <time>', 'leave out what was later', (value) => parseMoment(value))
    .addHelpText(
      'after',
      `
Exit status: 0 the log was read, whatever it says; 2 the command could not do
its work. text puts the same incident (cause, upstream, place) together and
prints at the end of the log; json and jsonl print each entry as it comes. Their
"line" is the line of the log, from 1; ranges count from 0, as in LSP. summary
counts by cause and upstream, by status, by request and over time. Times are
those of the log; "14:00" is today, and "1h" ago by the clock of this machine.`,
    )
    .action(async (files: string[], options: ExplainOptions) => {
      const explain = await load();
      process.exitCode = await explain(files, options);
    });
}

function addFix(medic: Command, load: Load<'fix'>): void {
  configuration(project(medic.command('fix')))
    .description('Apply the preferred fixes of check, or of explain with --log')
    .argument('[paths...]', 'as for check; with --log: the configuration that the log is about')
    .option('--log <file>', 'heal what this error log shows, not what check finds')
    .addOption(new Option('--dry-run', 'print a unified diff and change nothing (default)').conflicts('write'))
    .option('--write', 'change the files')
    .addHelpText(
      'after',
      `
Fixes what check reports as error or warning; --rule id=warning takes in an
information or a hint. Commands that make a change take effect are printed,
never run.

Exit status: 0 nothing at or above --fail-on is left after the fixes, 1
something is, 2 the command could not do its work. With --log: 0 or 2.`,
    )
    .action(async (paths: string[], options: FixOptions) => {
      const fix = await load();
      process.exitCode = await fix(paths, options);
    });
}

function addRules(medic: Command, load: Load<'rules'>): void {
  medic
    .command('rules')
    .description('List rules, causes and remedies, or print the page of one')
    .argument('[id]')
    .action(async (id: string | undefined) => {
      const rules = await load();
      process.exitCode = await rules(id);
    });
}

/** Options of the commands that judge a project. */
function project(command: Command): Command {
  return reading(command)
    .option('--context <blocks>', 'where a fragment is included: http,server', parseContext)
    .addOption(
      new Option('--fail-on <severity>', 'lowest severity for exit status 1').choices(severities).default('error'),
    )
    .option('--rule <id=severity|off>', 'severity of a rule; can be given again', repeated(parseRule))
    .addOption(
      new Option('--language <language>', 'what the given files are, where path and content do not tell').choices([
        'nginx',
        'php-fpm',
        'nginx-error-log',
      ]),
    );
}

/** Options of the commands that read a log. */
function configuration(command: Command): Command {
  return reading(command)
    .option(
      '--config <path>',
      'nginx configuration the log is about, a file or a folder; can be given again',
      repeated(),
    )
    .option('--fpm <path>', 'php-fpm configuration, a file or a folder; can be given again', repeated());
}

function reading(command: Command): Command {
  if (command.options.some(({ long }) => long === '--prefix')) return command;
  return command
    .option('--prefix <dir>', 'what relative includes resolve against; default: the folder of the main file')
    .option(
      '--nginx-version <x.y.z|auto>',
      'version of nginx, auto: what nginx -v says; default: the newest known',
      parseVersion,
    );
}

/** Does what the arguments of the process say, and ends it. */
export async function run(commands: Commands): Promise<never> {
  const medic = program(commands);
  try {
    if (process.argv.length <= 2) {
      medic.outputHelp({ error: true });
      process.exitCode = 2;
    } else {
      await medic.parseAsync();
    }
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      complain(error instanceof UsageError ? error.message : `internal error: ${(error as Error)?.stack ?? error}`);
      process.exitCode = 2;
    }
  }
  await flushed();
  // Node would tidy up first.
  process.exit();
}
