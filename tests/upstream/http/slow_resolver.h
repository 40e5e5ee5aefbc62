#ifndef WRIFTAI_TESTS_UPSTREAM_HTTP_SLOW_RESOLVER_H_
#define WRIFTAI_TESTS_UPSTREAM_HTTP_SLOW_RESOLVER_H_

namespace wriftai {

// While an instance exists, lookups of kName in this process block until it is
// destroyed. This program's getaddrinfo() replaces the C library's.
//
// Threads: the test's; one at a time.
class SlowResolver {
 public:
  static constexpr char kName[] = "slow.invalid";

  SlowResolver();
  ~SlowResolver();
  SlowResolver(const SlowResolver&) = delete;
  SlowResolver& operator=(const SlowResolver&) = delete;

  // Blocks until a lookup has started. False after a timeout.
  bool WaitForLookup() const;

  // Whether the lookup is still in progress.
  bool is_looking_up() const;
};

// A name of 127.0.0.1, and how often this process has looked it up.
inline constexpr char kCountedName[] = "counted.invalid";
int CountedLookups();

// A name of 127.0.0.1 and then 127.0.0.2.
inline constexpr char kTwoAddressesName[] = "two.invalid";

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_HTTP_SLOW_RESOLVER_H_
