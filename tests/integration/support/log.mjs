import assert from 'node:assert/strict';
import { once } from 'node:events';

// How long a line may take. Generous: only bounds a hang.
const TIMEOUT_MS = 15_000;

/** The complete lines that a gateway has logged so far. */
export function logLines({ program }) {
  return program.stderr.split('\n').slice(0, -1);
}

/** Resolves with `find(lines)` once it is not undefined. */
export async function awaitLines(gateway, find) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  for (;;) {
    const found = find(logLines(gateway));
    if (found !== undefined) return found;
    await once(gateway.program.child, 'output', { signal }).catch(() => {
      throw new Error(`not logged: ${gateway.program.describe()}`);
    });
  }
}

/** The lines so far from a gateway with --log_format=json. */
export function jsonLines(gateway) {
  return logLines(gateway).map((line) => {
    const value = JSON.parse(line);
    assert.equal(typeof value, 'object', line);
    return value;
  });
}

/** The "call ended" lines, once there are `count`. */
export function endedCalls(gateway, count) {
  return awaitLines(gateway, () => {
    const ended = jsonLines(gateway).filter(
        ({ message }) => message === 'call ended');
    return ended.length < count ? undefined : ended;
  });
}

/** The "call ended" line with this request id. */
export function endedCall(gateway, requestId) {
  return awaitLines(gateway, () => {
    const lines = jsonLines(gateway).filter(
        ({ message, request_id }) =>
          message === 'call ended' && request_id === requestId);
    assert.ok(lines.length <= 1, requestId);
    return lines[0];
  });
}
