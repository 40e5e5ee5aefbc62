/**
 * Stops everything in order, also if some of it fails: a program that is left
 * running keeps the test's process alive. Then rethrows the first failure.
 * Arrays are stopped at the same time; undefined ones are ignored.
 */
export async function stopAll(...steps) {
  const failures = [];
  for (const step of steps) {
    const results = await Promise.allSettled(
        [step].flat().map(async (each) => each?.stop()));
    failures.push(...results.filter(({ status }) => status === 'rejected'));
  }
  if (failures.length > 0) throw failures[0].reason;
}
