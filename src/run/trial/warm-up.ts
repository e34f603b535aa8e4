/** A warm-up is sent in so many parts, whose last half is judged. */
export const warmUpPartCount = 12;

/** `count` requests in `partCount` parts as alike as can be; none is empty. */
export function warmupParts(count: number, partCount: number): number[] {
  const until = (part: number) => Math.floor((part * count) / partCount);
  return Array.from({ length: partCount }, (_, part) => until(part + 1) - until(part)).filter((part) => part > 0);
}

const judgedCount = warmUpPartCount / 2;
/** Of the 15 pairs of six parts: 12 fall and 3 rise. By chance so few rise in one of 15 warm-ups, whatever the noise. */
const minFallsLessRises = 9;
/** Smaller falls do not matter. */
const minFallRatio = 0.03;

/**
 * Whether CPU per request still falls in the last six parts of a warm-up: by Kendall's test of trend (1938), which asks nothing of the
 * noise but that its parts are alike, and by 3 % from the mean of the first three to that of the last three. null: fewer than 12 parts.
 */
export function isStillFalling(costs: readonly number[]): boolean | null {
  if (costs.length < warmUpPartCount) return null;
  const judged = costs.slice(-judgedCount);
  const half = judgedCount / 2;
  const sum = (parts: readonly number[]) => parts.reduce((total, cost) => total + cost, 0);
  const fallRatio = 1 - sum(judged.slice(half)) / sum(judged.slice(0, half));
  return fallRatio >= minFallRatio && fallsLessRises(judged) >= minFallsLessRises;
}

function fallsLessRises(costs: readonly number[]): number {
  const signs = costs.flatMap((earlier, index) => costs.slice(index + 1).map((later) => Math.sign(earlier - later)));
  return signs.reduce((sum, sign) => sum + sign, 0);
}
