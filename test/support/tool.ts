import { execFileSync, spawnSync } from 'node:child_process';

/** Whether a program answers; in CI (PACELINE_REQUIRE_ALL=1) a missing one is a failure, not a skipped test. */
export function skipUnless(program: string, ...versionArguments: readonly string[]): string | false {
  const answered = spawnSync(program, versionArguments, { stdio: 'ignore' }).status === 0;
  if (answered) return false;
  if (process.env.PACELINE_REQUIRE_ALL === '1')
    throw new Error(`${program} is missing, and PACELINE_REQUIRE_ALL=1 allows no skipped test`);
  return `${program} is not on PATH`;
}

/** Runs a command to its end; a failure throws with everything it printed. */
export function runTool(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const [program = '', ...rest] = command;
  try {
    return execFileSync(program, rest, {
      cwd,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command.join(' ')} failed in ${cwd}\n${stdout}${stderr}`);
  }
}
