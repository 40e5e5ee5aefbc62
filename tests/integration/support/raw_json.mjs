import assert from 'node:assert/strict';

// The index of the closing quote of the string that starts at `begin`.
function endOfString(json, begin) {
  let end = begin + 1;
  while (json[end] !== '"') {
    assert.ok(end < json.length, 'truncated JSON text');
    end += json[end] === '\\' ? 2 : 1;
  }
  return end;
}

/**
 * The members of an object by name, each as the exact JSON text. JSON.parse()
 * would change numbers and drop duplicates. Expects no white space around the
 * object and its members, which is how the sandbox writes.
 */
export function rawMembers(json) {
  const members = {};
  let depth = 0;
  let key;
  let begin;
  for (let i = 0; i < json.length; ++i) {
    const c = json[i];
    if (c === '"') {
      const end = endOfString(json, i);
      if (depth === 1 && key === undefined) {
        key = JSON.parse(json.slice(i, end + 1));
        begin = end + 2;  // After the colon.
      }
      i = end;
    } else if (c === '{' || c === '[') {
      ++depth;
    } else if (c === '}' || c === ']' || c === ',') {
      if (depth === 1 && c !== ']') {
        members[key] = json.slice(begin, i);
        key = undefined;
      }
      if (c !== ',') --depth;
    }
  }
  assert.equal(depth, 0, 'truncated JSON text');
  return members;
}
