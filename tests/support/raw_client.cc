#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wriftai {

RawClient::RawClient(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval longest = {30, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof(longest));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof(longest));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    close(fd_);
    fd_ = -1;
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

bool RawClient::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void RawClient::Reset() {
  const linger none = {1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
  close(fd_);
  fd_ = -1;
}

bool RawClient::HasInput(absl::Duration wait) {
  pollfd connection = {fd_, POLLIN, 0};
  return poll(&connection, 1,
              static_cast<int>(absl::ToInt64Milliseconds(wait))) != 0;
}

bool RawClient::Fill() {
  char chunk[65536];
  const ssize_t got = recv(fd_, chunk, sizeof(chunk), 0);
  if (got <= 0) return false;
  buffer_.append(chunk, static_cast<size_t>(got));
  return true;
}

RawClient::Response RawClient::Read() {
  Response response;
  size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return response;
  }
  response.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  constexpr absl::string_view kLength = "content-length: ";
  size_t length = 0;
  if (const size_t at = response.head.find(kLength.data());
      at != std::string::npos) {
    const size_t begin = at + kLength.size();
    if (!absl::SimpleAtoi(response.head.substr(
                              begin, response.head.find('\r', begin) - begin),
                          &length)) {
      return response;
    }
  }
  while (buffer_.size() < length && Fill()) {
  }
  response.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return response;
}

RawClient::Response RawClient::Call(absl::string_view bytes) {
  Send(bytes);
  return Read();
}

bool RawClient::Closed() { return buffer_.empty() && !Fill(); }

std::string Get(absl::string_view path) {
  return absl::StrCat("GET ", path,
                      " HTTP/1.1\r\nhost: h\r\n"
                      "authorization: Bearer t\r\n\r\n");
}

std::string Post(absl::string_view path, absl::string_view body,
                 absl::string_view more_headers) {
  return absl::StrCat("POST ", path,
                      " HTTP/1.1\r\nhost: h\r\nauthorization: Bearer t\r\n"
                      "content-type: application/json\r\n",
                      more_headers, "content-length: ", body.size(), "\r\n\r\n",
                      body);
}

}  // namespace wriftai
