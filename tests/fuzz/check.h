#ifndef WRIFTAI_TESTS_FUZZ_CHECK_H_
#define WRIFTAI_TESTS_FUZZ_CHECK_H_

#include <cstdio>
#include <cstdlib>

// Aborts, which is how a fuzz target fails. Unlike assert(), always enabled.
#define FUZZ_CHECK(condition)                                           \
  do {                                                                  \
    if (!(condition)) {                                                 \
      std::fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, \
                   #condition);                                         \
      std::abort();                                                     \
    }                                                                   \
  } while (false)

#endif  // WRIFTAI_TESTS_FUZZ_CHECK_H_
