import { holdCase, type MemoryCase } from './memory-case.ts';
import { endWithHarness, printLine } from './protocol.ts';
import { BadSetting, readSettings, type Settings } from './settings.ts';
import type { TimedCase } from './timed-case.ts';

type OpenTimed = (settings: Settings) => TimedCase | Promise<TimedCase>;
type Cases = Readonly<Record<string, OpenTimed>>;
type MemoryCases = Readonly<Record<string, () => MemoryCase>>;

/** Loaded when asked for: a case must not pay for another's imports. */
const timed: Readonly<Record<string, () => Promise<{ cases: Cases }>>> = {
  spawn: () => import('./cases/spawn.ts'),
  message: () => import('./cases/message.ts'),
  channel: () => import('./cases/channel.ts'),
  lock: () => import('./cases/lock.ts'),
  'wait-group': () => import('./cases/wait-group.ts'),
  timer: () => import('./cases/timer.ts'),
  'timer-drift': () => import('./cases/timer-drift.ts'),
  sort: () => import('./cases/sort.ts'),
};

const held: Readonly<Record<string, () => Promise<{ cases: MemoryCases }>>> = {
  'memory-tasks': () => import('./cases/memory-tasks.ts'),
  'memory-variables': () => import('./cases/memory-variables.ts'),
};

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  endWithHarness();
  const { primitive, variant, size } = settings;
  const line = await measure(settings);
  await printLine({ ...line, primitive, variant, size: size === 0 && !held[primitive] ? null : size });
}

async function measure(settings: Settings): Promise<Readonly<Record<string, unknown>>> {
  const { primitive, size } = settings;
  const memory = await held[primitive]?.();
  if (memory !== undefined) return holdCase(chosen(memory.cases, settings)(), size);
  const cases = (await timed[primitive]?.())?.cases;
  if (cases === undefined) throw new BadSetting(`unknown primitive "${primitive}"`);
  const open = chosen(cases, settings);
  const { timeCase } = await import('./timing.ts');
  return timeCase(await open(settings), settings);
}

function chosen<T>(cases: Readonly<Record<string, T>>, { primitive, variant }: Settings): T {
  const found = cases[variant];
  if (found === undefined) throw new BadSetting(`unknown variant "${variant}" of ${primitive}`);
  return found;
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof BadSetting ? error.message : error);
  process.exit(error instanceof BadSetting ? 2 : 1);
}
