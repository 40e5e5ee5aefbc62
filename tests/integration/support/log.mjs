import assert from 'node:assert/strict';

/** The lines that a gateway with --log_format=json has logged so far. */
export function jsonLines({ program }) {
  // The last may be half there.
  return program.stderr.split('\n').slice(0, -1).map((line) => {
    const value = JSON.parse(line);
    assert.equal(typeof value, 'object', line);
    return value;
  });
}

/** The lines of the calls that have ended, once there are `count`. */
export async function endedCalls(gateway, count) {
  const pattern =
      new RegExp(`((?:[^\\n]*"call ended"[^\\n]*\\n[^]*?){${count}})`);
  await gateway.program.awaitOutput('stderr', pattern);
  return jsonLines(gateway).filter(({ message }) => message === 'call ended');
}

/** The line of the call with this request id. */
export async function endedCall(gateway, requestId) {
  await gateway.program.awaitOutput(
      'stderr',
      new RegExp(`("call ended"[^\\n]*"request_id":"${requestId}"[^\\n]*\\n)`));
  const lines = jsonLines(gateway).filter(
      ({ message, request_id }) =>
        message === 'call ended' && request_id === requestId);
  assert.equal(lines.length, 1, requestId);
  return lines[0];
}
