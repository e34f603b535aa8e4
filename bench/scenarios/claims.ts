import type { Scenario } from '../../src/model/scenario.ts';
import { scenario as blogPost } from './blog-post.ts';
import { scenario as primitives } from './primitives.ts';
import { scenario as raftScale } from './raft-scale.ts';

/** All that a claim of the two source documents can be judged by, so that every verdict comes from one run on one machine. */
export const scenario: Scenario = {
  ...blogPost,
  id: 'claims',
  description:
    'everything that the claims need, in one run: the blog post’s loads, the largest clusters, all primitives',
  entries: [...blogPost.entries, ...raftScale.entries],
  primitives: primitives.primitives,
};
