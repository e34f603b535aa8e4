import { extname } from 'node:path';

/** Of modules that are found by their name and not imported: .ts in a checkout, .js in the package that is built of it. */
export const moduleEnding: string = extname(import.meta.filename);
