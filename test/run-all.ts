import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Part, parts } from './lanes.ts';

const usage = `Usage: npm run test:all -- [--only PART]…
${parts.map(({ id, what, limitMinutes }) => `  ${id.padEnd(8)}${what} (at most ${limitMinutes} min)`).join('\n')}
`;

interface Outcome {
  readonly part: Part;
  /** null: it went well. */
  readonly trouble: string | null;
  readonly minutes: number;
}

const root = resolve(import.meta.dirname, '..');
const graceMs = 20_000;
let interruptedBy: NodeJS.Signals | null = null;

async function runPart(part: Part): Promise<Outcome> {
  const startedMs = performance.now();
  const minutes = () => (performance.now() - startedMs) / 60_000;
  const commands = part.commands.length > 0 ? part.commands : [['test/run-tests.ts', '--lane', part.id]];
  for (const command of commands) {
    const trouble = await runCommand(command, part.env, part.limitMinutes - minutes());
    if (trouble !== null) return { part, trouble: `${command.join(' ')}: ${trouble}`, minutes: minutes() };
  }
  return { part, trouble: null, minutes: minutes() };
}

async function runCommand(command: readonly string[], env: Part['env'], limitMinutes: number): Promise<string | null> {
  process.stdout.write(`\n$ node ${command.join(' ')}\n`);
  const child = spawn(process.execPath, command, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' });
  const forward = () => child.kill('SIGTERM');
  process.once('SIGTERM', forward);
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
  }, limitMinutes * 60_000);
  const [exitCode, signal] = await once(child, 'exit');
  clearTimeout(late);
  process.off('SIGTERM', forward);
  if (isLate) return 'not done within its time';
  return exitCode === 0 ? null : `ended with ${signal ?? exitCode}`;
}

function chosen(ids: readonly string[] | undefined): readonly Part[] {
  const unknown = ids?.find((id) => !parts.some((part) => part.id === id));
  if (unknown !== undefined) throw new Error(`there is no part "${unknown}"\n${usage}`);
  return parts.filter(({ id }) => ids === undefined || ids.includes(id));
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      interruptedBy = signal;
    });
  const outcomes: Outcome[] = [];
  for (const part of chosen(values.only)) if (interruptedBy === null) outcomes.push(await runPart(part));
  process.stdout.write('\n');
  for (const { part, trouble, minutes } of outcomes)
    process.stdout.write(
      `${trouble === null ? '✔' : '✖'} ${part.id}: ${trouble ?? 'done'} (${minutes.toFixed(1)} min)\n`,
    );
  if (interruptedBy !== null) return 130;
  return outcomes.every(({ trouble }) => trouble === null) ? 0 : 1;
}

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return 2;
});
