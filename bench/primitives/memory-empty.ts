import type { Primitive, PrimitiveCase } from '../../src/model/primitive.ts';

const cases: readonly PrimitiveCase[] = [
  { id: 'program', description: 'a program that does nothing but wait' },
  { id: 'http-server', description: 'an HTTP server of the standard library that was never asked anything' },
];

export const primitive: Primitive = {
  id: 'memory-empty',
  order: 10,
  version: 1,
  title: 'Memory of an empty program',
  kind: 'memory',
  operation: 'one program of its own, ready and waiting; private memory',
  correctnessCheck: 'it ends with 0 when asked to; the server answers GET / with 200 after the reading',
  sizeLabel: null,
  sizes: [],
  cases: { typescript: cases, go: cases, python: cases },
  usesData: false,
  programs: { program: 'idle', 'http-server': 'http-server' },
};
