import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const members = new Map();

/** The system calls of systemd's set `name`, such as "@system-service". */
function callsOf(name) {
  if (!name.startsWith('@')) return [name];
  if (!members.has(name)) {
    const text = execFileSync('systemd-analyze', ['syscall-filter', name],
                              { encoding: 'utf8' });
    members.set(name, text.split('\n').slice(1).map((line) => line.trim())
        .filter((line) => /^[@a-z_]/.test(line)).flatMap(callsOf));
  }
  return members.get(name);
}

/** The system calls that a unit's lines SystemCallFilter= allow. */
export function allowedCalls(filters) {
  const allowed = new Set();
  for (const filter of filters) {
    const denies = filter.startsWith('~');
    for (const name of filter.replace('~', '').split(' ').flatMap(callsOf)) {
      if (denies) allowed.delete(name);
      else allowed.add(name);
    }
  }
  return allowed;
}

/** The calls in a file of `strace -f`: [{name, args}], without the execve. */
export function tracedCalls(file) {
  return readFileSync(file, 'utf8').split('\n')
      .map((line) => /^\d+ +(\w+)\((.*)/.exec(line))
      .filter((found) => found !== null)
      .map(([, name, args]) => ({ name, args }))
      .filter(({ name }) => name !== 'execve');
}
