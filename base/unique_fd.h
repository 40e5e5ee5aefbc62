#ifndef WRIFTAI_BASE_UNIQUE_FD_H_
#define WRIFTAI_BASE_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace wriftai {

// A file descriptor that is closed by the destructor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() {
    if (fd_ >= 0) close(fd_);
  }
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  // Negative if there is no descriptor.
  int get() const { return fd_; }

  // Releases ownership; the caller must close the descriptor.
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_UNIQUE_FD_H_
