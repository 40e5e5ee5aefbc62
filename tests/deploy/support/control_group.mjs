import { readFileSync } from 'node:fs';

// By cgroup version: the line of /proc/PID/cgroup (cgroups(7)), and the file.
const PEAK_FILES = [
  [/^\d+:memory:(.+)$/m,
   (path) => `/sys/fs/cgroup/memory${path}/memory.max_usage_in_bytes`],
  [/^0::(.+)$/m, (path) => `/sys/fs/cgroup${path}/memory.peak`],
];

/** The peak memory of a process's cgroup, in MiB. */
export function groupPeakMiB(pid) {
  const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  for (const [line, file] of PEAK_FILES) {
    const path = line.exec(groups)?.[1];
    if (path) return Number(readFileSync(file(path), 'utf8')) / (1 << 20);
  }
  throw new Error(`no memory cgroup in ${groups}`);
}
