import { workload as aggregate } from '../../../bench/crud/workloads/aggregate.ts';
import { workload as authenticate } from '../../../bench/crud/workloads/authenticate.ts';
import { workload as blogPost } from '../../../bench/crud/workloads/blog-post.ts';
import { workload as blogPostAuth } from '../../../bench/crud/workloads/blog-post-auth.ts';
import { workload as blogPostFiles } from '../../../bench/crud/workloads/blog-post-files.ts';
import { workload as history } from '../../../bench/crud/workloads/history.ts';
import { workload as historySlots } from '../../../bench/crud/workloads/history-slots.ts';
import { workload as login } from '../../../bench/crud/workloads/login.ts';
import { workload as mixed } from '../../../bench/crud/workloads/mixed.ts';
import type { Workload, WorkloadSession } from '../../../src/model/workload.ts';

export const workloads: readonly Workload[] = [
  aggregate,
  authenticate,
  history,
  historySlots,
  login,
  mixed,
  blogPost,
  blogPostAuth,
  blogPostFiles,
];

export const datasetSeed = 11;

export function openSession(workload: Workload, nowNs: () => number = () => 0): WorkloadSession {
  return workload.open({ seed: datasetSeed, ratePerSec: workload.fixedRatePerSec ?? 100, timeoutMs: 5_000, nowNs });
}
