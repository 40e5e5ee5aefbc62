#ifndef WRIFTAI_TESTS_SUPPORT_FREE_PORT_H_
#define WRIFTAI_TESTS_SUPPORT_FREE_PORT_H_

namespace wriftai {

// A port of 127.0.0.1 that was just free, for a program that must be told its
// port. It is outside the range from which the kernel chooses ports of
// connections and of port 0: tests that run at the same time take thousands of
// those before the program listens.
int FreePort();

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_FREE_PORT_H_
