/** A function as a profiler names it. */
export interface Frame {
  readonly name: string;
  /** null: it is in no file. */
  readonly file: string | null;
}

/** One stack of calls, and how long it was seen. */
export interface Stack {
  /** The innermost first. */
  readonly frames: readonly Frame[];
  readonly ms: number;
}

/** Of a path or URL what is the same in every checkout: below the root, or below the folder of packages. */
export function tidyFile(file: string, rootDir: string): string | null {
  const path = file.replace(/^file:\/\//, '');
  if (path === '') return null;
  const ofPackage = path.lastIndexOf('/node_modules/');
  if (ofPackage >= 0) return path.slice(ofPackage + 1);
  return path.startsWith(`${rootDir}/`) ? path.slice(rootDir.length + 1) : path;
}
