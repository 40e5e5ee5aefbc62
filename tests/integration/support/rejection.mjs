import assert from 'node:assert/strict';

/**
 * Expects that a gateway rejected its settings with one line, which matches
 * `line`, and status 2. `end`: of its Program.
 */
export function expectRejection({ code, stdout, stderr }, line) {
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  const [, message] = /^wriftai-gateway: (.*)\n$/.exec(stderr) ??
                      assert.fail(stderr);
  assert.match(message, line);
}
