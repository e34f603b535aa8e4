import type { FunctionDifference, ProfileDifference, ProfileSide } from '../model/comparison.ts';
import type { FunctionTime, Profile } from '../model/profile.ts';

/** Of each implementation that either side profiled: what differs by function, what changed most first. Pure. */
export function profileDifferences(base: readonly Profile[], head: readonly Profile[]): ProfileDifference[] {
  const byId = (profiles: readonly Profile[]) => new Map(profiles.map((one) => [one.implementation, one]));
  const [ofBase, ofHead] = [byId(base), byId(head)];
  const ids = [...new Set([...ofHead.keys(), ...ofBase.keys()])];
  return ids.flatMap((id) => {
    const [one, other] = [ofBase.get(id), ofHead.get(id)];
    const known = other ?? one;
    if (known === undefined) return [];
    const { implementation, workload, ratePerSec } = known;
    const rows =
      one?.status === 'profiled' && other?.status === 'profiled' ? differences(one.functions, other.functions) : [];
    return [{ implementation, workload, ratePerSec, base: sideOf(one), head: sideOf(other), rows }];
  });
}

function sideOf(profile: Profile | undefined): ProfileSide {
  if (profile === undefined) return { cpuMs: null, sampledMs: null, files: [], missing: 'it was not profiled' };
  if (profile.status === 'missing')
    return { cpuMs: null, sampledMs: null, files: [], missing: `${profile.reason}. Remedy: ${profile.remedy}` };
  const { cpuMs, sampledMs, files } = profile;
  return { cpuMs, sampledMs, files, missing: null };
}

/** A function that one side lacks, or saw too seldom to list, took no time there. */
function differences(base: readonly FunctionTime[], head: readonly FunctionTime[]): FunctionDifference[] {
  const keyOf = ({ name, file }: FunctionTime) => JSON.stringify([name, file]);
  const [ofBase, ofHead] = [base, head].map((side) => new Map(side.map((one) => [keyOf(one), one])));
  const keys = new Set([...(ofHead?.keys() ?? []), ...(ofBase?.keys() ?? [])]);
  return [...keys]
    .flatMap((key) => {
      const [one, other] = [ofBase?.get(key), ofHead?.get(key)];
      const known = other ?? one;
      if (known === undefined) return [];
      return [
        {
          name: known.name,
          file: known.file,
          baseSelfMs: one?.selfMs ?? 0,
          headSelfMs: other?.selfMs ?? 0,
          baseTotalMs: one?.totalMs ?? 0,
          headTotalMs: other?.totalMs ?? 0,
        },
      ];
    })
    .sort((a, b) => selfChange(b) - selfChange(a));
}

function selfChange({ baseSelfMs, headSelfMs }: FunctionDifference): number {
  return Math.abs(headSelfMs - baseSelfMs);
}
