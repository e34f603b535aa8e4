// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Event, type Hub, openHub, type Played } from './runner.ts';

/* The steps of our workflows and their actions, played on a throw-away repository with a bare remote. */

/** Says what it would compare: the head with where it left its base. */
const compares = (exitCode: number) => `mkdir -p bench-out
base=$(git merge-base HEAD "origin/$GITHUB_BASE_REF") || exit 2
echo "# $(git rev-parse HEAD) against $base" > bench-out/summary.md
echo '{}'
exit ${exitCode}`;

/** As GitHub keeps a pull request: under a name of its own, whatever fork its branch is in. */
function offer(hub: Hub, number: number, headSha: string): Event {
  hub.git('push', '--quiet', '--force', 'origin', `${headSha}:refs/pull/${number}/head`);
  return { pullRequest: { number, headSha, baseRef: 'main' } };
}

const bench = (hub: Hub, event: Event, measure = compares(0)): Played => hub.play('bench.yml', 'bench', event, measure);

describe('a pull request', { concurrency: 2 }, () => {
  test('of a fork is measured against where it left main, and its token that may not comment changes no verdict', (context) => {
    const hub = openHub(context);
    const left = hub.git('rev-parse', 'HEAD');
    hub.git('checkout', '--quiet', '-b', 'theirs');
    const event = offer(hub, 7, hub.commit('src/a.ts', 'theirs'));
    hub.git('checkout', '--quiet', 'main');
    hub.commit('src/b.ts', 'main went on');
    hub.git('push', '--quiet', 'origin', 'main');
    hub.setReadOnly(true);
    const { isSuccess, summary, output, calls } = bench(hub, event);
    assert.ok(isSuccess, output);
    assert.equal(summary, `# ${event.pullRequest?.headSha} against ${left}\n`);
    assert.match(output, /::notice::no comment .*HTTP 403/);
    assert.deepEqual(hub.comments(), []);
    assert.match(calls, /^uses actions\/upload-artifact$/m);
    assert.match(calls, /^npm run -s bench -- ci --time-budget 15m /m);
  });

  test('that is worse fails after its comment was written', (context) => {
    const hub = openHub(context);
    const { isSuccess } = bench(hub, offer(hub, 7, hub.commit('a', 'slower')), compares(1));
    assert.ok(!isSuccess);
    assert.match(hub.comments()[0]?.body ?? '', /^<!-- paceline bench -->\n# /);
  });

  test('that was forced to another history is judged anew, in the comment that is there', (context) => {
    const hub = openHub(context);
    hub.addComment('of a person: <!-- paceline bench -->');
    const first = hub.git('rev-parse', 'HEAD');
    bench(hub, offer(hub, 7, hub.commit('a', 'first try')));
    hub.git('reset', '--quiet', '--hard', first);
    const event = offer(hub, 7, hub.commit('a', 'second try'));
    const { isSuccess, output } = bench(hub, event);
    assert.ok(isSuccess, output);
    const [theirs, ours, ...more] = hub.comments();
    assert.deepEqual(more, []);
    assert.equal(theirs?.body, 'of a person: <!-- paceline bench -->');
    assert.equal(ours?.body, `<!-- paceline bench -->\n# ${event.pullRequest?.headSha} against ${first}\n`);
  });

  test('of which nothing could be measured says so in summary and comment, and fails', (context) => {
    const hub = openHub(context);
    const { isSuccess, summary } = bench(hub, offer(hub, 7, hub.commit('a', 'b')), 'exit 3');
    assert.ok(!isSuccess);
    assert.match(summary, /^Nothing was measured/);
    assert.match(hub.comments()[0]?.body ?? '', /Nothing was measured/);
  });
});

/** A result, and an A/A run of the same machine. */
const measures = (name: string) => `mkdir -p results/machine
case "$*" in *" --site "*) date > site/index.html; exit 0;; esac
case "$*" in *" --aa "*) file=results/machine/${name}-aa-base.json;; *) file=results/machine/${name}-standard.json;; esac
echo "{}" > "$file"`;
const noEvent: Event = { pullRequest: null };

function kept({ remote }: Hub): readonly string[] {
  const words = ['ls-tree', '-r', '--name-only', 'bench-history'];
  return execFileSync('git', words, { cwd: remote, encoding: 'utf8' }).trim().split('\n');
}

describe('the nightly history', { concurrency: 2 }, () => {
  test('begins where there is none, holds results alone, grows, and is the noise floor of the next pull request', (context) => {
    const hub = openHub(context);
    const before = bench(hub, offer(hub, 7, hub.commit('a', 'b')));
    assert.ok(before.isSuccess, before.output);
    for (const name of ['1', '2']) {
      const { isSuccess, output } = hub.play('nightly.yml', 'history', noEvent, measures(name));
      assert.ok(isSuccess, output);
    }
    const names = ['1-aa-base', '1-standard', '2-aa-base', '2-standard'].map((name) => `machine/${name}.json`);
    assert.deepEqual(kept(hub), names);
    const count = execFileSync('git', ['rev-list', '--count', 'bench-history'], { cwd: hub.remote, encoding: 'utf8' });
    assert.equal(count.trim(), '2');
    assert.match(hub.git('ls-remote', '--heads', 'origin', 'gh-pages'), /gh-pages$/);
    const { workspace } = bench(hub, offer(hub, 8, hub.commit('a', 'c')));
    assert.ok(existsSync(join(workspace, 'results/machine/2-aa-base.json')));
    assert.ok(!existsSync(join(workspace, 'results/machine/2-standard.json')));
  });

  test('keeps what was measured before something failed, and the job fails', (context) => {
    const hub = openHub(context);
    const { isSuccess } = hub.play('nightly.yml', 'history', noEvent, `${measures('1')}\nexit 3`);
    assert.ok(!isSuccess);
    assert.deepEqual(kept(hub), ['machine/1-aa-base.json', 'machine/1-standard.json']);
  });
});

test('the tests of a push install, check, and ask the whole contract of what paceline installs itself', (context) => {
  const { isSuccess, calls, output } = openHub(context).play('test.yml', 'test', noEvent, 'true');
  assert.ok(isSuccess, output);
  const asked = calls.split('\n').filter((line) => line.startsWith('npm '));
  assert.deepEqual(asked, ['npm ci', 'npm run check', 'npm run -s bench -- conform crud-bun crud-deno']);
});
