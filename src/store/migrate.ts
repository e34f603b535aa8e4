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

function fromVersion1(old: Json): Json {
  return { ...old, trials: list(old.trials).map(withWakes) };
}

/** How the generator woke was not recorded. */
function withWakes(trial: unknown): unknown {
  if (!isObject(trial) || !isObject(trial.measurement)) return trial;
  const { measurement } = trial;
  if (!isObject(measurement.load) || !isObject(measurement.load.generator)) return trial;
  const load = { ...measurement.load, generator: { ...measurement.load.generator, wakes: null } };
  return { ...trial, measurement: { ...measurement, load } };
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
