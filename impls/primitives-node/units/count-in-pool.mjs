export function count(counter) {
  Atomics.add(counter, 0, 1);
}
