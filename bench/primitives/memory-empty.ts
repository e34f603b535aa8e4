import type { Primitive, PrimitiveVariant } from '../../src/model/primitive.ts';

const variants: readonly PrimitiveVariant[] = [
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
  checked: 'it ends with 0 when asked to; the server answers GET / with 200 after the reading',
  sizeName: null,
  sizes: [],
  variants: { typescript: variants, go: variants, python: variants },
  usesData: false,
  programs: { program: 'idle', 'http-server': 'http-server' },
};
