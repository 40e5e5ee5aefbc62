#include "tests/upstream/http/slow_resolver.h"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>

namespace wriftai {
namespace {

// Global, because getaddrinfo() has no object to hold state.
struct State {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_slow = false;
  int lookups = 0;
};

State& GlobalState() {
  static auto* const state = new State;
  return *state;
}

// Bounds how long a failing test hangs.
constexpr std::chrono::seconds kTimeout(20);

std::atomic<int> counted_lookups{0};

void LookUpSlowly() {
  State& state = GlobalState();
  std::unique_lock<std::mutex> lock(state.mutex);
  ++state.lookups;
  state.changed.notify_all();
  state.changed.wait_for(lock, kTimeout, [&] { return !state.is_slow; });
  --state.lookups;
  state.changed.notify_all();
}

bool Is(const char* node, const char* name) {
  return node != nullptr && std::strcmp(node, name) == 0;
}

}  // namespace

SlowResolver::SlowResolver() {
  const std::lock_guard<std::mutex> lock(GlobalState().mutex);
  GlobalState().is_slow = true;
}

SlowResolver::~SlowResolver() {
  State& state = GlobalState();
  std::unique_lock<std::mutex> lock(state.mutex);
  state.is_slow = false;
  state.changed.notify_all();
  state.changed.wait_for(lock, kTimeout, [&] { return state.lookups == 0; });
}

bool SlowResolver::WaitForLookup() const {
  State& state = GlobalState();
  std::unique_lock<std::mutex> lock(state.mutex);
  return state.changed.wait_for(lock, kTimeout,
                                [&] { return state.lookups > 0; });
}

bool SlowResolver::is_looking_up() const {
  const std::lock_guard<std::mutex> lock(GlobalState().mutex);
  return GlobalState().lookups > 0;
}

int CountedLookups() { return counted_lookups; }

}  // namespace wriftai

extern "C" int GetAddrInfo(const char* node, const char* service,
                           const addrinfo* hints,
                           addrinfo** result) __asm__("getaddrinfo");

int GetAddrInfo(const char* node, const char* service, const addrinfo* hints,
                addrinfo** result) {
  static const auto original =
      reinterpret_cast<decltype(&GetAddrInfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (wriftai::Is(node, wriftai::SlowResolver::kName)) {
    wriftai::LookUpSlowly();
    return EAI_NONAME;
  }
  if (wriftai::Is(node, wriftai::kTwoAddressesName)) {
    const int error = original("127.0.0.1", service, hints, result);
    if (error != 0) return error;
    return original("127.0.0.2", service, hints, &(*result)->ai_next);
  }
  if (wriftai::Is(node, wriftai::kCountedName)) {
    ++wriftai::counted_lookups;
    node = "127.0.0.1";
  }
  return original(node, service, hints, result);
}
