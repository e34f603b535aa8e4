type Json = Record<string, unknown>;

/** Lifts a parsed result file by one version: index 0 lifts version 1 to 2, and so on. What an old file did not know becomes null or empty. */
const migrations: readonly ((old: Json) => Json)[] = [fromVersion1, fromVersion2, fromVersion3];

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

/** Version 4 knows which loop drove a target. */
function fromVersion3(old: Json): Json {
  return {
    ...old,
    trials: mapObjects(old.trials, (trial) => ({ ...trial, measurement: fromMeasurement3(trial.measurement) })),
  };
}

function fromMeasurement3(measurement: unknown): unknown {
  if (!isObject(measurement) || !isObject(measurement.load)) return measurement;
  const { pacer, wakes, ...generator } = asObject(measurement.load.generator);
  return {
    ...measurement,
    load: { ...measurement.load, generator: { loop: 'former', wakeupCount: null, ...generator } },
  };
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

function mapObjects(list: unknown, lift: (item: Json) => Json): unknown {
  return Array.isArray(list) ? list.map((item) => (isObject(item) ? lift(item) : item)) : list;
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
