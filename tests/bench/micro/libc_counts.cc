// A library to preload. It counts the allocations of a program and the bytes
// that it copies with the functions below. Copies that the compiler has inlined
// are small and not counted; neither are those inside the C library.

#include "tests/bench/micro/libc_counts.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <new>

// The program's allocator under names that nothing else replaces: tcmalloc's if
// it is linked, else glibc's. It also frees.
extern "C" void* __libc_malloc(size_t size);
extern "C" void* __libc_calloc(size_t count, size_t size);
extern "C" void* __libc_realloc(void* block, size_t size);
extern "C" void* __libc_memalign(size_t alignment, size_t size);

namespace {

using wriftai::LibcCounts;
using Copy = void* (*)(void*, const void*, size_t);

LibcCounts process_counts;
std::atomic<LibcCounts*> counts = &process_counts;
std::atomic<Copy> libc_memcpy = nullptr;
std::atomic<Copy> libc_memmove = nullptr;

void CountAllocation(size_t bytes) {
  LibcCounts& current = *counts.load(std::memory_order_relaxed);
  current.allocations.fetch_add(1, std::memory_order_relaxed);
  current.allocated_bytes.fetch_add(bytes, std::memory_order_relaxed);
}

// Until the constructor below has run, bytes are copied one by one.
void* CountedCopy(Copy copy, void* to, const void* from, size_t size) {
  counts.load(std::memory_order_relaxed)
      ->copied_bytes.fetch_add(size, std::memory_order_relaxed);
  if (copy != nullptr) return copy(to, from, size);
  auto* const target = static_cast<char*>(to);
  const auto* const source = static_cast<const char*>(from);
  if (target <= source) {
    for (size_t i = 0; i < size; ++i) target[i] = source[i];
  } else {
    for (size_t i = size; i > 0; --i) target[i - 1] = source[i - 1];
  }
  return to;
}

__attribute__((constructor)) void Start() {
  libc_memcpy = reinterpret_cast<Copy>(dlsym(RTLD_NEXT, "memcpy"));
  libc_memmove = reinterpret_cast<Copy>(dlsym(RTLD_NEXT, "memmove"));
  const char* const path = std::getenv("LIBC_COUNTS");
  if (path == nullptr) return;
  const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  void* memory = MAP_FAILED;
  if (file >= 0 && ftruncate(file, sizeof(LibcCounts)) == 0) {
    memory = mmap(nullptr, sizeof(LibcCounts), PROT_READ | PROT_WRITE,
                  MAP_SHARED, file, 0);
  }
  if (memory == MAP_FAILED) std::abort();
  close(file);
  counts = new (memory) LibcCounts();
}

}  // namespace

extern "C" {

const LibcCounts* WriftaiLibcCounts() { return counts; }

void* malloc(size_t size) {
  CountAllocation(size);
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  CountAllocation(count * size);
  return __libc_calloc(count, size);
}

void* realloc(void* block, size_t size) {
  CountAllocation(size);
  return __libc_realloc(block, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
  CountAllocation(size);
  return __libc_memalign(alignment, size);
}

void* memcpy(void* to, const void* from, size_t size) {
  return CountedCopy(libc_memcpy, to, from, size);
}

void* memmove(void* to, const void* from, size_t size) {
  return CountedCopy(libc_memmove, to, from, size);
}

// The same in libraries that are built with _FORTIFY_SOURCE.
void* __memcpy_chk(void* to, const void* from, size_t size, size_t room) {
  if (room < size) std::abort();
  return memcpy(to, from, size);
}

void* __memmove_chk(void* to, const void* from, size_t size, size_t room) {
  if (room < size) std::abort();
  return memmove(to, from, size);
}

}  // extern "C"

// tcmalloc's do not call malloc().

void* operator new(size_t size) {
  void* const block = malloc(size);
  if (block == nullptr) std::abort();
  return block;
}

void* operator new[](size_t size) { return operator new(size); }

void* operator new(size_t size, const std::nothrow_t& /*unused*/) noexcept {
  return malloc(size);
}
