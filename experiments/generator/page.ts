import type { Machine } from '../../src/model/run-result.ts';
import { type Estimate, ratioOf } from './estimate.ts';
import type { Absent } from './install.ts';
import type { TargetMode } from './null-target.ts';
import { type FigureName, figureOf, type GoalLine, type HighestRate, pairsOf, type Summary } from './summary.ts';

export interface PageFacts {
  readonly command: string;
  readonly startedAt: string;
  readonly machine: Machine;
  readonly turnCount: number;
  readonly seconds: number;
  readonly leastRequestCount: number;
  readonly rates: readonly number[];
  readonly tools: readonly { readonly id: string; readonly version: string; readonly isFloor: boolean }[];
  readonly absent: readonly Absent[];
  readonly summary: Summary;
  readonly goals: readonly GoalLine[];
}

/** docs/peers.md: nothing in it is known beforehand but the words. */
export function peersPage(facts: PageFacts): string {
  return [
    heading(facts),
    rateTable(facts, 'CPU µs a request while driving', 'cpuUs', (value) => value.toFixed(1)),
    ratioTable(facts),
    evennessTable(facts),
    rateTable(facts, 'CPU µs a request, start and end included', 'wholeCpuUs', (value) => value.toFixed(1)),
    rateTable(facts, 'Arrival CV as the server saw it (0 even, 1 Poisson)', 'gapCv', (value) => value.toFixed(2)),
    rateTable(facts, 'Share of 10 ms with more than twice the even count', 'overTwiceEvenRatio', percent),
    rateTable(facts, 'Most arrivals in one 10 ms', 'bucketMaxCount', (value) => value.toFixed(0)),
    rateTable(facts, 'p50 ms', 'p50Ms', ms),
    rateTable(facts, 'p99 ms', 'p99Ms', ms),
    rateTable(facts, 'Answered ÷ due', 'answeredRatio', (value) => value.toFixed(4)),
    truthTable(facts),
    otherTable(facts),
    goalTable(facts),
  ].join('\n\n');
}

function heading({
  command,
  startedAt,
  machine,
  turnCount,
  seconds,
  leastRequestCount,
  tools,
  absent,
}: PageFacts): string {
  const versions = tools.map(({ id, version }) => `${id} ${version}`).join(', ');
  const missing = absent.map(({ id, reason }) => `${id}: ${reason}`);
  return [
    '# paceline beside other load generators',
    '',
    `Made by \`${command}\` on ${startedAt.slice(0, 10)}: ${machine.cpuModel}, ${machine.coreCount} cores, ${machine.kernel}${machine.hypervisor === null ? '' : ', virtual'}. Medians of ${turnCount} turns of ${seconds} s, or of ${leastRequestCount} requests where that is longer (of every sixth turn for those whose ratios are no goals, and for slow targets but paceline), all generators interleaved, each alone in its control group at the same priority, against the null target of \`experiments/generator/null-target\` (Go) on the same cores. 50 connections; 600 where the target freezes. CPU "while driving" is between two looks, the first second after the first request left out; evenness leaves out that second too. A dash: not told, or too few requests.${baselineText(tools)}`,
    '',
    `Compared: ${versions}.${missing.length === 0 ? '' : ` Missing: ${missing.join('; ')}.`}`,
  ].join('\n');
}

function baselineText(tools: PageFacts['tools']): string {
  if (!tools.some(({ isFloor }) => isFloor)) return '';
  return " *c-sender* is no generator: the least C program that sends as evenly (`experiments/generator/c-sender`), ×2, ×4 and ×8 with so many requests due at once: what the kernel's work costs by itself.";
}

function rateTable(facts: PageFacts, title: string, name: FigureName, text: (value: number) => string): string {
  const { tools, rates, summary } = facts;
  const rows = tools.map(({ id }) => [
    id,
    ...rates.map((rate) => textOf(figureOf(summary, id, 'null', rate, name), text)),
  ]);
  return `## ${title}\n\n${markdownTable(['', ...rates.map((rate) => `${rate}/s`)], rows)}`;
}

/** Method 1: the ratio of what is spent while driving, whatever the evenness. */
function ratioTable({ tools, rates, summary }: PageFacts): string {
  const peers = ['oha', 'k6', 'c-sender'].filter((peer) => tools.some(({ id }) => id === peer));
  const rows = peers.map((peer) => [
    `paceline ÷ ${peer}`,
    ...rates.map((ratePerSec) =>
      estimateText(ratioOf(pairsOf(summary, ['paceline', peer], { mode: 'null', ratePerSec }, 'cpuUs'))),
    ),
  ]);
  return `### Cost while driving\n\n${markdownTable(['', ...rates.map((rate) => `${rate}/s`)], rows)}`;
}

