import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runResultSchema } from '../../src/model/run-result.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { reportCharts } from '../../src/report/charts/report-charts.ts';
import type { Question, ReportModel, Row } from '../../src/report/model.ts';
import { warningSubject, warningText } from '../../src/report/sentences.ts';
import { badDay, recordedElsewhere, sevenAtOneRate, sevenAtThreeRates } from '../support/run-examples.ts';
import {
  failedTrial,
  invalidTrial,
  okTrial,
  okTrials,
  ready,
  runResult,
  scenarioEntry,
  wrongTrial,
} from '../support/run-result.ts';

function onlyQuestion(model: ReportModel): Question {
  const questions = model.groups.flatMap((group) => group.questions);
  assert.equal(questions.length, 1);
  return questions[0] as Question;
}

function rowFor(question: Question, implementation: string): Row {
  const row = question.rows.find((candidate) => candidate.implementation.id === implementation);
  assert.ok(row, `${implementation} has no row`);
  return row;
}

test('the synthetic results are valid results', () => {
  for (const result of [sevenAtOneRate(), sevenAtThreeRates(), badDay(), recordedElsewhere()]) {
    assert.equal(runResultSchema.safeParse(result).error?.message, undefined);
  }
});

test('every implementation has a row, least CPU per request first, the unmeasured last', () => {
  const { rows } = onlyQuestion(buildReport(badDay(), []));
  const order = rows.map((row) => row.implementation.id);
  assert.equal(rows.length, 7);
  assert.deepEqual(order.slice(0, 3), ['crud-node-async', 'crud-node-workers', 'crud-node-threads']);
});

test('a row counts of each repetition the last ok attempt', () => {
  const trials = [
    okTrial({ repetition: 1, attempt: 1, cpuPerRequestMs: 9 }),
    okTrial({ repetition: 1, attempt: 2, cpuPerRequestMs: 1 }),
    okTrial({ repetition: 2, attempt: 1, cpuPerRequestMs: 2 }),
    invalidTrial({ repetition: 2, attempt: 2, cpuPerRequestMs: 9 }),
    failedTrial({ repetition: 3 }),
  ];
  const report = buildReport(runResult({ trials }), []);
  assert.deepEqual([report.run.trialCount, report.run.retriedCount], [3, 2]);
  const row = rowFor(onlyQuestion(report), 'crud-go');
  assert.deepEqual(row.figures['cpu-per-request']?.values, [1, 2]);
  assert.equal(row.okCount, 2);
  assert.equal(row.plannedCount, 3);
  assert.deepEqual(
    row.trials.map((trial) => trial.isCounted),
    [false, true, true, false, false],
  );
});

test('a discarded latency leaves CPU and memory standing', () => {
  const trials = okTrials(3).map((trial) => ({ ...trial, latencyDiscarded: true }) as typeof trial);
  const row = rowFor(onlyQuestion(buildReport(runResult({ trials }), [])), 'crud-go');
  assert.equal(row.figures['response-p50'], null);
  assert.equal(row.p99, null);
  assert.deepEqual(row.curve, []);
  assert.ok(row.figures['cpu-per-request']);
  assert.deepEqual(
    row.notes.map((note) => note.kind),
    ['latency-discarded'],
  );
});

test('what breaks the contract has no figure', () => {
  const result = runResult({ trials: okTrials(3) });
  const [preparation] = result.implementations;
  assert.ok(preparation?.status === 'ready');
  const broken = { ...preparation, conformance: { status: 'failed' as const, checkCount: 9, failures: ['x'] } };
  const row = rowFor(onlyQuestion(buildReport({ ...result, implementations: [broken] }, [])), 'crud-go');
  assert.equal(row.okCount, 0);
  assert.equal(row.figures['cpu-per-request'], null);
  assert.match(row.notes[0]?.text ?? '', /breaks the contract in 1 of 9 checks, first: x/);
});

