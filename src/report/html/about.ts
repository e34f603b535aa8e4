import { countOf } from '../../compare/text.ts';
import { rangeCoverageRatio } from '../../stats/descriptive.ts';
import { formatBytes, formatNumber, formatPercent, noValue, toMebibytes, toSentence } from '../format.ts';
import type { ReportedRun, ReportModel } from '../model.ts';
import { preparationTexts } from '../sentences.ts';
import { marker } from './charts.ts';
import { type Child, h, type Markup, plainTable } from './markup.ts';

/** What stands behind the figures, folded: method, implementations and machine; and how to repeat the run. */
export function aboutSections(model: ReportModel): Child[] {
  return [
    h(
      'section',
      { class: 'about', id: 'about' },
      h('h2', {}, 'Behind the figures'),
      methodSection(model.run),
      implementationsSection(model),
      machineSection(model.run),
      baselineSection(model),
    ),
    repeatSection(model.run),
  ];
}

function section(id: string, heading: string, ...children: Child[]): Markup {
  return h('details', { id }, h('summary', {}, heading), ...children);
}

/** Words a newcomer may not know, in the order in which the page uses them. */
function glossary(run: ReportedRun): readonly (readonly [string, string])[] {
  return [
    ...(run.workloads.length === 0 ? [] : loadGlossary(run)),
    ...(run.scenario.entries.some(({ cluster }) => cluster !== null) ? clusterGlossary : []),
    ...(run.primitiveCount === 0 ? [] : primitiveGlossary(run)),
  ];
}

function primitiveGlossary({ scenario: { primitives } }: ReportedRun): readonly (readonly [string, string])[] {
  const limit =
    primitives === null
      ? ''
      : ` A case may use ${formatBytes(primitives.memoryLimitBytes)}, and never more than half of the machine’s memory.`;
  return [
    [
      'Wall, CPU',
      'Elapsed time of one operation, and CPU time of all its processes. Median over samples, then over fresh processes.',
    ],
    [
      'Empty loop',
      'The same loop without the operation: shown, never subtracted. An operation that is not at least twice as expensive is only an upper bound.',
    ],
    [
      'Per unit',
      'Private memory of the waiting program, less that of the same program with no units, divided by their number.',
    ],
    ['At most', `The largest size that worked under the stated limits.${limit}`],
  ];
}

/** Of a run with Raft in it. */
const clusterGlossary: readonly (readonly [string, string])[] = [
  [
    'Node, time-outs',
    'A member of a Raft cluster; all nodes of a cluster run in one program. A node that hears nothing from a leader for a random time between the two time-outs becomes a candidate.',
  ],
  [
    'Election',
    'From the crash of the leader until every other node has heard from the next one. Most of it is waiting for the first time-out.',
  ],
  [
    'Split votes, expected',
    'Elections that needed more than one term because two nodes were candidates at once; beside it the share that the formula expects from the range of the time-outs and the measured message delay.',
  ],
  [
    'Unavailability',
    'From the due time of the first request that failed to the first answer after it: what clients notice of an election.',
  ],
  [
    'A node’s memory and CPU',
    'Those of the whole program divided by its nodes; an idle node only sends and answers heartbeats.',
  ],
];

