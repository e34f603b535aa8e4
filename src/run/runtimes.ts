import { HarnessError } from '../model/harness-error.ts';
import { unknownName } from '../model/unknown-name.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import { installRuntime } from '../target/runtime-install.ts';
import { findRuntime, type Runtime, scanRuntimes } from '../target/runtimes.ts';
import { queryProgram } from '../target/toolchain.ts';
import { implsDir } from './paths.ts';
import type { Session } from './session/session.ts';
import { trackProcessGroup } from './session/tracked-resources.ts';

type OnStep = (text: string) => void;

/**
 * Installs what these need, is not on this machine, and comes from a registry: for implementations that were asked for. Where that
 * fails, the reason is a step, and what needs the runtime is skipped like any other that is missing.
 */
export async function installMissing(
  located: readonly LocatedImplementation[],
  session: Session,
  onStep: OnStep,
): Promise<void> {
  const needed = new Map(located.flatMap(({ runtimes }) => Object.values(runtimes).map((row) => [row.name, row])));
  for (const runtime of needed.values()) {
    if (runtime.package === undefined) continue;
    const { cacheDir } = session;
    const found = await findRuntime(runtime, { cacheDir, env: process.env, ask: queryProgram });
    if (found.status === 'found') continue;
    await install(runtime, session, onStep).catch((error: unknown) => {
      if (session.signal.aborted || !(error instanceof HarnessError)) throw error;
      onStep(`${error.message}\nRemedy: ${error.remedy}`);
    });
  }
}

/** Throws HarnessError cannot-measure where it cannot be installed. */
export function install(runtime: Runtime, { cacheDir, signal, cleanupRegistry }: Session, onProgress: OnStep) {
  return installRuntime(runtime, {
    ...{ cacheDir, signal, onProgress, env: process.env, ask: queryProgram },
    trackProcessGroup: (pid) => trackProcessGroup(cleanupRegistry, pid),
  });
}

/** The rows that can be installed. Throws HarnessError bad-manifest where a table is broken. */
export async function installableRuntimes(): Promise<readonly Runtime[]> {
  const { byName, problems } = await scanRuntimes([implsDir]);
  if (problems.length > 0)
    throw new HarnessError('bad-manifest', problems.join('\n'), 'correct the named keys of that runtimes.json');
  return [...byName.values()].filter((runtime) => runtime.package !== undefined);
}

/** The named ones; a name that is none is an unknown name. */
export function runtimesNamed(names: readonly string[], rows: readonly Runtime[]): Runtime[] {
  return names.map((name) => {
    const row = rows.find((one) => one.name === name);
    if (row !== undefined) return row;
    throw unknownName(
      'runtime',
      name,
      rows.map((one) => one.name),
    );
  });
}