test('p99 is each trial’s own above 1,000 requests, pooled where only all together reach them, else not there', () => {
  const p99 = (ratePerSec: number) => {
    const result = runResult({ trials: okTrials(3, { ratePerSec }) });
    const [question] = buildReport(result, [])
      .groups.flatMap((group) => group.questions)
      .filter((c) => c.ratePerSec === ratePerSec);
    return question?.rows[0]?.p99 ?? null;
  };
  assert.equal(p99(101)?.pooled, false);
  assert.equal(p99(40)?.pooled, true);
  assert.equal(p99(20), null);
});

test('a percentile curve ends where fewer than ten requests lie beyond', () => {
  const row = rowFor(onlyQuestion(buildReport(runResult({ trials: okTrials(3) }), [])), 'crud-go');
  const last = row.curve.at(-1)?.percentile ?? 0;
  assert.ok(last > 99 && last <= 100 - (100 * 10) / 3000, `${last}`);
});

test('CPU and memory over time have one value a second, near what the window as a whole used', () => {
  const row = rowFor(onlyQuestion(buildReport(runResult({ trials: okTrials(3) }), [])), 'crud-go');
  assert.equal(row.overTime?.coresUsed.length, 10);
  for (const cores of row.overTime?.coresUsed ?? []) assert.ok(Math.abs((cores ?? 0) - 0.05) < 0.01, `${cores}`);
  assert.ok((row.overTime?.privateBytes.at(-1) ?? 0) > 39 * 2 ** 20);
});

test('three rates give a slope and its rest, two do not', () => {
  const [three] = buildReport(sevenAtThreeRates(), []).groups;
  const go = three?.slopes.find((slope) => slope.implementation.id === 'crud-go');
  assert.ok(Math.abs((go?.slopeMsPerRequest ?? 0) - 0.46 * 0.85) < 0.01);
  assert.ok(Math.abs((go?.interceptMsPerSec ?? 0) - 12) < 1);
  const cells = [scenarioEntry({ ratesPerSec: [25, 100] })];
  const trials = [...okTrials(3, { ratePerSec: 25 }), ...okTrials(3, { ratePerSec: 100 })];
  const two = buildReport(runResult({ scenario: { ...runResult().scenario, entries: cells }, trials }), []);
  assert.deepEqual(two.groups[0]?.slopes, []);
  assert.ok([...reportCharts(two)].some(([section, charts]) => section === two.groups[0] && charts.length > 0));
});

test('warm and cold, and different workloads, are never in one question', () => {
  const groups = buildReport(sevenAtThreeRates(), []).groups;
  assert.deepEqual(
    groups.map((group) => group.id),
    ['crud-history-warm', 'crud-blog-post-warm', 'crud-history-cold'],
  );
  assert.deepEqual(
    groups[0]?.questions.map((question) => question.ratePerSec),
    [25, 100, 200],
  );
});

test('a recorded run is shown only where an implementation has no figure, under its machine’s name', () => {
  const whole = onlyQuestion(buildReport(sevenAtOneRate(), [recordedElsewhere()]));
  assert.deepEqual(whole.references, []);
  const lacking = onlyQuestion(buildReport(badDay(), [recordedElsewhere()]));
  assert.ok(lacking.missingImplementations.includes('crud-go'));
  assert.equal(lacking.references.length, 7);
  assert.match(lacking.references[0]?.source?.label ?? '', /Reference CPU 4.2 GHz, 8 cores, recorded 2026-01-02/);
  assert.ok(lacking.rows.every((row) => row.source === null));
});

test('a recorded run of a newer contract or workload version is left out and said so', () => {
  for (const other of [{ contractVersion: 2 }, { workloadVersion: 2 }]) {
    const trials = okTrials(3, { ...other, implementation: 'crud-python-flask' });
    const model = buildReport(badDay(), [recordedElsewhere({ trials })]);
    assert.deepEqual(onlyQuestion(model).references, []);
    assert.match(onlyQuestion(model).excludedReferences[0] ?? '', /version 2, here 1/);
    assert.ok(model.warnings.some((warning) => warning.code === 'reference-excluded'));
  }
});

