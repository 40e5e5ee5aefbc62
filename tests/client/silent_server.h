#ifndef WRIFTAI_TESTS_CLIENT_SILENT_SERVER_H_
#define WRIFTAI_TESTS_CLIENT_SILENT_SERVER_H_

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace wriftai::client {

// A port that accepts connections but never sends anything.
class SilentServer {
 public:
  SilentServer() : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(descriptor_, generic, size) == 0 && listen(descriptor_, 1) == 0 &&
        getsockname(descriptor_, generic, &size) == 0) {
      port_ = ntohs(address.sin_port);
    }
  }
  ~SilentServer() { close(descriptor_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  const int descriptor_;
  int port_ = 0;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_TESTS_CLIENT_SILENT_SERVER_H_
