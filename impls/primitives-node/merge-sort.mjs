/**
 * Top down, stable, through one auxiliary array, without a cut-off to another sort: bench/primitives/contract.md. Plain
 * JavaScript, because workers that are started for a sort load it too.
 *
 * @param {Int32Array} integers
 * @param {Int32Array} auxiliary
 * @param {number} low
 * @param {number} high
 */
export function mergeSort(integers, auxiliary, low, high) {
  if (high - low < 2) return;
  const middle = low + ((high - low) >> 1);
  mergeSort(integers, auxiliary, low, middle);
  mergeSort(integers, auxiliary, middle, high);
  merge(integers, auxiliary, low, middle, high);
}

/**
 * @param {Int32Array} integers
 * @param {Int32Array} auxiliary
 * @param {number} low
 * @param {number} middle
 * @param {number} high
 */
export function merge(integers, auxiliary, low, middle, high) {
  auxiliary.set(integers.subarray(low, high), low);
  let left = low;
  let right = middle;
  for (let at = low; at < high; at += 1) {
    if (right >= high || (left < middle && auxiliary[left] <= auxiliary[right])) {
      integers[at] = auxiliary[left];
      left += 1;
    } else {
      integers[at] = auxiliary[right];
      right += 1;
    }
  }
}
