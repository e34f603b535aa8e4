import type { Scenario } from '../../src/model/scenario.ts';
import { scenario as blogPost } from './blog-post.ts';
import { scenario as primitives } from './primitives.ts';
import { scenario as raft } from './raft.ts';
import { scenario as standard } from './standard.ts';

const [history] = standard.entries;
if (history === undefined) throw new Error('the standard scenario has no cell');
const warm = { ...history, trialCount: 3 };

/** Everything there is: some hours. */
export const scenario: Scenario = {
  ...standard,
  id: 'full',
  primitives: primitives.primitives,
  description:
    'every primitive, every question of raft, and every workload of crud: standard, the blog post’s load and its halves, authentication, log-in ladder, aggregation, mixed',
  entries: [
    ...standard.entries.filter(({ service }) => service === 'crud'),
    ...blogPost.entries,
    { ...warm, workload: 'authenticate', ratesPerSec: [100] },
    {
      ...warm,
      workload: 'login',
      ratesPerSec: [5, 10, 20],
      loadPlan: { ...warm.loadPlan, warmupCount: 100, warmupRatePerSec: 10 },
    },
    {
      ...warm,
      workload: 'aggregate',
      ratesPerSec: [1, 2, 5],
      loadPlan: { ...warm.loadPlan, warmupCount: 40, warmupRatePerSec: 4 },
    },
    { ...warm, workload: 'mixed', ratesPerSec: [50] },
    ...raft.entries,
  ],
};
