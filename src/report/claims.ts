import type { ClaimLine, Row } from './model.ts';

interface Claim {
  readonly label: string;
  readonly workloads: readonly string[];
  readonly coresUsed: number;
  readonly privateMegabytes: number;
  readonly responseMs: number;
}

/** What the first seed, BranchKey's post on moving from Python to Go, says of two different services at 25 requests/s per API. */
const claims: readonly Claim[] = [
  {
    label: 'Python, Flask: authentication service',
    workloads: ['seed', 'seed-auth'],
    coresUsed: 0.7,
    privateMegabytes: 325,
    responseMs: 150,
  },
  {
    label: 'Go: file history service',
    workloads: ['seed', 'seed-files'],
    coresUsed: 0.05,
    privateMegabytes: 23.5,
    responseMs: 30,
  },
];

/** The seed's figures, then ours in the same units; empty for a workload the seed says nothing about. */
export function claimLines(workload: string, rows: readonly Row[]): ClaimLine[] {
  const claimed = claims.filter((claim) => claim.workloads.includes(workload));
  if (claimed.length === 0) return [];
  return [...claimed.map(({ workloads, ...line }) => ({ ...line, claimed: true })), ...rows.map(measuredLine)];
}

function measuredLine(row: Row): ClaimLine {
  const memory = row.figures['memory-median']?.median ?? null;
  return {
    label: row.who.implementation,
    claimed: false,
    coresUsed: row.figures['cores-used']?.median ?? null,
    privateMegabytes: memory === null ? null : memory / 1e6,
    responseMs: row.figures['response-p50']?.median ?? null,
  };
}
