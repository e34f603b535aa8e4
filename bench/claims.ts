import type { Claim, ClaimSource, Quantity } from '../src/model/claim.ts';

export const sources: readonly ClaimSource[] = [
  { id: 'branchkey', title: 'BranchKey’s post on moving its platform from Python to Go' },
  { id: 'kiederle', title: 'Kiederle, Compare Go Parallel Programming with Python' },
];

function served(workload: string, implementation: string, metric: string): Quantity {
  return { kind: 'trial', workload, implementation, metric };
}

function primitive(
  implementation: string,
  [id, variant, size]: readonly [string, string, number?],
  of: Extract<Quantity, { kind: 'primitive' }>['of'],
): Quantity {
  return {
    kind: 'primitive',
    implementation: `primitives-${implementation}`,
    primitive: id,
    caseId: variant,
    size: size ?? null,
    of,
  };
}

const twoServices =
  'The post compares two different services (password hashing against a file index) and names neither percentile nor duration';

function variables(variant: string, name: string, why: string): Claim {
  return {
    id: `variable-${variant}`,
    source: 'branchkey',
    quotation: 'Python consumes about 6 times more memory than GoLang to store similar variables',
    claimed: `6× for ${name}`,
    measuredBy: `private memory of 1,000,000 ${name} in a list, less that of the empty list`,
    test: {
      kind: 'times',
      of: primitive('python', ['memory-variables', variant, 1_000_000], 'per-unit'),
      to: primitive('go', ['memory-variables', variant, 1_000_000], 'per-unit'),
      claimed: 6,
    },
    note: why,
  };
}

