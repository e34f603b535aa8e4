import http from 'k6/http';

const vus = Number(__ENV.VUS);

export const options = {
  discardResponseBodies: true,
  summaryTrendStats: ['p(50)', 'p(90)', 'p(99)'],
  scenarios: {
    even: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE),
      timeUnit: '1s',
      duration: __ENV.DURATION,
      preAllocatedVUs: vus,
      maxVUs: vus,
    },
  },
};

// biome-ignore lint/style/noDefaultExport: k6 runs what is exported so.
export default function () {
  http.get(__ENV.URL);
}

export function handleSummary(data) {
  return { stdout: JSON.stringify(data.metrics) };
}