/** Of a run with requests. */
function loadGlossary({ scenario, workloads, database }: ReportedRun): readonly (readonly [string, string])[] {
  const trialCount = Math.max(1, ...scenario.entries.map((entry) => entry.trialCount));
  return [
    ...workloads.map(({ id, description }) => [id, toSentence(description)] as const),
    [
      'Open loop',
      'Requests are due at fixed times, whatever the service does. A slow answer never delays the next request.',
    ],
    ['Response', 'From the due time of a request until its answer was complete, so waiting to be sent counts too.'],
    [
      'p50, p90, p99',
      'Half, nine in ten, 99 in 100 requests were answered within this time. p99 needs 1,000 requests; “pooled” means all trials together, because one has fewer.',
    ],
    [
      'CPU per request',
      'CPU time of all processes of the service, divided by requests sent. It depends on the rate: fixed work is shared by more requests.',
    ],
    [
      'Private memory',
      'Anonymous memory of the process tree. idle: before the first request; loaded: median under load.',
    ],
    [
      'Range',
      `Minimum to maximum trial. With ${trialCount} trials it contains the true median in ${formatPercent(rangeCoverageRatio(trialCount))} of cases.`,
    ],
    [
      '1.52× [1.36, 1.69], letters',
      'The ratio to the cheapest row, and the interval that holds the true ratio: in 95 % of runs those of all pairs of a table hold at once. Rows that share a letter cannot be told apart; “bc” shares one with “b” and one with “c”.',
    ],
    [
      'Warm-up not converged',
      'CPU per request was still changing when the warm-up ended, so the window holds some of the warming up.',
    ],
    [
      'Trial',
      `A fresh process on ${database === null ? 'an empty folder' : 'a fresh copy of the database'}. Trials of all implementations alternate, so that a slow minute of the machine affects them all.`,
    ],
    [
      'ok, overloaded, invalid, failed',
      'overloaded: the service did not hold the rate; invalid: the generator or the machine was at fault, so nothing counts; failed: wrong answers, or the service died.',
    ],
    ['warm, cold', 'warm: after a fixed number of warm-up requests; cold: from the first request of a fresh process.'],
  ];
}

function methodSection(run: ReportedRun): Markup {
  return section('method', 'How to read this', definitions(glossary(run)));
}

function definitions(entries: readonly (readonly [string, Child])[]): Markup {
  return h(
    'dl',
    { class: 'facts' },
    ...entries.map(([term, text]) => h('div', {}, h('dt', {}, term), h('dd', {}, text))),
  );
}

function implementationsSection({ run, implementations }: ReportModel): Markup {
  const lines = run.implementations.map((preparation) => {
    const known = implementations.find((candidate) => candidate.id === preparation.manifest.id);
    const cells: Child[] = [
      [known === undefined ? null : marker(known.style), preparation.manifest.id],
      preparation.manifest.model,
      preparation.status === 'ready' ? preparation.runtimeVersion : preparation.status,
      preparation.status === 'ready'
        ? [
            conformanceText(preparation),
            ...preparationTexts(preparation).map((text) => h('div', { class: 'remarks' }, text)),
          ]
        : noValue,
      h('div', { class: 'remarks' }, preparation.manifest.description),
    ];
    return { cells, attributes: { 'data-implementation': preparation.manifest.id } };
  });
  return section(
    'implementations',
    'Implementations',
    plainTable('Implementations', ['Implementation', 'concurrency', 'runtime', 'contract', 'description'], lines),
  );
}

function conformanceText({
  conformance,
  manifest,
}: Extract<ReportedRun['implementations'][number], { status: 'ready' }>): string {
  if (manifest.service === 'primitives') return 'each case checked';
  if (conformance.status === 'passed') return `${countOf(conformance.checkCount, 'check')} passed`;
  return `${conformance.failures.length} of ${countOf(conformance.checkCount, 'check')} failed`;
}

function machineSection({ machine, versions, scenario, database }: ReportedRun): Markup {
  const memory = `${formatNumber(toMebibytes(machine.memoryBytes) / 1024)} GiB`;
  return section(
    'machine',
    'Machine and settings',
    definitions([
      [
        'Machine',
        `${machine.cpuModel}, ${countOf(machine.coreCount, 'core')}, ${memory}${machine.hypervisor === null ? '' : `, ${machine.hypervisor}`}`,
      ],
      ['Kernel', machine.kernel],
      ...Object.entries(machine.systemSettings),
      ...Object.entries(versions),
      ...(scenario.entries.length === 0 ? [] : serviceSettings(scenario, database !== null)),
      ...(database === null ? [] : [['Database', databaseText(database)] as const]),
    ]),
  );
}

