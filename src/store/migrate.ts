type Json = Record<string, unknown>;

/** Lifts a parsed result file by one version: index 0 lifts version 1 to 2, and so on. What an old file did not know becomes null or empty. */
const steps: readonly ((old: Json) => Json)[] = [fromVersion1];

/** A result of any earlier version in the shape of the newest; anything else is returned as it is, for the schema to refuse. */
export function migrate(value: unknown): unknown {
  if (!isObject(value) || typeof value.schemaVersion !== 'number') return value;
  let lifted = value;
  for (const step of steps.slice(Math.max(0, value.schemaVersion - 1))) {
    lifted = { ...step(lifted), schemaVersion: Number(lifted.schemaVersion) + 1 };
  }
  return lifted;
}

/** Version 1 knew no clusters, no refusals and no scenario without requests. */
function fromVersion1(old: Json): Json {
  return { ...old, scenario: scenarioFrom1(old.scenario), trials: listFrom1(old.trials, trialFrom1) };
}

function scenarioFrom1(scenario: unknown): unknown {
  if (!isObject(scenario)) return scenario;
  return { ...scenario, cells: listFrom1(scenario.cells, withoutCluster) };
}

function withoutCluster(value: Json): Json {
  return { ...value, cluster: null };
}

function trialFrom1(trial: Json): Json {
  const { spec, measurement } = trial;
  return {
    ...trial,
    ...(isObject(spec) ? { spec: withoutCluster(spec) } : {}),
    ...(isObject(measurement)
      ? { measurement: withoutCluster({ ...measurement, load: loadFrom1(measurement.load) }) }
      : {}),
  };
}

function loadFrom1(load: unknown): unknown {
  if (!isObject(load)) return load;
  const operations = Object.entries(isObject(load.operations) ? load.operations : {});
  return {
    ...(countsFrom1(load) as Json),
    outages: [],
    operations: Object.fromEntries(operations.map(([name, value]) => [name, countsFrom1(value)])),
  };
}

function countsFrom1(value: unknown): unknown {
  if (!isObject(value) || !isObject(value.counts)) return value;
  return { ...value, counts: { ...value.counts, refusedCount: 0 } };
}

function listFrom1(list: unknown, lift: (item: Json) => Json): unknown {
  return Array.isArray(list) ? list.map((item) => (isObject(item) ? lift(item) : item)) : list;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
