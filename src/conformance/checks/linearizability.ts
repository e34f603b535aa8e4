/** One operation on one key as its client saw it. */
export interface LoggedOperation {
  readonly kind: 'write' | 'read';
  /** Written, or read (null: no such key). */
  readonly value: string | null;
  readonly startedNs: number;
  /** null: the outcome is not known, it may still happen at any later time. Only of writes: an unknown read says nothing. */
  readonly endedNs: number | null;
}

/** The furthest that an order of operations could be found: what to show of a log that has none. */
type Linearization =
  | { readonly status: 'linearizable' }
  | { readonly status: 'not-linearizable'; readonly stuckAt: readonly LoggedOperation[] };

/** Operations before `prefix` are done, and of the others those in `beyond` (ascending). */
interface SearchState {
  readonly prefix: number;
  readonly beyond: readonly number[];
  readonly value: string | null;
}

/**
 * Whether the operation log of one register, first without a value, has an order that respects real time: Wing and Gong's search
 * (Testing and verifying concurrent objects, 1993) with Lowe's memory of states already tried (2017). No value may be written
 * twice. Pure.
 */
export function linearize(log: readonly LoggedOperation[]): Linearization {
  const operations = resolveUnknownWrites(log).sort((a, b) => a.startedNs - b.startedNs);
  const stack: SearchState[] = [{ prefix: 0, beyond: [], value: null }];
  const tried = new Set<string>();
  let furthest = stack[0] as SearchState;
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    if (step.prefix === operations.length) return { status: 'linearizable' };
    if (step.prefix + step.beyond.length > furthest.prefix + furthest.beyond.length) furthest = step;
    for (const index of candidates(operations, step)) {
      const next = apply(operations, step, index);
      if (next === null) continue;
      const key = `${next.prefix}:${next.beyond.join()}:${next.value}`;
      if (tried.has(key)) continue;
      tried.add(key);
      stack.push(next);
    }
  }
  const stuckAt = candidates(operations, furthest).map((index) => operations[index] as LoggedOperation);
  return { status: 'not-linearizable', stuckAt };
}

interface CompletedOperation extends LoggedOperation {
  readonly endedNs: number;
}

/**
 * An unknown write that nobody read may be left out of any order; one that was read took effect before the first such read
 * ended. So nothing unknown is left, which would double the search each time.
 */
function resolveUnknownWrites(log: readonly LoggedOperation[]): CompletedOperation[] {
  const firstReadNs = new Map<string | null, number>();
  for (const { kind, value, endedNs } of log) {
    if (kind !== 'read' || endedNs === null) continue;
    firstReadNs.set(value, Math.min(endedNs, firstReadNs.get(value) ?? endedNs));
  }
  return log.flatMap((operation) => {
    const endedNs = operation.endedNs ?? (operation.kind === 'write' ? firstReadNs.get(operation.value) : undefined);
    return endedNs === undefined ? [] : [{ ...operation, endedNs }];
  });
}

/** Whatever began before the first end among those not yet done may be next. The likeliest comes last: the stack tries it first. */
function candidates(operations: readonly CompletedOperation[], { prefix, beyond }: SearchState): number[] {
  const done = new Set(beyond);
  const possible: number[] = [];
  let firstEndNs = Number.POSITIVE_INFINITY;
  for (let index = prefix; index < operations.length; index += 1) {
    const { startedNs, endedNs } = operations[index] as CompletedOperation;
    // In order of their start: nothing further on can end earlier.
    if (startedNs > firstEndNs) break;
    if (done.has(index)) continue;
    firstEndNs = Math.min(firstEndNs, endedNs);
    possible.push(index);
  }
  const endOf = (index: number) => (operations[index] as CompletedOperation).endedNs;
  const began = possible.filter((index) => (operations[index] as CompletedOperation).startedNs <= firstEndNs);
  return began.sort((a, b) => endOf(b) - endOf(a));
}

/** null where a read cannot have seen this value here. */
function apply(
  operations: readonly CompletedOperation[],
  { prefix, beyond, value }: SearchState,
  index: number,
): SearchState | null {
  const operation = operations[index] as CompletedOperation;
  if (operation.kind === 'read' && operation.value !== value) return null;
  const done = [...beyond, index].sort((a, b) => a - b);
  let next = prefix;
  while (done[0] === next) {
    done.shift();
    next += 1;
  }
  return { prefix: next, beyond: done, value: operation.kind === 'write' ? operation.value : value };
}
