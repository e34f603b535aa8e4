import { HarnessError } from '../model/harness-error.ts';
import { type Frame, type Stack, tidyFile } from './stacks.ts';

/** As V8 writes it: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile. Times are microseconds of CLOCK_MONOTONIC. */
interface CpuProfile {
  readonly nodes: readonly CpuProfileNode[];
  readonly startTime: number;
  readonly samples: readonly number[];
  /** Before each sample. */
  readonly timeDeltas: readonly number[];
}

interface CpuProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

export interface ProfileWindow {
  readonly fromNs: number;
  readonly toNs: number;
}

/** What V8 calls a thread that waits, and the root of every stack. */
const ignoredNames: ReadonlySet<string> = new Set(['(idle)', '(root)']);

/** The stacks of the window; a sample lasts until the next one. Throws HarnessError for a file that is none. */
export function readCpuProfile(text: string, { fromNs, toNs }: ProfileWindow, rootDir: string): Stack[] {
  const { nodes, samples, timeDeltas, startTime } = parsed(text);
  const stackOf = stacksById(nodes, rootDir);
  const stacks: Stack[] = [];
  let atUs = startTime;
  for (const [index, id] of samples.entries()) {
    atUs += timeDeltas[index] ?? 0;
    const untilUs = atUs + (timeDeltas[index + 1] ?? 0);
    const ms = (Math.min(untilUs, toNs / 1e3) - Math.max(atUs, fromNs / 1e3)) / 1e3;
    const frames = stackOf.get(id) ?? [];
    if (ms > 0 && frames.length > 0) stacks.push({ frames, ms });
  }
  return stacks;
}

function parsed(text: string): CpuProfile {
  const profile = JSON.parse(text) as Partial<CpuProfile>;
  const { nodes, samples, timeDeltas, startTime } = profile;
  if (nodes === undefined || samples === undefined || timeDeltas === undefined || startTime === undefined) {
    const remedy = 'see whether the runtime writes .cpuprofile files as V8 does';
    throw new HarnessError('cannot-measure', 'a .cpuprofile has no samples', remedy);
  }
  return { nodes, samples, timeDeltas, startTime };
}

function stacksById(nodes: readonly CpuProfileNode[], rootDir: string): ReadonlyMap<number, readonly Frame[]> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const frames = new Map(nodes.map((node) => [node.id, frameOf(node, rootDir)]));
  const stackOf = (id: number): Frame[] => {
    const stack: Frame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = frames.get(at) ?? null;
      if (frame !== null) stack.push(frame);
    }
    return stack;
  };
  return new Map(nodes.map(({ id }) => [id, stackOf(id)]));
}

/** Functions without a name are one a file: their lines differ between commits. */
function frameOf({ callFrame: { functionName, url } }: CpuProfileNode, rootDir: string): Frame | null {
  if (ignoredNames.has(functionName)) return null;
  return { name: functionName === '' ? '(anonymous)' : functionName, file: tidyFile(url, rootDir) };
}
