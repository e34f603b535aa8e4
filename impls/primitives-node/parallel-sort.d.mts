export interface Part {
  readonly integers: Int32Array;
  readonly auxiliary: Int32Array;
  readonly low: number;
  readonly high: number;
  /** A power of two. */
  readonly partCount: number;
}
export function parallelSort(part: Part): Promise<void>;
