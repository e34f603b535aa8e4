import { type Command, CommanderError } from 'commander';
import { findProject, openProject } from '../config/find-project.ts';
import { visibleText } from '../model/foreign-text.ts';
import { HarnessError } from '../model/harness-error.ts';
import { nearestName, unknownName } from '../model/unknown-name.ts';
import { enterCallersFolder, normaliseEnvironment } from '../os/environment.ts';
import { abortOnSignals, Interruption } from '../os/interruption.ts';
import { assertEnoughOpenFiles } from '../os/open-files.ts';
import { isInstalled, rootDir } from '../run/paths.ts';
import type { Project } from '../run/project.ts';
import type { AddCommand, CommandContext } from './context.ts';
import { StrictCommand, UsageMistakes } from './mistakes.ts';
import { type GuardedStream, guarded } from './output.ts';

/** The one exit point: 0 fine, 1 wrong, 2 usage, 3 could not measure, 4 a bug in paceline, 130 and 143 interrupted. */
export async function main(argv: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosed);
  const notes = normaliseEnvironment(process.env);
  for (const note of notes) process.stderr.write(`paceline: ${note}\n`);
  enterCallersFolder(process.env, rootDir);
  const output = { stdout: guarded(process.stdout, isInstalled), stderr: guarded(process.stderr, isInstalled) };
  const signal = abortOnSignals();
  let context: CommandContext | { readonly signal: AbortSignal; readonly stderr: GuardedStream; exitCode: number } = {
    ...{ signal, ...output, exitCode: 0 },
  };
  try {
    assertEnoughOpenFiles();
    const found = findProject(process.cwd());
    let project: Promise<Project> | null = null;
    const loadProject = () => {
      project ??= openProject(found, process.env);
      return project;
    };
    context = { signal, env: process.env, ...output, folders: found.folders, loadProject, exitCode: 0 };
    await assertKnownCommand(argv[2], context, found.isCheckout || found.configPath !== null);
    const program = await createProgram(context, argv[2]);
    await program.parseAsync(argv);
    // Too late to cut anything short, but whoever asked to stop must not see a following command start.
    context.signal.throwIfAborted();
  } catch (error) {
    context.exitCode = printError(error, context);
  }
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  // Not left to an empty event loop: a stray handle of a library must not keep a finished command alive.
  process.exit(context.exitCode);
}

/** Nobody reads any more (`| head`, a closed terminal): a run in progress must still put everything away. */
function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
}

/** Ending the process drops what a slow reader of a pipe has not taken yet. */
function flush(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((done) => stream.write('', () => done()));
}

/** A mistyped command would be taken for a scenario, as `run` may be left out. */
async function assertKnownCommand(
  word: string | undefined,
  context: CommandContext,
  hasProject: boolean,
): Promise<void> {
  if (word === undefined || word.startsWith('-')) return;
  if (Object.hasOwn(commands, word)) return;
  if (word === 'help') return;
  // Where there is no config its absence would hide the slip.
  const commandWords = [...Object.keys(commands), 'help'];
  if (!hasProject && nearestName(word, commandWords) !== null) throw unknownName('command', word, commandWords);
  const scenarioIds = await (await context.loadProject()).scenarioIds();
  const known = [...commandWords, ...scenarioIds];
  if (!known.includes(word)) throw unknownName('command or scenario', word, known);
}