test('a recorded run of an older contract is shown as old, and not where there is one of today', () => {
  const day = badDay();
  const live = {
    ...day,
    trials: day.trials.map((trial) => ({ ...trial, spec: { ...trial.spec, contractVersion: 2 } })),
  };
  const { references, excludedReferences } = onlyQuestion(buildReport(live, [recordedElsewhere()]));
  assert.equal(references.length, 7);
  assert.match(references[0]?.source?.label ?? '', /\(old: contract version 1, today 2\)$/);
  assert.deepEqual(excludedReferences, []);
  const today = recordedElsewhere({ trials: okTrials(3, { contractVersion: 2, implementation: 'crud-python-flask' }) });
  const both = onlyQuestion(buildReport(live, [recordedElsewhere(), today]));
  assert.deepEqual(
    both.references.map(({ implementation }) => implementation.id),
    ['crud-python-flask'],
  );
});

test('a warning of many trials is said once, with a range, its implementations and how many trials', () => {
  const trials = okTrials(3).map((trial, index) => ({
    ...trial,
    warnings: [{ code: 'noisy', message: `a neighbour took ${index}.5 % of 2 cores`, advice: 'close it' }],
  }));
  const [noisy, ...others] = buildReport(runResult({ trials }), []).warnings.filter(({ code }) => code === 'noisy');
  assert.ok(noisy);
  assert.deepEqual(others, []);
  assert.equal(warningSubject(noisy), '3 trials of crud-go');
  assert.equal(warningText(noisy), 'A neighbour took 0.5–2.5 % of 2 cores. Close it.');
});

test('warnings of one code that say different things stay apart', () => {
  const trials = okTrials(2).map((trial, index) => ({
    ...trial,
    warnings: [{ code: 'noisy', message: index === 0 ? 'a neighbour' : 'a fan', advice: null }],
  }));
  const noisy = buildReport(runResult({ trials }), []).warnings.filter(({ code }) => code === 'noisy');
  assert.deepEqual(
    noisy.map(({ message }) => message),
    ['a neighbour', 'a fan'],
  );
});

test('an unfinished run says how far it got', () => {
  const unfinished = buildReport(badDay(), []).warnings.find(({ code }) => code === 'run-not-complete');
  assert.match(unfinished?.message ?? '', /interrupted after \d+ of 15 planned trials/);
});

test('the noise between trials sets the smallest difference that can be resolved', () => {
  const trials = ['crud-go', 'crud-node-async'].flatMap((implementation) => okTrials(3, { implementation }, 0.02));
  const { resolution } = onlyQuestion(buildReport(runResult({ trials }), []));
  const { spreadRatio = 0, halfWidthRatio = 0 } = resolution ?? {};
  assert.ok(spreadRatio > 0.015 && spreadRatio < 0.03, String(spreadRatio));
  // Two implementations leave 2 degrees of freedom: Student's t at 97.5 %, 4.303, × √(2/3).
  assert.ok(Math.abs(Math.log1p(halfWidthRatio) - 4.303 * Math.log1p(spreadRatio) * Math.sqrt(2 / 3)) < 1e-4);
  assert.equal(onlyQuestion(buildReport(runResult({ trials: [okTrial()] }), [])).resolution, null);
});

test('a report has questions even when no trial could be made', () => {
  const model = buildReport(runResult({ implementations: badDay().implementations }), []);
  assert.equal(onlyQuestion(model).rows.length, 7);
  assert.deepEqual(onlyQuestion(model).answers, []);
  assert.deepEqual([...reportCharts(model).values()].flat(), []);
});

