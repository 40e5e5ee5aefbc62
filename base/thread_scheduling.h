#ifndef WRIFTAI_BASE_THREAD_SCHEDULING_H_
#define WRIFTAI_BASE_THREAD_SCHEDULING_H_

// Linux lets a thread that wakes up interrupt the running one at once. Where
// threads pass work to each other, each hand-over then switches twice, and the
// work arrives piece by piece. Under SCHED_BATCH (sched(7)), a thread that
// wakes up waits until the running one sleeps or has used up its time slice, 3
// ms.
//
// The process starts under SCHED_BATCH, and the loop, which all others wait
// for, returns to the default. So the loop interrupts, and is never interrupted
// by, the other threads. docs/benchmarks.md says what that gives, and what it
// costs on a busy machine.
//
// These functions affect this thread, and the threads that it starts from then
// on. They change nothing where the system does not allow it; the first two
// also where the process was started under another policy. Any thread.

namespace wriftai {

void UseBatchScheduling();

// After UseBatchScheduling().
void UseDefaultScheduling();

// For work on many bytes. On a contended processor, another of this process's
// threads gets 3 times as much time as one with the `nice` value 5, and 9 times
// as much as one with 10.
void LowerPriority(int nice);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_THREAD_SCHEDULING_H_
