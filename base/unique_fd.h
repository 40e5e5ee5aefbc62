#ifndef WRIFTAI_BASE_UNIQUE_FD_H_
#define WRIFTAI_BASE_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace wriftai {

// A file descriptor that is closed with its owner.
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

  // Negative: none.
  int get() const { return fd_; }

  // Gives the descriptor away, to be closed by somebody else.
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_UNIQUE_FD_H_
