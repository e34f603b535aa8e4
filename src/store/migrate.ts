type Json = Record<string, unknown>;

/** Lifts a parsed result file by one version: index 0 lifts version 1 to 2, and so on. What an old file did not know becomes null or empty. */
const migrations: readonly ((old: Json) => Json)[] = [fromVersion1, fromVersion2, fromVersion3, fromVersion4];

/** A result of any earlier version in the shape of the newest; anything else is returned as it is, for the schema to refuse. */
export function migrate(value: unknown): unknown {
  if (!isObject(value) || typeof value.schemaVersion !== 'number') return value;
  let lifted = value;
  for (const step of migrations.slice(Math.max(0, value.schemaVersion - 1))) {
    lifted = { ...step(lifted), schemaVersion: Number(lifted.schemaVersion) + 1 };
  }
  return lifted;
}

/** Version 2 knows pairs of trials, primitives, clusters, refusals and questions without requests. */
function fromVersion1(old: Json): Json {
  const scenario = asObject(old.scenario);
  return {
    primitiveFacts: [],
    plannedPrimitiveCount: 0,
    primitives: [],
    ...old,
    scenario: { primitives: null, ...scenario, cells: mapObjects(scenario.cells, withoutCluster) },
    trials: mapObjects(old.trials, (trial) => ({
      ...trial,
      spec: { pair: null, ...withoutCluster(asObject(trial.spec)) },
      measurement: fromMeasurement1(trial.measurement),
    })),
  };
}

/** Version 3 knows which statements an implementation sends to its database. */
function fromVersion2(old: Json): Json {
  return { ...old, implementations: mapObjects(old.implementations, fromPreparation2) };
}

function fromPreparation2(preparation: Json): Json {
  const { conformance } = preparation;
  if (!isObject(conformance) || conformance.status !== 'passed') return preparation;
  return { ...preparation, conformance: { statementsHash: null, ...conformance } };
}

function withoutCluster(value: Json): Json {
  return { cluster: null, ...value };
}

function fromMeasurement1(measurement: unknown): unknown {
  if (!isObject(measurement)) return measurement;
  const noise = { psiIoFullMs: null, ...asObject(measurement.noise) };
  return withoutCluster({ ...measurement, load: fromLoad1(measurement.load), noise });
}

function fromLoad1(load: unknown): unknown {
  if (!isObject(load)) return load;
  const operations = Object.entries(asObject(load.operations));
  return {
    outages: [],
    ...fromCounts1(load),
    generator: { wakes: null, ...asObject(load.generator) },
    operations: Object.fromEntries(operations.map(([name, value]) => [name, fromCounts1(asObject(value))])),
  };
}

function fromCounts1(value: Json): Json {
  return { ...value, counts: { refusedCount: 0, ...asObject(value.counts) } };
}

/** Version 4 uses the field's words (docs/decisions/moved.md lists what each name was), and knows which loop sent the load. */
function fromVersion3(old: Json): Json {
  const scenario = asObject(old.scenario);
  const machine = asObject(old.machine);
  return {
    ...old,
    command: currentCommand(old.command),
    ranking: { against: null, until: null },
    machine: renamed(machine, { hiddenSettings: 'systemSettings' }),
    scenario: {
      ...renamed(scenario, { cells: 'entries', dbPoolTotal: 'databaseConnectionCount' }),
      includesOptional: false,
      id: currentId(scenario.id),
      entries: mapObjects(scenario.cells, fromScenarioCell3),
      primitives: isObject(scenario.primitives)
        ? renamed(scenario.primitives, { only: 'ids', sampleMs: 'minSampleMs' })
        : scenario.primitives,
    },
    implementations: mapObjects(old.implementations, fromPreparation3),
    workloads: mapObjects(old.workloads, (workload) => ({ ...workload, id: currentId(workload.id) })),
    trials: mapObjects(old.trials, fromTrial3),
    primitiveFacts: mapObjects(old.primitiveFacts, (facts) =>
      renamed(facts, { variants: 'cases', checked: 'correctnessCheck', sizeName: 'sizeLabel' }),
    ),
    primitives: mapObjects(old.primitives, fromPrimitive3),
    warnings: mapObjects(old.warnings, withCurrentCode),
  };
}

