import type { createNode } from '../../../impls/_node/raft/core/node.ts';
import { digestLine, type Transcript } from '../transcript.ts';
import { type SimulatedStep, simulate } from './simulation.ts';

const stepCount = 1_500;
const lineCount = 72;

/** The transcript of one node of a simulated cluster: from its first restart on or, of odd seeds, from the second where there is one. */
export function recordSeed(seed: number, create: typeof createNode): Transcript {
  const runs: SimulatedStep[][] = [];
  const lines = new Map<SimulatedStep, string>();
  let id = 0;
  const onStep = (step: SimulatedStep): void => {
    if (id === 0) id = (seed % step.config.clusterSize) + 1;
    if (step.id !== id) return;
    if (step.input.type === 'restart') runs.push([]);
    const { nowUs, input, effects, node } = step;
    runs.at(-1)?.push(step);
    lines.set(step, digestLine(nowUs, input, { effects, state: node.view(), nextDeadlineUs: node.nextDeadlineUs() }));
  };
  const { violation, clusterSize } = simulate({ seed, stepCount, createNode: create, onStep });
  if (violation !== null) throw new Error(`seed ${seed}: ${violation.text}`);
  const from = seed % 2 === 1 && runs.length > 1 ? 1 : 0;
  const steps = runs.slice(from).flat().slice(0, lineCount);
  const [first] = steps;
  if (first === undefined) throw new Error(`seed ${seed}: node ${id} did nothing`);
  return {
    title: `simulated: seed ${seed}, node ${id} of ${clusterSize}`,
    config: first.config,
    lines: steps.map((step) => lines.get(step) ?? ''),
  };
}
