import { threadCountOf } from './cpu.ts';
import { printLine, waitForGo } from './protocol.ts';

/** A case of kind `memory`: it makes what is asked for, and later shows that all of it was there. */
export interface MemoryCase {
  /** Resolves with the number of units that have started (or variables that are there). */
  make(size: number): Promise<number>;
  readonly processCount: number;
  /** Lets them go on and counts them. */
  release(): Promise<number>;
}

export async function holdCase(held: MemoryCase, size: number): Promise<Readonly<Record<string, unknown>>> {
  const doneCount = await held.make(size);
  // Twice: what finalisers hold is free only after the second.
  globalThis.gc?.();
  globalThis.gc?.();
  await printLine({ type: 'ready', doneCount, osThreadCount: threadCountOf('self'), processCount: held.processCount });
  await waitForGo();
  return { type: 'memory', check: { askedCount: size, doneCount: await held.release(), hash: null } };
}
