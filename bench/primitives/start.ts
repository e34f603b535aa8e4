import type { Primitive, PrimitiveVariant } from '../../src/model/primitive.ts';

const variants: readonly PrimitiveVariant[] = [{ id: 'program', description: 'a program that does nothing at all' }];

export const primitive: Primitive = {
  id: 'start',
  order: 9,
  version: 2,
  title: 'Start of an empty program',
  kind: 'start',
  operation:
    'from the spawn of a program that does nothing until it has ended; started one after another by a small shell, timed by the harness',
  checked: 'it ends with 0 each time and prints nothing',
  sizeName: null,
  sizes: [],
  variants: { typescript: variants, go: variants, python: variants },
  usesData: false,
  programs: { program: 'empty' },
};
