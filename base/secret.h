#ifndef WRIFTAI_BASE_SECRET_H_
#define WRIFTAI_BASE_SECRET_H_

#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace wriftai {

// A token or a webhook key. It does not convert to a string and has no stream
// operator, so code that prints or logs one does not compile. Only Reveal()
// returns the text, which makes every use easy to search for.
//
// Threads: immutable, any. Owns: its text.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }

  // The text itself, only for the wire or for a hash. Valid as long as this
  // object.
  absl::string_view Reveal() const { return text_; }

  friend bool operator==(const Secret& a, const Secret& b) {
    return a.text_ == b.text_;
  }
  friend bool operator!=(const Secret& a, const Secret& b) { return !(a == b); }
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::string text_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SECRET_H_
