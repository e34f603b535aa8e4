import type { GatePolicy } from '../model/gate-policy.ts';
import type { Waiver } from '../model/waiver.ts';

export interface CompareOptions {
  readonly policy: GatePolicy;
  /** In place of every gated metric's smallest effect; null: the policy's. */
  readonly minEffectRatio: number | null;
  /** What A/A runs of this machine showed, by comparison id. */
  readonly floors: ReadonlyMap<string, number>;
  readonly waivers: readonly Waiver[];
  /** As 2026-12-31, for waivers end. */
  readonly today: string;
}
