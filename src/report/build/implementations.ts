import type { Implementation } from '../../model/implementation.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { SeriesStyle } from '../charts/chart.ts';
import type { ReportedImplementation } from '../model.ts';

const shadeCount = 4;

/** Everyone in any of the runs, by id. The first run that knows an implementation describes it. */
export function describeImplementations(runs: readonly RunResult[]): ReadonlyMap<string, ReportedImplementation> {
  const known = new Map<string, Omit<ReportedImplementation, 'style'>>();
  for (const preparation of runs.flatMap((run) => run.implementations)) {
    const { id, language, model, description } = preparation.manifest;
    const runtimeVersion = preparation.status === 'ready' ? preparation.runtimeVersion : null;
    if (!known.has(id)) known.set(id, { id, language, model, description, runtimeVersion });
  }
  return assignStyles([...known.values()]);
}

/** Styles follow the order of ids, so that the same set of implementations looks the same in every report. */
function assignStyles(
  implementations: readonly Omit<ReportedImplementation, 'style'>[],
): ReadonlyMap<string, ReportedImplementation> {
  const used = new Map<string, number>();
  const ordered = [...implementations].sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map(
    ordered.map((implementation) => {
      const family = familyOf(implementation.language);
      const shade = used.get(family) ?? 0;
      used.set(family, shade + 1);
      return [implementation.id, { ...implementation, style: { family, shade: shade % shadeCount } }];
    }),
  );
}

function familyOf(language: Implementation['language']): SeriesStyle['family'] {
  const name = language.toLowerCase();
  if (['typescript', 'javascript', 'node'].includes(name)) return 'node';
  return name === 'go' || name === 'python' ? name : 'other';
}
