import assert from 'node:assert/strict';
import { once } from 'node:events';

// How long a line may take; only a bound.
const PATIENCE_MS = 15_000;

/** The whole lines that a gateway has logged so far. */
export function logLines({ program }) {
  return program.stderr.split('\n').slice(0, -1);
}

/** What `find` makes of the gateway's lines, once that is something. */
export async function awaitLines(gateway, find) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const found = find(logLines(gateway));
    if (found !== undefined) return found;
    await once(gateway.program.child, 'output', { signal }).catch(() => {
      throw new Error(`not logged: ${gateway.program.describe()}`);
    });
  }
}

/** The lines so far of a gateway with --log_format=json. */
export function jsonLines(gateway) {
  return logLines(gateway).map((line) => {
    const value = JSON.parse(line);
    assert.equal(typeof value, 'object', line);
    return value;
  });
}

/** The lines of the calls that have ended, once there are `count`. */
export function endedCalls(gateway, count) {
  return awaitLines(gateway, () => {
    const ended = jsonLines(gateway).filter(
        ({ message }) => message === 'call ended');
    return ended.length < count ? undefined : ended;
  });
}

/** The line of the call with this request id. */
export function endedCall(gateway, requestId) {
  return awaitLines(gateway, () => {
    const lines = jsonLines(gateway).filter(
        ({ message, request_id }) =>
          message === 'call ended' && request_id === requestId);
    assert.ok(lines.length <= 1, requestId);
    return lines[0];
  });
}
