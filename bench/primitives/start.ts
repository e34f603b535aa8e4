import type { Primitive, PrimitiveVariant } from '../../src/model/primitive.ts';

const variants: readonly PrimitiveVariant[] = [{ id: 'program', description: 'a program that does nothing at all' }];

export const primitive: Primitive = {
  id: 'start',
  order: 9,
  version: 1,
  title: 'Start of an empty program',
  kind: 'start',
  operation:
    'from the spawn of a program that does nothing until it has ended; timed by the harness, one after another',
  checked: 'it ends with 0 each time and prints nothing',
  sizeName: null,
  sizes: [],
  variants: { typescript: variants, go: variants, python: variants },
  usesData: false,
  programs: { program: 'empty' },
};
