import Table from 'cli-table3';
import { cellName } from '../compare/cell.ts';
import type { ExplainedPair, ExplainedTrial, Explanation } from '../compare/explain.ts';
import { changeText, percentText, pText, signedPercent, waiverText } from '../compare/words.ts';
import type { Change, Comparison, Correction } from '../model/comparison.ts';
import { signTails } from '../stats/sign-test.ts';
import { correctionText, verdictWords } from './comparison-lines.ts';
import { formatFigure, formatNumber, formatPercent, shownUnit } from './format.ts';
import { noBorders } from './no-borders.ts';
import { type Paints, paintsFor } from './paint.ts';
import { wrap } from './wrap.ts';

const lineWidth = 100;
const nothing = '–';

/** Each verdict with its rule in numbers, its pairs, and every trial with its noise. */
export function explanationText(explanations: readonly Explanation[], { color }: { readonly color: boolean }): string {
  const paints = paintsFor(color);
  return explanations.map((explanation) => `${oneText(explanation, paints)}\n`).join('\n');
}

function oneText({ comparison, pairs, trials }: Explanation, { bold, dim }: Paints): string {
  const blocks = [
    [bold(`${comparison.label} of ${cellName(comparison.cell)}: ${verdictWords[comparison.verdict.kind]}`)],
    ruleLines(comparison).map((line) => wrap(`  ${line}`, lineWidth, '    ')),
    pairs.length > 0 ? [dim(`  pairs: ${signText(pairs)}`), pairTable(pairs, comparison)] : [],
    [dim('  trials in the order they were made'), trialTable(trials, comparison)],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

/** A second look that the size of no single pair can sway. */
function signText(pairs: readonly ExplainedPair[]): string {
  const ratios = pairs.map(({ ratio, correctedRatio }) => correctedRatio ?? ratio);
  const { atLeast, atMost } = signTails(ratios);
  const upCount = ratios.filter((ratio) => ratio > 0).length;
  return `${upCount} of ${pairs.length} went up (sign test, one-sided: up ${pText(atLeast)}, down ${pText(atMost)})`;
}

/** Every number that the verdict hung on, beside what it was held against. */
function ruleLines(comparison: Comparison): string[] {
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

function changeLines({ smallestEffectRatio, floorRatio, better, correction }: Comparison, change: Change): string[] {
  if (change.method === 'counts') {
    return [
      `method: counts; p that head has so many more by chance ${pText(change.pWorse)}, base ${pText(change.pBetter)}`,
    ];
  }
  const floor = floorRatio === null ? 'never measured on this machine' : percentText(floorRatio);
  const spread = change.spread === null ? nothing : formatPercent(change.spread);
  return [
    `method: ${change.method}, ${change.count} ${change.method === 'paired' ? 'pairs' : 'trials a side'}; spread of the log ratios ${spread}`,
    `change: ${changeText(change)}, ${better} is better; the smallest that matters: ${percentText(smallestEffectRatio)}; A/A floor: ${floor}`,
    ...correctionLines(correction),
    `p worse ${pText(change.pWorse)} (adjusted ${pText(change.pWorseAdjusted)}), p better ${pText(change.pBetter)} (adjusted ${pText(change.pBetterAdjusted)}); the least so many can give: ${pText(change.leastP)}`,
  ];
}

/** Both ways to see the change, and what the control itself did. */
function correctionLines(correction: Correction | null): string[] {
  if (correction === null) return [];
  const { used, objection, raw, corrected, control } = correction;
  const spreadText = ({ spread }: Change) => (spread === null ? nothing : formatPercent(spread));
  return [
    `machine's speed: ${objection ?? correctionText(correction)}; the verdict used the ${used} change`,
    `raw ${changeText(raw)}, spread ${spreadText(raw)}; corrected ${changeText(corrected)}, spread ${spreadText(corrected)}`,
    `the control itself, for each ms of the generator’s: ${control === null ? 'not known' : changeText(control)}`,
  ];
}

function pairTable(pairs: readonly ExplainedPair[], { unit }: Comparison): string {
  const isCorrected = pairs.some(({ correctedRatio }) => correctedRatio !== null);
  return table(
    [
      'pair',
      `base ${shownUnit(unit)}`,
      `head ${shownUnit(unit)}`,
      'head ÷ base',
      ...(isCorrected ? ['corrected'] : []),
    ],
    pairs.map(({ number, base, head, ratio, correctedRatio }) => [
      String(number),
      formatFigure(unit, base),
      formatFigure(unit, head),
      signedPercent(ratio),
      ...(isCorrected ? [correctedRatio === null ? nothing : signedPercent(correctedRatio)] : []),
    ]),
  );
}

function trialTable(trials: readonly ExplainedTrial[], { unit }: Comparison): string {
  const orNothing = (value: number | null, format: (value: number) => string) =>
    value === null ? nothing : format(value);
  return table(
    ['side', 'trial', 'status', 'counts', shownUnit(unit), 'spin', 'steal', 'waited ms', 'remark'],
    trials.map((trial) => [
      trial.side,
      nameOf(trial),
      trial.status,
      trial.counts ? 'yes' : 'no',
      orNothing(trial.value, (value) => (unit === 'count' ? String(value) : formatFigure(unit, value))),
      orNothing(trial.spinRatio, formatNumber),
      orNothing(trial.stealRatio, formatPercent),
      orNothing(trial.psiCpuSomeMs, formatNumber),
      wrap(trial.remark, 40, ''),
    ]),
  );
}

function nameOf({ pairNumber, repetition, attempt }: ExplainedTrial): string {
  const name = pairNumber === null ? String(repetition) : `pair ${pairNumber}`;
  return attempt > 1 ? `${name}, attempt ${attempt}` : name;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const words = ['side', 'trial', 'status', 'counts', 'remark', 'pair'];
  const made = new Table({
    chars: noBorders,
    style: { 'padding-left': 2, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: heads.map((head) => (words.includes(head) ? 'left' : 'right')),
  });
  made.push([...heads], ...rows.map((row) => [...row]));
  return made
    .toString()
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}