/** Every quantitative or comparative statement of the source documents. */
export const claims: readonly Claim[] = [
  {
    id: 'python-response',
    source: 'branchkey',
    quotation: 'we obtained a response time of about 150 ms',
    claimed: '150 ms (Flask)',
    measuredBy: 'crud-python-flask on the authentication half of the blog post’s load: response p50',
    test: {
      kind: 'value',
      of: served('blog-post-auth', 'crud-python-flask', 'response-p50'),
      claimed: 150,
      unit: 'ms',
    },
    note: 'Another machine, and which share of the requests hashed a password is not said',
  },
  {
    id: 'go-response',
    source: 'branchkey',
    quotation: 'for the same load, this service responded within 30 ms',
    claimed: '30 ms (Go)',
    measuredBy: 'crud-go on the file half of the blog post’s load: response p50',
    test: { kind: 'value', of: served('blog-post-files', 'crud-go', 'response-p50'), claimed: 30, unit: 'ms' },
    note: 'Another machine, and a network between',
  },
  {
    id: 'response-ratio',
    source: 'branchkey',
    quotation: '150 ms … to our surprise, for the same load, this service responded within 30 ms',
    claimed: '5× as long in Python',
    measuredBy: 'the same service in both, the blog post’s whole load: response p50',
    test: {
      kind: 'times',
      of: served('blog-post', 'crud-python-flask', 'response-p50'),
      to: served('blog-post', 'crud-go', 'response-p50'),
      claimed: 5,
    },
    note: twoServices,
  },
  {
    id: 'python-cpu',
    source: 'branchkey',
    quotation: 'Our service used only 0.7 of the CPU',
    claimed: '0.7 cores (Flask)',
    measuredBy: 'crud-python-flask on the authentication half of the blog post’s load: cores used',
    test: {
      kind: 'value',
      of: served('blog-post-auth', 'crud-python-flask', 'cores-used'),
      claimed: 0.7,
      unit: 'cores',
    },
    note: 'Another machine, and which share of the requests hashed a password is not said',
  },
  {
    id: 'go-cpu',
    source: 'branchkey',
    quotation: 'it used only 0.05 of the CPU',
    claimed: '0.05 cores (Go)',
    measuredBy: 'crud-go on the file half of the blog post’s load: cores used',
    test: { kind: 'value', of: served('blog-post-files', 'crud-go', 'cores-used'), claimed: 0.05, unit: 'cores' },
    note: 'Here the half also aggregates and keeps event streams; the post’s service only served an index',
  },
  {
    id: 'cpu-ratio',
    source: 'branchkey',
    quotation: 'used only 0.7 of the CPU … it used only 0.05 of the CPU',
    claimed: '14× the CPU in Python',
    measuredBy: 'the same service in both, the blog post’s whole load: cores used',
    test: {
      kind: 'times',
      of: served('blog-post', 'crud-python-flask', 'cores-used'),
      to: served('blog-post', 'crud-go', 'cores-used'),
      claimed: 14,
    },
    note: twoServices,
  },
  {
    id: 'python-memory',
    source: 'branchkey',
    quotation: '325 MBs of memory',
    claimed: '325 MB (Flask)',
    measuredBy: 'crud-python-flask on the authentication half of the blog post’s load: private memory, median',
    test: {
      kind: 'value',
      of: served('blog-post-auth', 'crud-python-flask', 'memory-median'),
      claimed: 325,
      unit: 'MB',
    },
    note: 'The post’s figure is probably RSS or a container’s, with an unknown number of workers',
  },
  {
    id: 'go-memory',
    source: 'branchkey',
    quotation: '23.5 MBs of the memory',
    claimed: '23.5 MB (Go)',
    measuredBy: 'crud-go on the file half of the blog post’s load: private memory, median',
    test: { kind: 'value', of: served('blog-post-files', 'crud-go', 'memory-median'), claimed: 23.5, unit: 'MB' },
    note: 'Here with a cache of 16 MiB of file bodies',
  },
  {
    id: 'memory-ratio',
    source: 'branchkey',
    quotation: '325 MBs of memory … 23.5 MBs of the memory',
    claimed: '13.8× the memory in Python',
    measuredBy: 'the same service in both, the blog post’s whole load: private memory, median',
    test: {
      kind: 'times',
      of: served('blog-post', 'crud-python-flask', 'memory-median'),
      to: served('blog-post', 'crud-go', 'memory-median'),
      claimed: 13.8,
    },
    note: twoServices,
  },
  {
    id: 'idle-service',
    source: 'branchkey',
    quotation: 'about 9 times more memory than a GoLang application in no-data and no-load state',
    claimed: '9× (service)',
    measuredBy: 'the same service in both, ready and never asked: private memory',
    test: {
      kind: 'times',
      of: served('blog-post', 'crud-python-flask', 'memory-idle'),
      to: served('blog-post', 'crud-go', 'memory-idle'),
      claimed: 9,
    },
    note: 'Depends on the number of worker processes, which the post does not say; here WORKERS = 2',
  },
  {
    id: 'idle-server',
    source: 'branchkey',
    quotation: 'about 9 times more memory than a GoLang application in no-data and no-load state',
    claimed: '9× (empty HTTP server)',
    measuredBy: 'an HTTP server of the standard library, never asked: private memory',
    test: {
      kind: 'times',
      of: primitive('python', ['memory-empty', 'http-server'], 'private'),
      to: primitive('go', ['memory-empty', 'http-server'], 'private'),
      claimed: 9,
    },
    note: 'One process each, nothing imported beside the server',
  },
  {
    id: 'idle-program',
    source: 'branchkey',
    quotation: 'about 9 times more memory than a GoLang application in no-data and no-load state',
    claimed: '9× (empty program)',
    measuredBy: 'a program that only waits: private memory',
    test: {
      kind: 'times',
      of: primitive('python', ['memory-empty', 'program'], 'private'),
      to: primitive('go', ['memory-empty', 'program'], 'private'),
      claimed: 9,
    },
    note: 'The interpreter against the runtime, before anybody’s code',
  },
  variables('int', 'integers', 'An int of CPython is an object of 28 bytes and a pointer to it; Go’s is 8 bytes'),
  variables('float', 'floats', 'A float of CPython is an object of 24 bytes and a pointer to it; Go’s is 8 bytes'),
  variables(
    'string',
    'short strings',
    'Go’s string is a header of 16 bytes and its bytes; CPython’s an object of 49 bytes and its characters',
  ),
  variables(
    'record',
    'records of three fields',
    'A struct in a slice against an instance with its attributes, each an object',
  ),
  {
    id: 'goroutines-per-thread',
    source: 'branchkey',
    quotation: 'A single OS thread could facilitate a 1000 goroutines',
    claimed: '1,000 on a thread',
    measuredBy: '1,000,000 waiting goroutines ÷ the OS threads of that program',
    test: {
      kind: 'at-least',
      of: primitive('go', ['memory-tasks', 'goroutine', 1_000_000], 'per-thread'),
      claimed: 1_000,
      unit: 'count',
    },
    note: 'Waiting ones: those that compute take turns on as many threads as there are cores',
  },
  {
    id: 'compiled-faster',
    source: 'branchkey',
    quotation: 'it outperforms interpreted scripting languages like Python',
    claimed: 'Go faster',
    measuredBy: 'the same merge sort of the same integers, sequential: wall time',
    test: {
      kind: 'more',
      of: primitive('python', ['sort', 'threads', 1], 'wall'),
      to: primitive('go', ['sort', 'goroutines', 1], 'wall'),
      least: 1,
    },
    note: 'Pure Python code; a library in C (such as sorted) is another matter',
  },
  {
    id: 'less-computation',
    source: 'branchkey',
    quotation: 'lower memory usage and faster processing, but also lower the need for computation power',
    claimed: 'Go needs less CPU',
    measuredBy: 'the same service in both, the blog post’s whole load: CPU per request',
    test: {
      kind: 'more',
      of: served('blog-post', 'crud-python-flask', 'cpu-per-request'),
      to: served('blog-post', 'crud-go', 'cpu-per-request'),
      least: 1,
    },
    note: 'How much less is the claim of 14×, above',
  },
  {
    id: 'no-memory-management',
    source: 'branchkey',
    quotation: 'This surpasses the lack of memory management in Python',
    claimed: 'Python has none',
    measuredBy: 'not at all',
    test: { kind: 'none' },
    note: 'Nothing to measure: CPython counts references and collects cycles',
  },
  {
    id: 'goroutines-faster',
    source: 'kiederle',
    quotation: 'goroutines are so much faster than python threads',
    claimed: 'goroutines much faster',
    measuredBy: 'start one unit and join it: wall time; “much” taken as at least twice',
    test: {
      kind: 'more',
      of: primitive('python', ['spawn', 'thread'], 'wall'),
      to: primitive('go', ['spawn', 'goroutine'], 'wall'),
      least: 2,
    },
    note: 'A Python thread is an OS thread; an asyncio task is the nearer relative of a goroutine',
  },
  {
    id: 'more-goroutines',
    source: 'kiederle',
    quotation: 'a pc can execute much more goroutines than normal threads',
    claimed: 'many more goroutines',
    measuredBy: 'the most waiting units that worked under the stated limits; “much” taken as at least twice',
    test: {
      kind: 'more',
      of: primitive('go', ['memory-tasks', 'goroutine', 1_000_000], 'max-size'),
      to: primitive('python', ['memory-tasks', 'thread', 1_000_000], 'max-size'),
      least: 2,
    },
    note: 'Sizes go up tenfold, and end at 1,000,000, so a ratio here is a bound of the order of magnitude',
  },
  {
    id: 'less-resources',
    source: 'kiederle',
    quotation: 'goroutines, which are much more scalable and less resource consuming',
    claimed: 'goroutines take less',
    measuredBy: 'private memory of one of 1,000 waiting units',
    test: {
      kind: 'more',
      of: primitive('python', ['memory-tasks', 'thread', 1_000], 'per-unit'),
      to: primitive('go', ['memory-tasks', 'goroutine', 1_000], 'per-unit'),
      least: 1,
    },
    note: 'Of a thread’s stack only the pages that were touched count; the kernel’s own share is not in it',
  },
  {
    id: 'parallel-performance',
    source: 'kiederle',
    quotation: 'go has a way better performance because goroutines are so much faster',
    claimed: 'Go way better at a parallel sort',
    measuredBy:
      'the same merge sort of the same integers in two parts, goroutines against threads: wall time; “way” taken as at least twice',
    test: {
      kind: 'more',
      of: primitive('python', ['sort', 'threads', 2], 'wall'),
      to: primitive('go', ['sort', 'goroutines', 2], 'wall'),
      least: 2,
    },
    note: 'Not because of goroutines: most of it is the interpreter, and its lock lets one thread run at a time. The comparison cited sorts strings in Python and integers in Go, so its figures are void',
  },
  {
    id: 'bigger-clusters',
    source: 'kiederle',
    quotation: 'the same implementation in go can simulate much bigger clusters',
    claimed: 'much bigger clusters',
    measuredBy:
      'the largest Raft cluster that held a leader, goroutines against threads (scenario raft-scale); “much” taken as at least twice',
    test: {
      kind: 'more',
      of: { kind: 'largest-cluster', implementation: 'raft-go' },
      to: { kind: 'largest-cluster', implementation: 'raft-python-threads' },
      least: 2,
    },
    note: 'The paper’s own ports cannot be compared: the Go one deadlocks on a split vote, the Python one locks nothing',
  },
  {
    id: 'code-length',
    source: 'kiederle',
    quotation: 'the python and the go implementation have both about the same code length',
    claimed: 'about equal',
    measuredBy:
      'lines of the two Raft cores, blank lines and comments left out, counted by `paceline claims`; “about” taken as within a quarter',
    test: {
      kind: 'similar',
      of: { kind: 'code-lines', language: 'go' },
      to: { kind: 'code-lines', language: 'python' },
      withinFactor: 1.25,
    },
    note: 'Of our cores: both whole, from one specification, each in its own idiom',
  },
  {
    id: 'python-easier',
    source: 'kiederle',
    quotation: 'Understanding the code afterwards is much easier in python',
    claimed: 'Python easier',
    measuredBy: 'not at all',
    test: { kind: 'none' },
    note: 'Not measurable by a program: it would take people who read both',
  },
  {
    id: 'go-trickier',
    source: 'kiederle',
    quotation: 'In go there is some more trickiness, when working with goroutines, channels',
    claimed: 'Go trickier',
    measuredBy: 'not at all',
    test: { kind: 'none' },
    note: 'Not measurable by a program: it would take people who write both',
  },
];
