import assert from 'node:assert/strict';
import { wait } from './resilient_client.mjs';

const RANKS = {
  PREDICTION_STATUS_PENDING: 1,
  PREDICTION_STATUS_STARTED: 2,
  PREDICTION_STATUS_SUCCEEDED: 3,
};
const ENDED = RANKS.PREDICTION_STATUS_SUCCEEDED;

const stateOf = ({ status, updatedAt: { seconds, nanos } }) =>
  ({ rank: RANKS[status], updatedMs: seconds * 1e3 + nanos / 1e6 });
const isOlder = (one, other) =>
  one.rank < other.rank || one.updatedMs < other.updatedMs;
const NOTHING = { rank: 0, updatedMs: 0 };

/**
 * A caller that waits for the end of one prediction, across as many Waits as
 * that takes, and checks the states that it sees.
 */
export class Follower {
  updates = 0;
  /** Whether a Wait has shown a state and not ended since. */
  isOpen = false;
  /** How often it has seen the end. */
  ends = 0;
  /** How often it saw an older state than before: never within one Wait. */
  older = 0;
  /** How long after its time, by the upstream's clock, the end arrived. */
  delayMs;
  #latest = NOTHING;
  #latestOfWait = NOTHING;

  /** Resolves with the ended prediction. `onAgain`: as of wait(). */
  run(predictions, id, deadline, onAgain) {
    return wait(predictions, id, deadline, (update) => this.#apply(update),
                (error) => {
                  this.isOpen = false;
                  onAgain(error);
                });
  }

  #apply({ prediction, sequence }) {
    const state = stateOf(prediction);
    assert.ok(state.rank, prediction.status);
    if (sequence === 1) this.#latestOfWait = NOTHING;
    assert.ok(!isOlder(state, this.#latestOfWait),
              `${prediction.id} went back to ${prediction.status}`);
    this.#latestOfWait = state;
    if (isOlder(state, this.#latest)) {
      ++this.older;
    } else {
      this.#latest = state;
    }
    ++this.updates;
    this.isOpen = state.rank !== ENDED;
    if (state.rank === ENDED) {
      ++this.ends;
      this.delayMs = Date.now() - state.updatedMs;
    }
  }
}
