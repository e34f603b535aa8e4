import { countOf } from '../../compare/text.ts';
import { joinList } from '../format.ts';
import type { Note, ReportModel } from '../model.ts';

/** Kinds of notes that say how a figure came about; the others stand in the place of figures or are warnings. */
const causeKinds: readonly Note['kind'][] = [
  'failed',
  'overloaded',
  'invalid',
  'latency-discarded',
  'warmup-not-converged',
];

/** "16 trials (all 7 crud, all 6 raft): warm-up not converged. Use a longer warm-up: --warmup N." */
export function causesOf(model: ReportModel): string[] {
  const rows = model.groups.flatMap(({ questions }) => questions.flatMap((question) => question.rows));
  const notes = rows
    .filter(({ okCount }) => okCount > 0)
    .flatMap((row) => row.notes.map((note) => ({ note, implementation: row.implementation.id })));
  return causeKinds.flatMap((kind) => {
    const same = notes.filter(({ note }) => note.kind === kind);
    const [first] = same;
    if (first === undefined) return [];
    const trialCount = same.reduce((sum, { note }) => sum + note.trialCount, 0);
    const names = implementationsText(
      same.map(({ implementation }) => implementation),
      model,
    );
    const remedy = first.note.remedy ?? 'The reasons: --details.';
    return [`${countOf(trialCount, 'trial')} (${names}): ${causeLabel(first.note)}. ${remedy}`];
  });
}

/** Of an invalid trial also what was wrong: that is what must change. */
function causeLabel({ kind, label, text }: Note): string {
  const [, ...reasons] = text.split(': ');
  return kind === 'invalid' || kind === 'failed' ? `${kind}: ${reasons.join(': ')}` : label;
}

const maxNameCount = 4;

/** Names where they are few, else how many of each service: "all 7 crud, 2 of 6 raft". */
export function implementationsText(ids: readonly string[], { run }: ReportModel): string {
  const distinct = [...new Set(ids)];
  if (distinct.length <= maxNameCount) return joinList(distinct);
  const byService = Map.groupBy(run.implementations, ({ manifest }) => manifest.service);
  const parts = [...byService].flatMap(([service, all]) => {
    const count = all.filter(({ manifest }) => distinct.includes(manifest.id)).length;
    if (count === 0) return [];
    return count === all.length ? [`all ${count} ${service}`] : [`${count} of ${all.length} ${service}`];
  });
  return parts.join(', ');
}