async function createProgram(context: CommandContext, word: string | undefined): Promise<Command> {
  const program = new StrictCommand('paceline')
    .description(
      'Same service, same pace, different effort: compares runtimes and concurrency models at fixed request rates.',
    )
    .helpOption('-h, --help', 'how to use a command')
    .configureHelp({
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace(/^\[options\] ?/, '')}`,
    })
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .addHelpText('after', examples);
  for (const add of await commandsFor(word)) add(program, context);
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
    (command as StrictCommand).collectMistakes();
  }
  return program;
}

/** Each loads what it needs and nothing of the others: half of a short command's time would be spent on those. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import('./commands/init.ts')).addInit,
  run: async () => (await import('./commands/run.ts')).addRun,
  report: async () => (await import('./commands/report.ts')).addReport,
  claims: async () => (await import('./commands/claims.ts')).addClaims,
  compare: async () => (await import('./commands/compare.ts')).addCompare,
  ci: async () => (await import('./commands/ci.ts')).addCi,
  explain: async () => (await import('./commands/explain.ts')).addExplain,
  conform: async () => (await import('./commands/conform.ts')).addConform,
  fuzz: async () => (await import('./commands/fuzz.ts')).addFuzz,
  load: async () => (await import('./commands/load.ts')).addLoad,
  sample: async () => (await import('./commands/sample.ts')).addSample,
  import: async () => (await import('./commands/import.ts')).addImport,
  export: async () => (await import('./commands/export.ts')).addExport,
  workload: async () => (await import('./commands/workload.ts')).addWorkload,
  list: async () => (await import('./commands/list.ts')).addList,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctor,
  calibrate: async () => (await import('./commands/calibrate.ts')).addCalibrate,
  capacity: async () => (await import('./commands/capacity.ts')).addCapacity,
  'cold-start': async () => (await import('./commands/cold-start.ts')).addColdStart,
  overload: async () => (await import('./commands/overload.ts')).addOverload,
  'right-size': async () => (await import('./commands/right-size.ts')).addRightSize,
  churn: async () => (await import('./commands/churn.ts')).addChurn,
  'rolling-restart': async () => (await import('./commands/rolling-restart.ts')).addRollingRestart,
  'garbage-collection': async () => (await import('./commands/garbage-collection.ts')).addGarbageCollection,
  install: async () => (await import('./commands/install.ts')).addInstall,
  uninstall: async () => (await import('./commands/install.ts')).addUninstall,
  cache: async () => (await import('./commands/cache.ts')).addCache,
  schema: async () => (await import('./commands/schema.ts')).addSchema,
};

/** The one that was named, else all: for the help, and for a scenario without `run` before it. */
function commandsFor(word: string | undefined): Promise<AddCommand[]> {
  const named = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined;
  return Promise.all((named === undefined ? Object.values(commands) : [named]).map((load) => load()));
}

const examples = `
Examples:
  npm run bench                                      the quick scenario, a table and an HTML report
  npm run bench -- run quick --impl 'crud-node-*'    only some implementations
  npm run bench -- run quick --rate 50,200 --trials 5
  npm run bench -- report results/<machine>/<file>.json
  npm run bench -- compare base.json head.json       what two commits differ in
  npm run bench -- ci                                is this branch slower than where it began?
  npm run bench -- conform crud-go                   does it keep the contract?
  npm run bench -- fuzz --seed 7                     do all implementations answer odd requests alike?
  npm run bench -- load http://127.0.0.1:8080/ --rate 1000 --duration 30
  npm run bench -- doctor                            what this machine has and lacks
For machines: npm run -s bench -- run quick --json, or npx paceline run quick --json

Exit codes: 0 fine, 1 conformance failure or a regression under the gate, 2 usage, 3 could not measure or decide,
4 a bug in paceline, 130 interrupted, 143 terminated`;

/** Prints an error for the person in front of the terminal; returns the exit code. */
function printError(error: unknown, { stderr, signal }: Pick<CommandContext, 'stderr' | 'signal'>): number {
  if (signal.aborted && signal.reason instanceof Interruption) {
    stderr.print(`paceline: ${signal.reason.message}; everything was cleaned up\n`);
    return signal.reason.exitCode;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageMistakes) {
    stderr.print(visibleText(`${error.message}\n`));
    return 2;
  }
  if (error instanceof HarnessError) {
    stderr.print(visibleText(`paceline: ${error.message}\nRemedy: ${error.remedy}\n`));
    return error.exitCode;
  }
  if ((error as NodeJS.ErrnoException | null)?.code === 'ENOSPC') {
    stderr.print(`paceline: the disk is full: ${(error as Error).message}\nRemedy: free some space, then run again\n`);
    return 3;
  }
  const stack = visibleText((error as Error)?.stack ?? String(error));
  stderr.write(`paceline: a bug in paceline, please report it with this text:\n${stack}\n`);
  return 4;
}
