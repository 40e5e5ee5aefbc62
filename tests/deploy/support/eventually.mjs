import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

// For conditions without an event to wait for, which are polled.
const TIMEOUT_MS = 120_000;
const INTERVAL_MS = 100;

/**
 * Waits until `look` returns a true value, and returns it. `what()` describes
 * the condition.
 */
export async function eventually(what, look) {
  const end = Date.now() + TIMEOUT_MS;
  for (;;) {
    const value = await look();
    if (value) return value;
    assert.ok(Date.now() < end, `not within ${TIMEOUT_MS} ms: ${what()}`);
    await sleep(INTERVAL_MS);
  }
}
