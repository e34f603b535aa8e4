import type { Primitive, PrimitiveCase } from '../../src/model/primitive.ts';

/** The same four in each language: written without a thought for memory. */
const cases: readonly PrimitiveCase[] = [
  { id: 'int', description: 'the integers 1,000 … 1,000,999' },
  { id: 'float', description: 'the floats 0.5 … 999,999.5' },
  { id: 'string', description: 'the strings item-0000000 … item-0999999, each made at run time' },
  { id: 'record', description: 'records of an integer, a float and a string of the three kinds above' },
];

export const primitive: Primitive = {
  id: 'memory-variables',
  order: 12,
  version: 1,
  title: 'Memory of 1,000,000 equal variables',
  kind: 'memory',
  operation: 'N variables in the language’s ordinary list; private memory, less that of the same program with none',
  correctnessCheck: 'after the reading the list still holds N right values',
  sizeLabel: 'variables',
  sizes: [0, 1_000_000],
  cases: { typescript: cases, go: cases, python: cases },
  usesData: false,
  programs: null,
};
