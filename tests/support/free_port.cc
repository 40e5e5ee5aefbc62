#include "tests/support/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <random>

namespace wriftai {
namespace {

// Above the ports of services that a machine may run.
constexpr int kFirst = 10'000;

bool IsFree(int port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const bool is_free = bind(descriptor, reinterpret_cast<sockaddr*>(&address),
                            sizeof address) == 0;
  close(descriptor);
  return is_free;
}

}  // namespace

int FreePort() {
  int end = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> end;
  std::random_device random;
  std::uniform_int_distribution<int> ports(kFirst, end - 1);
  for (int attempts = 0; end > kFirst && attempts < 100; ++attempts) {
    const int port = ports(random);
    if (IsFree(port)) return port;
  }
  std::abort();  // Such a machine can run no test that needs a port.
}

}  // namespace wriftai
