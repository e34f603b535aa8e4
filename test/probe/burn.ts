import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGroup, type ProcessGroup } from '../../src/probe/cgroup.ts';
import { findCgroupLayout } from '../../src/probe/cgroup-layout.ts';
import { openProbe, type ProbeMethod, type Reading } from '../../src/probe/probe.ts';

const fixture = fileURLToPath(new URL('../fixtures/burn.mjs', import.meta.url));

export type BurnPlace = 'main' | 'threads' | 'children' | 'short-children';

export interface BurnReading {
  readonly cpuMs: number;
  readonly anonBytes: number | null;
}

/** What a probe saw between the fixture's `ready` and its `done`. */
export async function measureBurn(
  method: ProbeMethod,
  place: BurnPlace,
  cpuMs: number,
  memoryMib: number,
): Promise<BurnReading> {
  const layout = method === 'cgroup' ? findCgroupLayout() : null;
  const group = layout === null ? null : createGroup(layout);
  const child = spawnInto(group, [process.execPath, fixture, place, String(cpuMs), String(memoryMib)]);
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    await lines.next();
    const probe = openProbe({ group, rootPid: child.pid ?? 0, force: method });
    const before = await probe.read();
    child.stdin.write('go\n');
    await lines.next();
    return difference(before, await probe.read());
  } finally {
    const exited = once(child, 'exit');
    child.stdin.end();
    await exited;
    await group?.kill();
    await group?.remove();
  }
}

/** Joins the group's files first and executes the program then, in a process group of its own. */
export function spawnInto(group: ProcessGroup | null, command: readonly string[]) {
  const joinPaths = group?.joinPaths ?? [];
  const script = 'while [ "$1" != -- ]; do echo $$ > "$1"; shift; done; shift; exec "$@"';
  return spawn('/bin/sh', ['-c', script, 'sh', ...joinPaths, '--', ...command], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
}

function difference(before: Reading, after: Reading): BurnReading {
  const cpuMs = after.cpuUserMs + after.cpuSystemMs - before.cpuUserMs - before.cpuSystemMs;
  const known = before.anonBytes !== null && after.anonBytes !== null;
  return { cpuMs, anonBytes: known ? (after.anonBytes ?? 0) - (before.anonBytes ?? 0) : null };
}
