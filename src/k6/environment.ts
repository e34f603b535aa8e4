/** In the exported script: plain data in which each `{env:NAME}` is what k6's environment has under that name. */
export function withEnvironment(value: unknown): unknown {
  if (typeof value === 'string')
    return value.replace(/\{env:([A-Za-z_]\w*)\}/g, (_, name: string) => fromEnvironment(name));
  if (Array.isArray(value)) return value.map(withEnvironment);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withEnvironment(one)]));
}

function fromEnvironment(name: string): string {
  const value = __ENV[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: start k6 with -e ${name}=…`);
  return value;
}
