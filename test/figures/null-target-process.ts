import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const programPath = fileURLToPath(new URL('../../src/load/null-target.ts', import.meta.url));

/** The null target of src/load in a process of its own, which the caller ends. */
export async function startNullTarget(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [programPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  return { url: String(line).trim(), child };
}