function fromPreparation3(preparation: Json): Json {
  const { conformance, status } = preparation;
  const known = status === 'ready' ? { buildEnvironment: null, ...preparation } : preparation;
  if (!isObject(conformance) || conformance.status !== 'passed') return known;
  return { ...known, conformance: { ...conformance, countedLoad: null, wire: null } };
}

function fromScenarioCell3(cell: Json): Json {
  return {
    ...renamed(cell, { profile: 'loadPlan' }),
    workload: currentId(cell.workload),
    temperature: currentTemperature(cell.temperature),
    loadPlan: renamed(asObject(cell.profile), { kind: 'arrivals' }),
    cluster: isObject(cell.cluster) ? fromScenarioCluster3(cell.cluster) : cell.cluster,
  };
}

const clusterConditions = {
  climbs: 'searchesSize',
  synchronised: 'heartbeatBeforeCrash',
  laggardCount: 'laggingFollowerCount',
};

function fromScenarioCluster3(cluster: Json): Json {
  const { published } = cluster;
  if (!isObject(published)) return renamed(cluster, clusterConditions);
  return {
    ...renamed(cluster, clusterConditions),
    published: {
      ...renamed(published, { leastMs: 'minMs' }),
      quantiles: mapObjects(published.quantiles, (one) => renamed(one, { probabilityRatio: 'probability' })),
    },
  };
}

function fromTrial3(trial: Json): Json {
  return {
    ...renamed(trial, { latencyVoid: 'latencyDiscarded' }),
    ...('phase' in trial ? { phase: currentPhase(trial.phase) } : {}),
    ...('reasons' in trial ? { reasons: mapObjects(trial.reasons, withCurrentCode) } : {}),
    spec: fromSpec3(asObject(trial.spec)),
    measurement: isObject(trial.measurement) ? fromMeasurement3(trial.measurement) : trial.measurement,
    warnings: mapObjects(trial.warnings, withCurrentCode),
  };
}

function fromSpec3(spec: Json): Json {
  const { cluster } = spec;
  return {
    ...renamed(spec, {
      slot: 'position',
      limit: 'resourceLimit',
      profile: 'loadPlan',
      dbPoolTotal: 'databaseConnectionCount',
    }),
    workload: currentId(spec.workload),
    temperature: currentTemperature(spec.temperature),
    loadPlan: renamed(asObject(spec.profile), { kind: 'arrivals' }),
    cluster: isObject(cluster)
      ? {
          ...renamed(cluster, { ...clusterConditions, act: 'fault' }),
          fault: cluster.act === 'watch' ? 'none' : cluster.act,
        }
      : cluster,
  };
}

function fromMeasurement3(measurement: Json): Json {
  const { cluster, load } = measurement;
  return {
    ...renamed(measurement, { steady: 'warmupConverged' }),
    deferredCpuMs: null,
    memory: {
      ...renamed(asObject(measurement.memory), {
        afterBytes: 'afterDrainBytes',
        peakInclFileBytes: 'peakIncludingFileBytes',
      }),
      growth: null,
    },
    noise: renamed(asObject(measurement.noise), {
      spinRatio: 'slowdownFactor',
      otherCpuRatio: 'otherProcessesCpuRatio',
    }),
    cluster: isObject(cluster) ? fromCluster3(cluster) : cluster,
    load: isObject(load) ? fromLoad3(load) : load,
  };
}

function fromCluster3(cluster: Json): Json {
  return {
    ...renamed(cluster, {
      liveAfterCount: 'finalLiveCount',
      termBefore: 'initialTerm',
      termAfter: 'finalTerm',
      leaderAfter: 'finalLeader',
    }),
    elections: mapObjects(cluster.elections, (election) => renamed(election, { terms: 'termCount' })),
  };
}

