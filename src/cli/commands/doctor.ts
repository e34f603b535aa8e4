import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Command } from 'commander';
import { machineLabel } from '../../compare/text.ts';
import { checkExternalServer } from '../../database/external-server.ts';
import { HarnessError } from '../../model/harness-error.ts';
import { variable } from '../../os/environment.ts';
import { findCgroupLayout } from '../../probe/cgroup-layout.ts';
import { describeMachine } from '../../probe/machine.ts';
import { cacheDir, implsDir } from '../../run/paths.ts';
import { scanImplementations } from '../../target/manifest.ts';
import { checkToolchain } from '../../target/toolchain.ts';
import type { CommandContext } from '../context.ts';
import { mibText } from '../format.ts';

/** One line of the check-up: ok, a weakness that results will carry, or something that keeps paceline from measuring. */
interface Finding {
  readonly subject: string;
  readonly state: 'ok' | 'weak' | 'missing';
  readonly text: string;
  readonly remedy: string | null;
}

/** `paceline doctor`: what this machine has and lacks, before an hour is spent on it. */
export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('what this machine has and lacks for measuring')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async ({ json }: { json?: boolean }) => {
      const findings = [
        node(),
        machine(),
        controlGroups(),
        await database(variable(context.env, 'DATABASE_URL') ?? ''),
        await temporaryFolder(),
        await cacheFolder(context.env),
        ...(await toolchains(context.env)),
      ];
      if (json) context.stdout.write(`${JSON.stringify(findings)}\n`);
      else for (const finding of findings) context.stdout.print(findingText(finding));
      context.exitCode = findings.some(({ state, subject }) => state === 'missing' && !isOptional(subject)) ? 3 : 0;
    });
}

const help = `
Example:
  npm run bench -- doctor

Each line is ok, weak (results will carry it as a weakness) or missing, with a remedy. With DATABASE_URL set, that server is
asked whether it can be used.

Exit codes: 0 this machine can measure, 3 something that every run needs is missing (a toolchain is not: its implementations
are skipped)`;

/** An implementation whose toolchain is missing is skipped, which is no fault of the machine. */
function isOptional(subject: string): boolean {
  return subject.startsWith('implementation ');
}

function findingText({ subject, state, text, remedy }: Finding): string {
  const mark = { ok: 'ok     ', weak: 'weak   ', missing: 'missing' }[state];
  return `${mark}  ${subject}: ${text}${remedy === null ? '' : `\n         Remedy: ${remedy}`}\n`;
}

function node(): Finding {
  return { subject: 'Node', state: 'ok', text: `${process.versions.node} at ${process.execPath}`, remedy: null };
}

function machine(): Finding {
  const found = describeMachine();
  const { coreCount, memoryBytes, kernel, id } = found;
  const text = `${machineLabel(found)}, ${mibText(memoryBytes)}, ${kernel} (id ${id})`;
  if (coreCount >= 4) return { subject: 'machine', state: 'ok', text, remedy: null };
  const remedy = 'with 4 or more cores, target, generator and database no longer share cores';
  return { subject: 'machine', state: 'weak', text, remedy };
}

function controlGroups(): Finding {
  const layout = findCgroupLayout();
  if (layout === null) {
    const text = 'none can be made: CPU will be read from /proc in 10 ms steps';
    return {
      subject: 'control groups',
      state: 'weak',
      text,
      remedy: 'run as root, or in a session with delegated groups',
    };
  }
  return { subject: 'control groups', state: 'ok', text: `${layout.kind} at ${layout.unifiedDir}`, remedy: null };
}

async function database(url: string): Promise<Finding> {
  const subject = 'database';
  if (url === '') return { subject, state: 'ok', text: 'the embedded PostgreSQL of the npm package', remedy: null };
  try {
    const { address, facts, warnings } = await Promise.race([checkExternalServer(url), answerTimeout()]);
    const text = `DATABASE_URL (${address}): PostgreSQL ${facts.version}, its role may create databases and roles`;
    const lacks = warnings.map(({ message }) => message).join('; ');
    return { subject, state: 'weak', text: `${text}; but ${lacks}`, remedy: 'unset it to use the embedded PostgreSQL' };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { subject, state: 'missing', text: error.message, remedy: error.remedy };
  }
}

const answerWithinMs = 8_000;

/** A port may take the connection and then say nothing. */
function answerTimeout(): Promise<never> {
  return new Promise((_, reject) => {
    const remedy = 'start that server, correct DATABASE_URL, or unset it to use the embedded PostgreSQL';
    const text = `DATABASE_URL: no answer within ${answerWithinMs / 1000} s`;
    setTimeout(() => reject(new HarnessError('database-unavailable', text, remedy)), answerWithinMs).unref();
  });
}

const minFreeBytes = 2 * 2 ** 30;

async function temporaryFolder(): Promise<Finding> {
  const subject = 'disk';
  const folder = tmpdir();
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const text = `${mibText(bavail * bsize)} free in ${folder}`;
    if (bavail * bsize >= minFreeBytes) return { subject, state: 'ok', text, remedy: null };
    const remedy = 'a run needs about 2 GiB for the database: free some, or set TMPDIR';
    return { subject, state: 'missing', text, remedy };
  } catch (error) {
    const text = `cannot write to ${folder} (${(error as NodeJS.ErrnoException).code})`;
    return { subject, state: 'missing', text, remedy: 'set TMPDIR to a folder that can be written' };
  }
}

async function cacheFolder(env: NodeJS.ProcessEnv): Promise<Finding> {
  const subject = 'cache';
  const folder = cacheDir(env);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return {
      subject,
      state: 'ok',
      text: `builds, passed contracts and the embedded PostgreSQL are kept in ${folder} (PACELINE_CACHE_DIR moves it)`,
      remedy: null,
    };
  } catch (error) {
    const text = `cannot write to ${folder} (${(error as NodeJS.ErrnoException).code})`;
    return { subject, state: 'missing', text, remedy: 'set PACELINE_CACHE_DIR to a folder that can be written' };
  }
}

async function toolchains(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const located = await scanImplementations([implsDir]);
  return Promise.all(
    located.map(async (one): Promise<Finding> => {
      const subject = `implementation ${one.implementation.id}`;
      const available = await checkToolchain(one, { cacheDir: cacheDir(env), env });
      if (available.status === 'available')
        return { subject, state: 'ok', text: available.runtimeVersion, remedy: null };
      return { subject, state: 'missing', text: available.reason, remedy: available.remedy };
    }),
  );
}
