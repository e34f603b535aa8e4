import { gate } from '../../bench/gate.ts';
import type { CompareOptions } from '../../src/compare/options.ts';

/** The checkout's policy, no floor, no waiver, a day in June. */
export const compareOptions: CompareOptions = {
  policy: gate,
  minEffectRatio: null,
  floors: new Map(),
  waivers: [],
  today: '2026-06-01',
};