function baselineSection({ baseline }: ReportModel): Child {
  if (baseline === null) return null;
  const lines = baseline.rows.map((row): Child[] => [
    `${row.ratePerSec}/s`,
    ...[row.generatorDelayP50Ms, row.generatorDelayP99Ms, row.serviceP50Ms, row.serviceP99Ms, row.generatorCpuMs].map(
      (value) => (value === null ? noValue : formatNumber(value)),
    ),
  ]);
  const heads = ['Rate', 'generator delay p50, ms', 'p99, ms', 'service p50, ms', 'p99, ms', 'CPU per request, ms'];
  const caption = `The generator against a null target on this machine, calibrated ${baseline.calibratedAt.slice(0, 10)}`;
  return section('baseline', 'Null-target baseline', plainTable(caption, heads, lines));
}

function serviceSettings(
  { workerCount, databaseConnectionCount, entries, seed }: ReportedRun['scenario'],
  hasDatabase: boolean,
): readonly (readonly [string, string])[] {
  const connections = hasDatabase ? `, ${databaseConnectionCount} database connections` : '';
  const loads = new Set(entries.filter(({ ratesPerSec }) => ratesPerSec.length > 0).map(loadText));
  return [
    ['Service', `${countOf(workerCount, 'worker')}${connections}, seed ${seed}`],
    ...(loads.size === 0 ? [] : [['Load', [...loads].join('; ')] as const]),
  ];
}

function loadText({ loadPlan }: ReportedRun['scenario']['entries'][number]): string {
  return `${loadPlan.arrivals} arrivals for ${loadPlan.measureMs / 1000} s after ${formatNumber(loadPlan.warmupCount)} warm-up requests, over ${loadPlan.connectionCount} connections, at most ${loadPlan.maxInFlightCount} in flight, time-out ${loadPlan.timeoutMs} ms`;
}

function databaseText({ kind, version, settings }: NonNullable<ReportedRun['database']>): string {
  const pairs = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return [`PostgreSQL ${version} (${kind})`, ...pairs].join(', ');
}

function progressText(run: ReportedRun): string {
  const again = run.retriedCount === 0 ? '' : ` and ${countOf(run.retriedCount, 'further attempt')}`;
  const trials = `${run.trialCount} of ${run.plannedTrialCount} planned trials${again}`;
  if (run.plannedPrimitiveCount === 0) return trials;
  const cases = `${run.primitiveCount} of ${run.plannedPrimitiveCount} cases of primitives`;
  return run.plannedTrialCount === 0 ? cases : `${trials}, ${cases}`;
}

const besideConfig = 'Where paceline.config.ts lies, at this commit.';

function repeatSection(run: ReportedRun): Markup {
  // As an installed paceline says it, in a repository of somebody else's.
  const isInstalled = run.command.startsWith('npx ');
  const start = isInstalled ? 'npx paceline' : 'npm run bench --';
  const commit =
    run.commit === null
      ? null
      : h(
          'p',
          { class: 'aside' },
          `Commit ${run.commit.sha}${run.commit.dirty ? ', with uncommitted changes' : ''}: ${run.commit.subject}`,
        );
  return h(
    'section',
    { class: 'about', id: 'repeat' },
    h('h2', {}, 'Repeat it'),
    h('pre', {}, run.command),
    h('p', { class: 'aside' }, isInstalled ? besideConfig : 'In a checkout of paceline at this commit, after npm ci.'),
    commit,
    h('p', { class: 'aside' }, `Run ${run.runId}, started ${run.startedAt}, ${run.state}: ${progressText(run)}.`),
    h(
      'p',
      { class: 'aside' },
      `This page is one run and knows no earlier one: ${start} report EARLIER.json LATER.json shows what changed.`,
    ),
  );
}
