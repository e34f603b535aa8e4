import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Finished } from './paceline.ts';

/** Runs `paceline …` for what it prints and its exit code, one after another. */
export type ManyCommands = (words: readonly string[]) => Promise<Finished>;

/**
 * One process for commands that start nothing and leave nothing behind: most of what such a command costs is to load paceline.
 * That a process ends with its exit code, and its streams whole, is for tests that start `paceline` itself.
 */
export function manyCommands(context: { after(done: () => Promise<void>): void }): ManyCommands {
  const { DATABASE_URL: _, NODE_OPTIONS: __, npm_lifecycle_event: ___, ...env } = process.env;
  const child = fork(import.meta.filename, { env, execArgv: [] });
  const ended = once(child, 'exit');
  context.after(async () => {
    child.disconnect();
    await ended;
  });
  let last: Promise<unknown> = Promise.resolve();
  return (words) => {
    const next = last.then(() => ask(child, words));
    last = next.catch(() => {});
    return next;
  };
}

async function ask(child: ChildProcess, words: readonly string[]): Promise<Finished> {
  const died = new AbortController();
  const onExit = () => died.abort(new Error(`the process of many commands ended in ${words.join(' ')}`));
  child.once('exit', onExit);
  try {
    const answered = once(child, 'message', { signal: died.signal });
    child.send(words);
    const [finished] = await answered;
    return finished as Finished;
  } finally {
    child.off('exit', onExit);
  }
}

/** In the process itself: what `main` writes and the code it exits with are sent instead. */
async function answer(words: readonly string[]): Promise<Finished> {
  const { main } = await import('../../src/cli/main.ts');
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = ((text: string, ...rest: readonly unknown[]) => {
      said[name] += text;
      for (const one of rest) if (typeof one === 'function') one();
      return true;
    }) as typeof process.stdout.write;
  process.argv = [...process.argv.slice(0, 2), ...words];
  const exited = new Promise<number>((done) => {
    process.exit = ((code: number) => done(code)) as typeof process.exit;
  });
  await main(process.argv);
  return { exitCode: await exited, ...said };
}

if (import.meta.main) {
  // Each command listens for signals and errors of its own.
  for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);
  process.on('message', async (words: readonly string[]) => process.send?.(await answer(words)));
}
