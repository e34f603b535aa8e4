import type { WorkloadResponse } from '../../../src/model/workload.ts';

/** The contract's two ways to say "not now": no leader, and outcome unknown. */
export function refusal({ status, header }: WorkloadResponse): string | null {
  if (status === 503) return header('retry-after') === null ? null : '503 no leader';
  return status === 504 ? '504 outcome unknown' : null;
}
