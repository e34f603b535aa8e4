export function addOne(value) {
  return value + 1;
}
