import { countOf } from '../../compare/text.ts';
import { rangeCoverageRatio } from '../../stats/descriptive.ts';
import { formatBytes, formatNumber, formatPercent, noValue, toMebibytes, toSentence } from '../format.ts';
import type { ReportedRun, ReportModel } from '../model.ts';
import { warningText } from '../sentences.ts';
import { marker } from './charts.ts';
import { type Child, h, type Markup, plainTable } from './markup.ts';

/** What stands behind the figures: doubts, method, who took part, machine, and how to repeat it. */
export function aboutSections(model: ReportModel): Child[] {
  return [
    warningsSection(model),
    methodSection(model.run),
    implementationsSection(model),
    machineSection(model.run),
    baselineSection(model),
    repeatSection(model.run),
  ];
}

function section(id: string, heading: string, ...children: Child[]): Markup {
  return h('section', { class: 'about', id }, h('h2', {}, heading), ...children);
}

function warningsSection({ warnings }: ReportModel): Child {
  if (warnings.length === 0) return null;
  const items = warnings.map((warning) =>
    h(
      'li',
      {},
      warning.implementations.length === 0
        ? null
        : h('b', { class: 'whose' }, `${warning.implementations.join(', ')} `),
      warningText(warning),
    ),
  );
  return section('warnings', 'Warnings', h('ul', { class: 'warnings' }, ...items));
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
      'Time on the clock, and processor time of all processes that take part, of one operation. Median over samples, then over fresh processes.',
    ],
    [
      'Empty loop',
      'The same loop with the operation taken out: shown, never taken off. What is not at least twice as dear is only a bound.',
    ],
    [
      'Each',
      'Private memory of the waiting program, less that of the same program with none, divided by their number.',
    ],
    ['At most', `The largest size that worked under the stated limits.${limit}`],
  ];
}

/** Of a run with Raft in it. */
const clusterGlossary: readonly (readonly [string, string])[] = [
  [
    'Node, time-outs',
    'One member of a Raft cluster; all of a cluster run in one program. A node that hears nothing of a leader for a time drawn at random between the two time-outs stands for election.',
  ],
  [
    'Election',
    'From the crash of the leader until every other node has had a heartbeat of the next one: most of it is waiting for the first time-out.',
  ],
  [
    'Split votes, in theory',
    'Elections that needed a second round because two nodes stood at once; beside it what the formula expects from the range of the time-outs and the measured delay of messages.',
  ],
  [
    'Gap',
    'From the moment the first request that was not served was due until the first one after it was answered: what clients notice of an election.',
  ],
  [
    'A node’s memory and CPU',
    'Those of the whole program divided by its nodes; a quiet node only sends and answers heartbeats.',
  ],
];

/** Of a run with requests. */
function loadGlossary({ scenario, workloads, database }: ReportedRun): readonly (readonly [string, string])[] {
  const trialCount = Math.max(1, ...scenario.entries.map((entry) => entry.trialCount));
  return [
    ...workloads.map(({ id, description }) => [id, toSentence(description)] as const),
    [
      'Pace',
      'Requests are due at fixed moments, whatever the service does. A slow answer never delays the next request.',
    ],
    [
      'Response',
      'From the moment a request was due until its answer was complete, so the time it had to wait to be sent counts too.',
    ],
    [
      'p50, p90, p99',
      'Half, nine in ten, 99 in 100 requests were answered within this time. p99 needs 1,000 requests; “pooled” means all trials together, because one has fewer.',
    ],
    [
      'CPU per request',
      'Processor time of all processes of the service, divided by requests sent. It depends on the rate: work done anyway is shared by more requests.',
    ],
    ['Private memory', 'Memory no other process shares. idle: ready and never asked; loaded: median under load.'],
    [
      'Range',
      `Least to greatest trial. With ${trialCount} trials it holds the true median in ${formatPercent(rangeCoverageRatio(trialCount))} of cases. Somebody is called least only where ranges do not overlap.`,
    ],
    [
      'Trial',
      `A fresh process on ${database === null ? 'an empty folder' : 'a fresh copy of the database'}. Trials of all implementations alternate, so that a slow minute of the machine meets everyone.`,
    ],
    [
      'ok, overloaded, invalid, failed',
      'overloaded: the service did not hold the rate; invalid: the load generator or the machine was at fault, so nothing is counted; failed: wrong answers, or it died.',
    ],
    ['warm, cold', 'warm: after a fixed number of warm-up requests; cold: the first minute of a fresh process.'],
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
  const lines = run.implementations.map((preparation): Child[] => {
    const known = implementations.find((candidate) => candidate.id === preparation.manifest.id);
    return [
      [known === undefined ? null : marker(known.style), preparation.manifest.id],
      preparation.manifest.model,
      preparation.status === 'ready' ? preparation.runtimeVersion : preparation.status,
      preparation.status === 'ready' ? conformanceText(preparation) : noValue,
      h('div', { class: 'remarks' }, preparation.manifest.description),
    ];
  });
  return section(
    'who',
    'Who took part',
    plainTable('Implementations', ['Who', 'concurrency', 'runtime', 'contract', 'description'], lines),
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
  const heads = ['Rate', 'woke late p50 ms', 'p99 ms', 'answered p50 ms', 'p99 ms', 'CPU ms a request'];
  const caption = `The generator against a target that does nothing, calibrated ${baseline.calibratedAt.slice(0, 10)}`;
  return section('floor', 'Floor of this machine', plainTable(caption, heads, lines));
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
  const trials = `${run.trialCount} of ${run.plannedTrialCount} planned trials`;
  if (run.plannedPrimitiveCount === 0) return trials;
  const cases = `${run.primitiveCount} of ${run.plannedPrimitiveCount} cases of primitives`;
  return run.plannedTrialCount === 0 ? cases : `${trials}, ${cases}`;
}

function repeatSection(run: ReportedRun): Markup {
  const commit =
    run.commit === null
      ? null
      : h(
          'p',
          { class: 'aside' },
          `Commit ${run.commit.sha}${run.commit.dirty ? ', with uncommitted changes' : ''}: ${run.commit.subject}`,
        );
  return section(
    'repeat',
    'Repeat it',
    h('pre', {}, run.command),
    commit,
    h('p', { class: 'aside' }, `Run ${run.runId}, started ${run.startedAt}, ${run.state}: ${progressText(run)}.`),
  );
}
