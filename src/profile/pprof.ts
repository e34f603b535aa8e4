import { gunzipSync, gzipSync } from 'node:zlib';
import { Line, Location, Function as PprofFunction, Profile, Sample, StringTable, ValueType } from 'pprof-format';
import { type Frame, type Stack, tidyFile } from './stacks.ts';

/** Of a gzipped profile.proto, as Go's runtime/pprof writes it: its last value is CPU, in nanoseconds. */
export function readPprof(bytes: Uint8Array, rootDir: string): Stack[] {
  const profile = Profile.decode(gunzipSync(bytes));
  const { strings } = profile.stringTable;
  const text = (index: number | bigint) => strings[Number(index)] ?? '';
  const functions = new Map(profile.function.map((one) => [Number(one.id), one]));
  const frameOf = (id: number | bigint): Frame => {
    const found = functions.get(Number(id));
    return { name: text(found?.name ?? 0), file: tidyFile(text(found?.filename ?? 0), rootDir) };
  };
  // Of functions compiled into each other the innermost comes first.
  const framesAt = new Map(
    profile.location.map(({ id, line }) => [Number(id), line.map(({ functionId }) => frameOf(functionId))]),
  );
  return profile.sample.map(({ locationId, value }) => ({
    frames: locationId.flatMap((id) => framesAt.get(Number(id)) ?? []),
    ms: Number(value.at(-1) ?? 0) / 1e6,
  }));
}

/** For `go tool pprof` and speedscope, whatever profiler saw the stacks. */
export function writePprof(stacks: readonly Stack[]): Uint8Array {
  const strings = new StringTable();
  const ids = new Map<string, number>();
  const functions: PprofFunction[] = [];
  const locations: Location[] = [];
  const locationOf = (frame: Frame): number => {
    const key = JSON.stringify([frame.name, frame.file]);
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = ids.size + 1;
    ids.set(key, id);
    const name = strings.dedup(frame.name);
    functions.push(new PprofFunction({ id, name, systemName: name, filename: strings.dedup(frame.file ?? '') }));
    locations.push(new Location({ id, line: [new Line({ functionId: id })] }));
    return id;
  };
  const cpu = () => new ValueType({ type: strings.dedup('cpu'), unit: strings.dedup('nanoseconds') });
  const sample = stacks.map(
    ({ frames, ms }) => new Sample({ locationId: frames.map(locationOf), value: [Math.round(ms * 1e6)] }),
  );
  const profile = new Profile({
    sampleType: [cpu()],
    sample,
    location: locations,
    function: functions,
    stringTable: strings,
    periodType: cpu(),
    period: 1,
  });
  return gzipSync(profile.encode());
}
