import { Command, CommanderError } from 'commander';
import { HarnessError } from '../model/harness-error.ts';
import { scenarioIds, unknownName } from '../run/declarations.ts';
import { abortOnSignals, Interruption } from '../run/interruption.ts';
import { addCalibrate } from './calibrate.ts';
import { addCi } from './ci.ts';
import { addClaims } from './claims.ts';
import { addCompare } from './compare.ts';
import { addConform } from './conform.ts';
import type { CommandContext } from './context.ts';
import { addDoctor } from './doctor.ts';
import { addExplain } from './explain.ts';
import { addList } from './list.ts';
import { addLoad } from './load.ts';
import { addReport } from './report.ts';
import { addRun } from './run.ts';
import { addSchema } from './schema.ts';
import { addWorkload } from './workload.ts';

/** The one exit point: 0 fine, 1 wrong, 2 usage, 3 could not measure, 4 a bug in paceline, 130 and 143 interrupted. */
export async function main(argv: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosed);
  const context: CommandContext = {
    signal: abortOnSignals(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    exitCode: 0,
  };
  try {
    const program = createProgram(context);
    await refuseUnknownWord(argv[2], program);
    await program.parseAsync(argv);
    // Too late to cut anything short, but whoever asked to stop must not see a following command start.
    context.signal.throwIfAborted();
  } catch (error) {
    context.exitCode = tell(error, context);
  }
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // Not left to an empty event loop: a stray handle of a library must not keep a finished command alive.
  process.exit(context.exitCode);
}

/** Nobody reads any more (`| head`, a closed terminal): a run in progress must still put everything away. */
function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
}

/** Ending the process drops what a slow reader of a pipe has not taken yet. */
function flushed(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((done) => stream.write('', () => done()));
}

/** A mistyped command would be taken for a scenario, as `run` may be left out. */
async function refuseUnknownWord(word: string | undefined, program: Command): Promise<void> {
  if (word === undefined || word.startsWith('-')) return;
  const known = [...program.commands.map((command) => command.name()), 'help', ...(await scenarioIds())];
  if (!known.includes(word)) throw unknownName('command or scenario', word, known);
}

function createProgram(context: CommandContext): Command {
  const program = new Command('paceline')
    .description(
      'Same service, same pace, different effort: compares runtimes and concurrency models at fixed request rates.',
    )
    .helpOption('-h, --help', 'how to use a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: (text) => context.stderr.write(text) })
    .addHelpText('after', examples);
  for (const add of commands) add(program, context);
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

const commands = [
  addRun,
  addReport,
  addClaims,
  addCompare,
  addCi,
  addExplain,
  addConform,
  addLoad,
  addWorkload,
  addList,
  addDoctor,
  addCalibrate,
  addSchema,
];

const examples = `
Examples:
  npm run bench                                      the quick scenario, a table and an HTML report
  npm run bench -- run quick --impl 'crud-node-*'    only some implementations
  npm run bench -- run quick --rate 50,200 --trials 5
  npm run bench -- report results/<machine>/<file>.json
  npm run bench -- compare base.json head.json       what two commits differ in
  npm run bench -- conform crud-go                   does it keep the contract?
  npm run bench -- load http://127.0.0.1:8080/ --rate 1000 --duration 30
  npm run bench -- doctor                            what this machine has and lacks
For machines: npm run -s bench -- run quick --json, or npx paceline run quick --json

Exit codes: 0 fine, 1 conformance failure or a regression under the gate, 2 usage, 3 could not measure or decide,
4 a bug in paceline, 130 interrupted, 143 terminated`;

/** Prints an error for the person in front of the terminal; returns the exit code. */
function tell(error: unknown, { stderr, signal }: CommandContext): number {
  if (signal.aborted && signal.reason instanceof Interruption) {
    stderr.write(`paceline: ${signal.reason.message}; everything started was put away\n`);
    return signal.reason.exitCode;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof HarnessError) {
    stderr.write(`paceline: ${error.message}\nRemedy: ${error.remedy}\n`);
    return error.exitCode;
  }
  if ((error as NodeJS.ErrnoException | null)?.code === 'ENOSPC') {
    stderr.write(`paceline: the disk is full: ${(error as Error).message}\nRemedy: free some space, then run again\n`);
    return 3;
  }
  stderr.write(
    `paceline: a bug in paceline, please report it with this text:\n${(error as Error)?.stack ?? String(error)}\n`,
  );
  return 4;
}
