import type { Primitive, PrimitiveCase } from '../../src/model/primitive.ts';

const cases: readonly PrimitiveCase[] = [{ id: 'program', description: 'a program that does nothing at all' }];

export const primitive: Primitive = {
  id: 'start',
  order: 9,
  version: 2,
  title: 'Start of an empty program',
  kind: 'start',
  operation:
    'from the spawn of a program that does nothing until it has ended; started one after another by a small shell, timed by the harness',
  correctnessCheck: 'it ends with 0 each time and prints nothing',
  sizeLabel: null,
  sizes: [],
  cases: { typescript: cases, go: cases, python: cases },
  usesData: false,
  programs: { program: 'empty' },
};
