/** What every child does: says that it is ready, reports its own CPU time when asked, ends when its parent does. */
export function serve(onMessage) {
  process.on('message', (message) => {
    if (message === 'cpu') {
      const { user, system } = process.cpuUsage();
      process.send({ cpuNs: (user + system) * 1e3 });
    } else onMessage(message);
  });
  process.on('disconnect', () => process.exit(0));
}

export function ready(facts = {}) {
  process.send({ ready: true, ...facts });
}
