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

// For work on many bytes, which nobody notices to take longer: on a contended
// processor, a thread of normal priority gets nine tenths of the time.
void UseLowPriority();

}  // namespace wriftai

#endif  // WRIFTAI_BASE_THREAD_SCHEDULING_H_