test('language decides the hue, model the marker, whoever else is in the report', () => {
  const styleOf = (ids: readonly string[], id: string) =>
    buildReport(runResult({ implementations: ids.map(ready) }), []).implementations.find((one) => one.id === id)?.style;
  const all = buildReport(sevenAtOneRate(), []).implementations;
  assert.equal(new Set(all.map(({ style }) => JSON.stringify(style))).size, 7);
  assert.equal(all.filter(({ style }) => style.family === 'node').length, 4);
  for (const { id, style } of all) assert.deepEqual(styleOf([id], id), style);
});

test('two of one language, model and service are a shade apart', () => {
  const twice = ['crud-go', 'crud-go-two'].map((id) => {
    const preparation = ready(id);
    return { ...preparation, manifest: { ...preparation.manifest, model: 'goroutines' } };
  });
  const styles = buildReport(runResult({ implementations: twice }), []).implementations.map(({ style }) => style);
  assert.deepEqual(styles, [
    { family: 'go', mark: 'triangle', shade: 0 },
    { family: 'go', mark: 'triangle', shade: 1 },
  ]);
});

test('wrong in one of three trials: no figures, the first row, and the reason first', () => {
  const lying = [wrongTrial({ implementation: 'crud-go', repetition: 2, cpuPerRequestMs: 0.1 })];
  const trials = [
    ...[1, 3].map((repetition) => okTrial({ implementation: 'crud-go', repetition, cpuPerRequestMs: 0.1 })),
    ...lying,
    ...okTrials(3, { implementation: 'crud-node-async', cpuPerRequestMs: 0.9 }),
  ];
  const implementations = ['crud-node-async', 'crud-go'].map(ready);
  const question = onlyQuestion(buildReport(runResult({ implementations, trials }), []));
  const [first] = question.rows;
  assert.deepEqual([first?.implementation.id, first?.isWrong, first?.okCount], ['crud-go', true, 0]);
  assert.equal(first?.figures['cpu-per-request'], null);
  assert.equal(first?.notes[0]?.label, 'wrong');
  assert.ok(question.answers.every(({ parts }) => !parts.some(({ strong, text }) => strong && text === 'crud-go')));
});

/** What the row says of memory that grows by 1 MiB/s in a window of so many seconds. */
function memoryNote(windowSec: number) {
  const rising = okTrials(3, { implementation: 'crud-go', measureMs: windowSec * 1_000 }).map((trial) => {
    assert.ok(trial.status === 'ok');
    const growth = { bytesPerSec: 2 ** 20, lowBytesPerSec: 0.9 * 2 ** 20, highBytesPerSec: 1.1 * 2 ** 20 };
    const memory = { ...trial.measurement.memory, growth };
    return { ...trial, measurement: { ...trial.measurement, memory } };
  });
  const run = runResult({ implementations: [ready('crud-go')], trials: rising });
  return rowFor(onlyQuestion(buildReport(run, [])), 'crud-go').notes.find(({ kind }) => kind === 'memory-rising');
}

test('memory that rises in most trials of a long window is a finding with its slope and interval', () => {
  assert.match(memoryNote(120)?.text ?? '', /1\.0 MiB\/s \[0\.9, 1\.1\]/);
});

test('a window of seconds does not tell a heap that fills from a leak, and says nothing', () => {
  assert.equal(memoryNote(10), undefined);
});

test('on one core, or a few, the report says that all shared them', () => {
  const base = runResult({ trials: okTrials(3) });
  const shared = (coreCount: number) =>
    buildReport({ ...base, machine: { ...base.machine, coreCount } }, []).warnings.flatMap(({ code, message }) =>
      code === 'shared-cores' ? [message] : [],
    );
  assert.match(shared(1)[0] ?? '', / shared 1 core: this run says nothing about scaling over cores/);
  assert.match(shared(2)[0] ?? '', / shared 2 cores: /);
  assert.deepEqual(shared(64), []);
});
