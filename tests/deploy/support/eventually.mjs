import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

// A bound, for what is told by no event; it is looked at again and again.
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 100;

/**
 * Waits until `look` gives something that is true, and returns that. `what()`
 * says what was waited for.
 */
export async function eventually(what, look) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    assert.ok(Date.now() < end, `not within ${PATIENCE_MS} ms: ${what()}`);
    await sleep(LOOK_EVERY_MS);
  }
}
