import { HarnessError } from '../model/harness-error.ts';
import { type K6Plan, plannedCount } from './plan.ts';
import { k6Version } from './program.ts';

/** A ConfigMap is stored in etcd, which takes 1 MiB with all that is around it. */
const maxScriptBytes = 900 * 1024;

/** The ConfigMap with the script and the TestRun of k6's operator. Throws HarnessError usage where the script is too long for one. */
export function testRunYaml(script: string, plan: K6Plan, instanceCount: number): string {
  if (script.length > maxScriptBytes)
    throw new HarnessError(
      'usage',
      `the script has ${Math.ceil(script.length / 1024)} KiB, and a ConfigMap holds at most ${maxScriptBytes / 1024}`,
      'shorten the lists and CSV files that its values are drawn from',
    );
  const name = `paceline-${plan.workload}`;
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  script.js: |
${script
  .trimEnd()
  .split('\n')
  .map((line) => (line === '' ? '' : `    ${line}`))
  .join('\n')}
---
apiVersion: k6.io/v1alpha1
kind: TestRun
metadata:
  name: ${name}
spec:
  parallelism: ${instanceCount}
  separate: true
  script:
    configMap:
      name: ${name}
      file: script.js
  arguments: ${JSON.stringify(`-e TARGET=${plan.target}`)}
  runner:
    image: grafana/k6:${k6Version}
# With \`cleanup: post\` in the spec the pods are gone at the end, and with them their logs, which are the result.
`;
}

export function readme(plan: K6Plan, instanceCount: number): string {
  const { workload, target, ratePerSec, measureMs, virtualUserCount } = plan;
  return `# ${workload} at ${ratePerSec}/s for ${measureMs / 1_000} s, for k6 ${k6Version}

${plannedCount(plan)} requests, ${virtualUserCount} virtual users, to ${target}; another target: \`-e TARGET=http://HOST:PORT\`.

On one machine: \`k6 run -e SUMMARY=summary.json script.js\`

Part 2 of 3 of it on one of three machines, started at the same time as the others:
\`k6 run --execution-segment 1/3:2/3 --execution-segment-sequence 0,1/3,2/3,1 -e SUMMARY=summary-2.json script.js\`

On a cluster with k6's operator, ${instanceCount} pods: \`kubectl apply -f testrun.yaml\`; each pod's log has its summary, in one line.

Bring all summaries (or logs) back: \`paceline import k6 summary-*.json\` adds up their counters.
Neither percentiles nor thresholds of single instances may be averaged. Do not change script.js: a summary says the hash of what ran.
`;
}
