// All nodes on one event loop: a message is an object handed over in a later turn of it.
import { runProgram } from '../_node/raft/host/program.ts';
import { createLoopHost } from './loop-host.ts';

await runProgram(1001, createLoopHost);