function fromLoad3(load: Json): Json {
  const histogram = (latency: unknown): Json => renamed(asObject(latency), { encoded: 'hdrHistogram' });
  const operation = ({ response, service, ...rest }: Json): Json => ({
    ...rest,
    responseTime: histogram(response),
    serviceTime: histogram(service),
  });
  const { response, service, lag, wokeLate, waited, completions, ...rest } = load;
  return {
    ...rest,
    responseTime: histogram(response),
    serviceTime: histogram(service),
    sendDelay: histogram(lag),
    generatorDelay: histogram(wokeLate),
    connectionWait: histogram(waited),
    eventLatencies: mapValues(completions, histogram),
    operations: mapValues(load.operations, operation),
    seconds: mapObjects(load.seconds, (second) => renamed(second, { badCount: 'notOkCount' })),
    generator: fromGenerator3(asObject(load.generator)),
  };
}

function fromGenerator3({ pacer, wakes, ...generator }: Json): Json {
  return {
    loop: 'former',
    wakeupCount: null,
    ...renamed(generator, { sendGapCvRatio: 'sendGapCv', staleRetriesCount: 'staleRetryCount' }),
  };
}

function fromPrimitive3(result: Json): Json {
  const spec = asObject(result.spec);
  const { measurement } = result;
  return {
    ...result,
    spec: {
      ...renamed(spec, { variant: 'caseId', slot: 'position', profile: 'plan' }),
      plan: renamed(asObject(spec.profile), { sampleMs: 'minSampleMs' }),
    },
    ...(isObject(measurement)
      ? { measurement: renamed(measurement, { readyMs: 'startupMs', clockStepNs: 'clockResolutionNs' }) }
      : {}),
  };
}

/** Version 5 names the engine that sent (before it there was one), and knows what the kernel counted of a target. */
function fromVersion4(old: Json): Json {
  return { profiles: [], ...old, trials: mapObjects(old.trials, fromTrial4) };
}

function fromTrial4(trial: Json): Json {
  const { measurement } = trial;
  if (!isObject(measurement)) return trial;
  return { ...trial, measurement: { counters: null, ...measurement, load: withEngine(measurement.load) } };
}

function withEngine(load: unknown): unknown {
  if (!isObject(load)) return load;
  const known = asObject(load.generator);
  const loop = known.loop === 'native' ? 'former-native' : known.loop;
  return { ...load, generator: { engine: 'paceline', ...known, loop } };
}

/** Scenarios and workloads that took their name from the blog post. */
function currentId(id: unknown): unknown {
  return typeof id === 'string' ? id.replace(/^seed(?=$|-)/, 'blog-post') : id;
}

function currentCommand(command: unknown): unknown {
  return typeof command === 'string'
    ? command.replace(/ (run|--workload) seed\b/g, ' $1 blog-post').replaceAll('--tries ', '--attempts ')
    : command;
}

function currentTemperature(temperature: unknown): unknown {
  return temperature === 'young' ? 'cold' : temperature;
}

function currentPhase(phase: unknown): unknown {
  if (phase === 'drive') return 'measure';
  return phase === 'after' ? 'after-load' : phase;
}

const codes: Readonly<Record<string, string>> = {
  'woke-late': 'generator-delayed',
  'loop-busy': 'event-loop-busy',
  collecting: 'garbage-collection',
  'not-kept-up': 'rate-not-sustained',
  'loud-machine': 'noisy-machine',
  'floor-used': 'baseline-used',
  'reference-left-out': 'reference-excluded',
};

function withCurrentCode(finding: Json): Json {
  const { code } = finding;
  return typeof code === 'string' && Object.hasOwn(codes, code) ? { ...finding, code: codes[code] } : finding;
}

/** The same values in the same order; keys that are not listed keep their names. */
function renamed(value: Json, names: Readonly<Record<string, string>>): Json {
  const nameOf = (key: string) => (Object.hasOwn(names, key) ? (names[key] as string) : key);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [nameOf(key), one]));
}

function mapValues(value: unknown, lift: (item: Json) => Json): unknown {
  return Object.fromEntries(Object.entries(asObject(value)).map(([key, one]) => [key, lift(asObject(one))]));
}

function mapObjects(list: unknown, lift: (item: Json) => Json): unknown {
  return Array.isArray(list) ? list.map((item) => (isObject(item) ? lift(item) : item)) : list;
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
