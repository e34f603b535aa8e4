import type { Scenario } from '../../src/model/scenario.ts';
import { scenario as standard } from './standard.ts';

const history = standard.entries.find(({ workload, temperature }) => workload === 'history' && temperature === 'warm');
if (history === undefined) throw new Error('the standard scenario asks no warm history');

/** Every implementation of crud, optional ones too; a runtime that is missing is installed where it comes from a registry. */
export const scenario: Scenario = {
  ...standard,
  id: 'runtimes',
  description: 'every CRUD implementation in every runtime: file history at 100/s and 400/s, five interleaved trials',
  entries: [{ ...history, ratesPerSec: [100, 400], trialCount: 5 }],
  primitives: null,
  includesOptional: true,
};
