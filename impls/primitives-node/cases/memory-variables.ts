import type { MemoryCase } from '../memory-case.ts';

export const cases = {
  int: () => variables(integer, (value, index) => value === integer(index)),
  float: () => variables(float, (value, index) => value === float(index)),
  string: () => variables(text, (value, index) => value === text(index)),
  record: () =>
    variables(
      (index) => ({ id: integer(index), score: float(index), name: text(index) }),
      ({ id, score, name }, index) => id === integer(index) && score === float(index) && name === text(index),
    ),
};

function integer(index: number): number {
  return 1_000 + index;
}

function float(index: number): number {
  return index + 0.5;
}

function text(index: number): string {
  return `item-${String(index).padStart(7, '0')}`;
}

/** An ordinary array, filled as one fills it. */
function variables<T>(itemAt: (index: number) => T, isRight: (value: T, index: number) => boolean): MemoryCase {
  const list: T[] = [];
  return {
    processCount: 1,
    async make(size) {
      for (let index = 0; index < size; index += 1) list.push(itemAt(index));
      return list.length;
    },
    release: async () => list.filter(isRight).length,
  };
}
