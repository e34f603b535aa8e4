export function mergeSort(integers: Int32Array, auxiliary: Int32Array, low: number, high: number): void;
export function merge(integers: Int32Array, auxiliary: Int32Array, low: number, middle: number, high: number): void;
