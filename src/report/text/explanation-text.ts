import type { ExplainedPair, ExplainedTrial, Explanation } from '../../compare/explain.ts';
import { changeText, percentText, pText, signedPercent, waiverText } from '../../compare/text.ts';
import { describeCell } from '../../model/cell-key.ts';
import type { Change, Comparison, Correction } from '../../model/comparison.ts';
import { presentable } from '../../model/foreign-text.ts';
import { signTails } from '../../stats/exact-tests.ts';
import { displayUnit, formatFigure, formatNumber, formatPercent, noValue, orDash } from '../format.ts';
import { correctionText, verdictWords } from '../tables/comparison-table.ts';
import { alignedLines, lineWidth, type TerminalStyles, terminalStyles, wrap } from './terminal.ts';

/** Each verdict with its rule in numbers, its pairs, and every trial with its noise. */
export function explanationText(explanations: readonly Explanation[], { color }: { readonly color: boolean }): string {
  const paints = terminalStyles(color);
  return explanations.map((explanation) => `${explanationBlock(presentable(explanation), paints)}\n`).join('\n');
}

function explanationBlock({ comparison, pairs, trials }: Explanation, { bold, dim }: TerminalStyles): string {
  const blocks = [
    [bold(`${comparison.label} of ${describeCell(comparison.cell)}: ${verdictWords[comparison.verdict.kind]}`)],
    verdictLines(comparison).map((line) => wrap(`  ${line}`, lineWidth, '    ')),
    pairs.length > 0 ? [dim(`  pairs: ${signTestText(pairs)}`), pairTable(pairs, comparison)] : [],
    [dim('  trials in the order they were made'), trialTable(trials, comparison)],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

/** A second look that the size of no single pair can sway. */
function signTestText(pairs: readonly ExplainedPair[]): string {
  const ratios = pairs.map(({ ratio, correctedRatio }) => correctedRatio ?? ratio);
  const { atLeast, atMost } = signTails(ratios);
  const upCount = ratios.filter((ratio) => ratio > 0).length;
  return `${upCount} of ${pairs.length} went up (sign test, one-sided: up ${pText(atLeast)}, down ${pText(atMost)})`;
}

/** Every number that the verdict hung on, beside what it was held against. */
function verdictLines(comparison: Comparison): string[] {
  const { verdict, change, role, waiver, confirmation, warnings } = comparison;
  return [
    `id: ${comparison.id} (${role})`,
    `why: ${verdict.reason}`,
    ...(change === null ? [] : changeLines(comparison, change)),
    ...warnings.map(({ message }) => message),
    `fresh pairs: ${confirmation}`,
    ...(waiver === null ? [] : [waiverText(waiver)]),
  ];
}

function changeLines({ minEffectRatio, noiseFloorRatio, better, correction }: Comparison, change: Change): string[] {
  if (change.method === 'counts') {
    return [
      `method: counts; p that head has so many more by chance ${pText(change.pWorse)}, base ${pText(change.pBetter)}`,
    ];
  }
  const floor = noiseFloorRatio === null ? 'never measured on this machine' : percentText(noiseFloorRatio);
  const spread = change.logRatioSd === null ? noValue : formatPercent(change.logRatioSd);
  return [
    `method: ${change.method}, ${change.count} ${change.method === 'paired' ? 'pairs' : 'trials a side'}; spread of the log ratios ${spread}`,
    `change: ${changeText(change)}, ${better} is better; the smallest that matters: ${percentText(minEffectRatio)}; noise floor of A/A runs: ${floor}`,
    ...correctionLines(correction),
    `p worse ${pText(change.pWorse)} (adjusted ${pText(change.pWorseAdjusted)}), p better ${pText(change.pBetter)} (adjusted ${pText(change.pBetterAdjusted)}); smallest possible p: ${pText(change.minP)}`,
  ];
}

/** Both ways to see the change, and what the control itself did. */
function correctionLines(correction: Correction | null): string[] {
  if (correction === null) return [];
  const { used, caveat, raw, corrected, control } = correction;
  const spreadText = ({ logRatioSd }: Change) => (logRatioSd === null ? noValue : formatPercent(logRatioSd));
  return [
    `machine's speed: ${caveat ?? correctionText(correction)}; the verdict used the ${used} change`,
    `raw ${changeText(raw)}, spread ${spreadText(raw)}; corrected ${changeText(corrected)}, spread ${spreadText(corrected)}`,
    `the control itself, for each ms of the generator’s: ${control === null ? 'not known' : changeText(control)}`,
  ];
}

function pairTable(pairs: readonly ExplainedPair[], { unit }: Comparison): string {
  const isCorrected = pairs.some(({ correctedRatio }) => correctedRatio !== null);
  return tableText(
    [
      'pair',
      `base ${displayUnit(unit)}`,
      `head ${displayUnit(unit)}`,
      'head ÷ base',
      ...(isCorrected ? ['corrected'] : []),
    ],
    pairs.map(({ number, base, head, ratio, correctedRatio }) => [
      String(number),
      formatFigure(unit, base),
      formatFigure(unit, head),
      signedPercent(ratio),
      ...(isCorrected ? [correctedRatio === null ? noValue : signedPercent(correctedRatio)] : []),
    ]),
  );
}

function trialTable(trials: readonly ExplainedTrial[], { unit }: Comparison): string {
  return tableText(
    ['side', 'trial', 'status', 'counts', displayUnit(unit), 'slowdown', 'steal', 'PSI cpu ms', 'remark'],
    trials.map((trial) => [
      trial.side,
      trialName(trial),
      trial.status,
      trial.isCounted ? 'yes' : 'no',
      orDash(trial.value, (value) => (unit === 'count' ? String(value) : formatFigure(unit, value))),
      orDash(trial.slowdownFactor, formatNumber),
      orDash(trial.stealRatio, formatPercent),
      orDash(trial.psiCpuSomeMs, formatNumber),
      wrap(trial.note, 40, ''),
    ]),
  );
}

function trialName({ pairNumber, repetition, attempt }: ExplainedTrial): string {
  const name = pairNumber === null ? String(repetition) : `pair ${pairNumber}`;
  return attempt > 1 ? `${name}, attempt ${attempt}` : name;
}

const wordColumns: ReadonlySet<string> = new Set(['side', 'trial', 'status', 'counts', 'remark', 'pair']);

function tableText(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const aligns = heads.map((head) => (wordColumns.has(head) ? ('left' as const) : ('right' as const)));
  return alignedLines([heads, ...rows], { aligns, gap: 'before' })
    .map((line) => `  ${line}`)
    .join('\n');
}
