import type { K6Usage, MeasuredLoad } from '../model/load-result.ts';

interface Reason {
  readonly code: 'too-few-sent' | 'instance-late';
  readonly message: string;
}

/** One that starts later than this sends when others have ended their first requests: the sum is not the rate asked for. */
const maxStartSkewMs = 1_000;

/** Why a load by k6 was not the one asked for; empty: it was. */
export function k6Reasons({ counts, startedAtNs, endedAtNs }: MeasuredLoad, { startSkewMs }: K6Usage): Reason[] {
  const { scheduledCount, unsentCount } = counts;
  const limitMs = Math.min(maxStartSkewMs, (endedAtNs - startedAtNs) / 1e6 / 10);
  const late = startSkewMs.flatMap((skewMs, index) =>
    skewMs !== null && skewMs > limitMs ? [{ number: index + 1, skewMs }] : [],
  );
  return [
    ...(unsentCount === 0
      ? []
      : [
          {
            code: 'too-few-sent' as const,
            message: `${unsentCount} of ${scheduledCount} due requests were not sent: no virtual user was free for them, or an instance ended early or its file is missing`,
          },
        ]),
    ...late.map(({ number, skewMs }) => ({
      code: 'instance-late' as const,
      message: `instance ${number} of ${startSkewMs.length} started ${(skewMs / 1_000).toFixed(1)} s after the first, or its clock is off by that`,
    })),
  ];
}
