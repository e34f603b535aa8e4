/** What the harness asks for, as it stands in the environment: bench/primitives/contract.md. */
export interface Settings {
  readonly primitive: string;
  readonly variant: string;
  /** 0: the primitive has no size. */
  readonly size: number;
  readonly sampleCount: number;
  readonly sampleMs: number;
  readonly warmupMs: number;
  readonly budgetMs: number;
  readonly dataFile: string;
}

/** A variable that makes no sense, or a case that is not known: one line and exit code 2. */
export class BadSetting extends Error {}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    primitive: env.PRIMITIVE ?? '',
    variant: env.VARIANT ?? '',
    size: count(env, 'SIZE', 0),
    sampleCount: count(env, 'SAMPLES', 1),
    sampleMs: count(env, 'SAMPLE_MS', 1),
    warmupMs: count(env, 'WARMUP_MS', 0),
    budgetMs: count(env, 'BUDGET_MS', 1),
    dataFile: env.DATA_FILE ?? '',
  };
}

function count(env: NodeJS.ProcessEnv, name: string, min: number): number {
  const text = env[name] ?? '';
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min) throw new BadSetting(`${name} must be a whole number from ${min}`);
  return value;
}
