/** CLOCK_MONOTONIC in whole microseconds: the same clock in every thread and process. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanoseconds / 1000);
}
