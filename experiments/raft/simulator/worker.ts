import { parentPort, workerData } from 'node:worker_threads';
import { createNode } from '../../../impls/_node/raft/core/node.ts';
import { type SimulationResult, simulate } from './simulation.ts';

export interface WorkOrder {
  readonly first: number;
  /** The first seed of the next order. */
  readonly end: number;
  readonly stepCount: number;
}

const { first, end, stepCount } = workerData as WorkOrder;
const results: SimulationResult[] = [];
for (let seed = first; seed < end; seed++) results.push(simulate({ seed, stepCount, createNode }));
parentPort?.postMessage(results);
