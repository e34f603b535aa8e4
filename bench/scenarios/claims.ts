import type { Scenario } from '../../src/model/scenario.ts';
import { scenario as blogPost } from './blog-post.ts';
import { scenario as primitives } from './primitives.ts';
import { scenario as raftScale } from './raft-scale.ts';

/** With as few as the two implementations that the claims name, five rounds give their ratio a narrow interval; three do not. */
const crudEntries = blogPost.entries.map((entry) => ({ ...entry, trialCount: 5 }));

/** All that a claim of the two source documents can be judged by, so that every verdict comes from one run on one machine. */
export const scenario: Scenario = {
  ...blogPost,
  id: 'claims',
  description:
    'everything that the claims need, in one run: the blog post’s loads, the largest clusters, all primitives',
  entries: [...crudEntries, ...raftScale.entries],
  primitives: primitives.primitives,
};
