import { createNullTarget } from '../null-target.ts';

/** The null target as an implementation of `echo`, for `paceline calibrate`. */
const server = createNullTarget().listen(Number(process.env.PORT), process.env.HOST);
process.once('SIGTERM', () => {
  server.close();
  process.exit(0);
});
