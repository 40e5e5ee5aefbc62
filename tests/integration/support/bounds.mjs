import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';

// What a bound of the design may be exceeded by, since these run beside other
// tests on machines with two cores: processes wait for the processor.
const ALLOWANCE_MS = 1500;

/** How long `task` takes, in ms. */
export async function measure(task) {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/** Prints the measured value, and fails if it exceeds the bound. */
export function expectWithin(t, ms, bound, what) {
  const text = `${what}: ${Math.round(ms)} ms, at most ${bound}`;
  t.diagnostic(text);
  assert.ok(ms <= bound + ALLOWANCE_MS, text);
}
