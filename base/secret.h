#ifndef WRIFTAI_BASE_SECRET_H_
#define WRIFTAI_BASE_SECRET_H_

#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace wriftai {

// A token or a webhook key. It converts to no string and has no stream
// operator, so that printing, logging or formatting one does not compile; the
// one way to its text is Reveal(), which a reader can search for.
//
// Threads: immutable, any. Owns: its text.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }

  // The text itself, to be put on the wire or into a hash, nowhere else.
  // Valid as long as this object.
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
