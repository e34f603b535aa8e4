import type { Cell } from './cell.ts';
import { ends, gates, harnesses } from './cells/harness.ts';
import { databases, generators, targets } from './cells/processes.ts';
import { disks, machines } from './cells/surroundings.ts';

export const cells: readonly Cell[] = [
  ...targets,
  ...databases,
  ...generators,
  ...harnesses,
  ...ends,
  ...disks,
  ...machines,
  ...gates,
];