/** Method 2: what is spent over what the bare sender spends when its bursts make it as uneven, log-linear between its bursts. */
function evennessTable({ tools, rates, summary }: PageFacts): string {
  const at = (tool: string, rate: number, name: FigureName) => figureOf(summary, tool, 'null', rate, name);
  const floors = tools.filter(({ isFloor }) => isFloor).map(({ id }) => id);
  const ratio = (tool: string, rate: number) => {
    const points = floors.flatMap((id) => {
      const [cv, cpu] = [at(id, rate, 'gapCv'), at(id, rate, 'cpuUs')];
      return cv === null || cpu === null ? [] : [{ x: cv, y: Math.log(cpu) }];
    });
    const [cv, cpu] = [at(tool, rate, 'gapCv'), at(tool, rate, 'cpuUs')];
    const floor = cv === null ? null : between(points, cv);
    return cpu === null || floor === null ? '–' : (cpu / Math.exp(floor)).toFixed(2);
  };
  const rows = generatorsOf(tools).map(({ id }) => [id, ...rates.map((rate) => ratio(id, rate))]);
  return `### Cost at equal evenness\n\nCPU ÷ that of a bare sender as uneven.\n\n${markdownTable(['', ...rates.map((rate) => `${rate}/s`)], rows)}`;
}

/** Straight lines from point to point, level beyond the last. */
function between(points: readonly { readonly x: number; readonly y: number }[], x: number): number | null {
  const sorted = points.toSorted((a, b) => a.x - b.x);
  const above = sorted.find((point) => point.x >= x);
  const below = sorted.findLast((point) => point.x <= x);
  if (above === undefined || below === undefined) return (above ?? below)?.y ?? null;
  return above.x === below.x ? above.y : below.y + ((above.y - below.y) * (x - below.x)) / (above.x - below.x);
}

function generatorsOf(tools: PageFacts['tools']): PageFacts['tools'] {
  return tools.filter(({ isFloor }) => !isFloor);
}

const slowRows: readonly (readonly [TargetMode, string])[] = [
  ['constant', 'answers 20 ms later'],
  ['stall', 'each 200th answer 500 ms late'],
  ['freeze', 'all stand still 0.5 s of every 2 s; truth from the due times'],
];

function truthTable({ tools, summary }: PageFacts): string {
  const sections = slowRows.map(([mode, meaning]) => {
    const at = (tool: string, name: FigureName) => textOf(figureOf(summary, tool, mode, 1_000, name), ms);
    const rows = generatorsOf(tools).map(({ id }) => [
      id,
      ...(['p50Ms', 'p90Ms', 'p99Ms', 'truthP50Ms', 'truthP90Ms', 'truthP99Ms'] as const).map((name) => at(id, name)),
      textOf(figureOf(summary, id, mode, 1_000, 'answeredRatio'), (value) => value.toFixed(4)),
    ]);
    const head = ['', 'p50 ms', 'p90', 'p99', "server's own p50", 'p90', 'p99', 'answered ÷ due'];
    return `### ${mode}: ${meaning}\n\n${markdownTable(head, rows)}`;
  });
  return `## What each says of a slow target at 1,000/s, and what the target knows\n\n${sections.join('\n\n')}`;
}

function otherTable({ tools, rates, summary }: PageFacts): string {
  const rate = rates.includes(1_000) ? 1_000 : (rates[0] ?? 0);
  const rows = generatorsOf(tools).map(({ id }) => {
    const highest = summary.highest.find(({ tool }) => tool === id);
    return [
      id,
      highest === undefined ? '–' : highestText(highest),
      textOf(figureOf(summary, id, 'null', rate, 'firstRequestMs'), (value) => value.toFixed(0)),
    ];
  });
  const head = ['', 'highest rate kept (answered ÷ due ≥ 0.999)', 'ms from start to first request'];
  return `## Highest rate and start-up\n\n${markdownTable(head, rows)}`;
}

function highestText({ keptRatePerSec: kept, missedRatePerSec: missed }: HighestRate): string {
  if (kept === null) return `below ${missed}/s`;
  return missed === null ? `${kept}/s or more` : `${kept}/s, not ${missed}/s`;
}

function goalTable({ goals }: PageFacts): string {
  const rows = goals.map(({ goal, estimate, bound, verdict, note }) => [
    goal,
    estimateText(estimate),
    bound === null ? '–' : `≤ ${short(bound)}`,
    verdict === 'missed' && estimate !== null && bound !== null
      ? `missed by ${percent(estimate.value / bound - 1)}`
      : verdict,
    note ?? '',
  ]);
  const meaning =
    'Ratios are geometric means of turns paired in the same run, with their 95 % interval. Met: the estimate is. Missed: the whole interval lies above. Else undecided. Where the bare sender misses a goal too, its figure and a tenth is the goal. Memory over ten million requests: `npm run generator-memory`. Repeat noise: `npm run generator-repeat`. Targets of different delay: `npm run yardstick`.';
  return `## Goals\n\n${meaning}\n\n${markdownTable(['goal', 'measured', 'bound', 'verdict', ''], rows)}\n`;
}

function estimateText(estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const { value, low, high } = estimate;
  return `${short(value)} (${short(low)}–${short(high)})`;
}

function textOf(value: number | null, text: (value: number) => string): string {
  return value === null ? '–' : text(value);
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(3) : value.toFixed(1);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = `| --- |${' ---: |'.repeat(head.length - 1)}`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
