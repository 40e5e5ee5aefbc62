#ifndef WRIFTAI_SERVICE_SERVER_ALLOCATOR_H_
#define WRIFTAI_SERVICE_SERVER_ALLOCATOR_H_

namespace wriftai {

// Returns memory that has been freed to the kernel: all that the allocator
// still keeps for the next allocations. Takes milliseconds if that is much. Any
// thread.
void ReturnFreedMemory();

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_ALLOCATOR_H_
