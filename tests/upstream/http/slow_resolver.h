#ifndef WRIFTAI_TESTS_UPSTREAM_HTTP_SLOW_RESOLVER_H_
#define WRIFTAI_TESTS_UPSTREAM_HTTP_SLOW_RESOLVER_H_

namespace wriftai {

// While one exists, looking the name kName up in this process takes until it
// is gone: this program's getaddrinfo() stands before the C library's.
//
// Threads: the test's; one at a time.
class SlowResolver {
 public:
  static constexpr char kName[] = "slow.invalid";

  SlowResolver();
  ~SlowResolver();
  SlowResolver(const SlowResolver&) = delete;
  SlowResolver& operator=(const SlowResolver&) = delete;

  // Blocks until a lookup has begun; false after a long time.
  bool WaitForLookup() const;

  // Whether the lookup is still under way.
  bool is_looking_up() const;
};

// A name of 127.0.0.1, and how often it has been looked up in this process.
inline constexpr char kCountedName[] = "counted.invalid";
int CountedLookups();

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_HTTP_SLOW_RESOLVER_H_
