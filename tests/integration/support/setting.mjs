import assert from 'node:assert/strict';
import process from 'node:process';

/** The value of a variable that ctest sets for these tests. */
export function setting(variable) {
  const value = process.env[variable];
  assert.ok(value, `${variable} is not set: run these tests with ctest`);
  return value;
}
