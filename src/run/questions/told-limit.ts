import type { Implementation } from '../../model/implementation.ts';

/** Of the limit: what is left is for stacks, code and buffers outside of the heap. */
const goShare = 0.9;
const nodeShare = 0.75;
const mib = 2 ** 20;
/** Models in which each of WORKERS has a heap of its own. */
const manyHeaps: readonly string[] = ['processes', 'worker-threads'];

/**
 * What an expert tells a runtime of its memory limit: Go by GOMEMLIMIT, Node by --max-old-space-size for each heap. null: this one
 * is told nothing (CPython), or reads its control group by itself.
 */
export function toldMemoryLimit(
  { runtime, env, model }: Pick<Implementation, 'runtime' | 'env' | 'model'>,
  memoryBytes: number,
  workerCount: number,
): Readonly<Record<string, string>> | null {
  if (runtime.name === 'go') return { GOMEMLIMIT: `${Math.floor((goShare * memoryBytes) / mib)}MiB` };
  if (runtime.name !== 'node') return null;
  const heapCount = manyHeaps.includes(model) ? Math.max(1, workerCount) : 1;
  const heapMib = Math.max(1, Math.floor((nodeShare * memoryBytes) / heapCount / mib));
  const own = env.NODE_OPTIONS === undefined ? '' : `${env.NODE_OPTIONS} `;
  return { NODE_OPTIONS: `${own}--max-old-space-size=${heapMib}` };
}
