// Compares lists of Kubernetes objects by their contents.
import { nameOf } from './render.mjs';

const isContainer = (value) => value !== null && typeof value === 'object';

function* differing(path, before, after) {
  if (isContainer(before) && isContainer(after) &&
      Array.isArray(before) === Array.isArray(after)) {
    for (const name of new Set([...Object.keys(before),
                                ...Object.keys(after)])) {
      yield* differing([...path, name], before[name], after[name]);
    }
  } else if (before !== after) {
    yield `${path.join(' ')}: ${JSON.stringify(before)} -> ${
        JSON.stringify(after)}`;
  }
}

const byName = (objects) =>
  Object.fromEntries(objects.map((object) => [nameOf(object), object]));

/** What differs, one line for each value: "Kind/name path: before -> after". */
export function differences(before, after) {
  return [...differing([], byName(before), byName(after))];
}
