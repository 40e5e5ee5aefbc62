#ifndef WRIFTAI_CLIENT_GUIDE_FIRST_SENTENCE_H_
#define WRIFTAI_CLIENT_GUIDE_FIRST_SENTENCE_H_

#include "absl/strings/string_view.h"

namespace wriftai::client {

// Without the period. A flag's help begins with one that says what it is, and
// shells show that. Any thread.
inline absl::string_view FirstSentence(absl::string_view text) {
  const size_t end = text.find(". ");
  if (end != absl::string_view::npos) return text.substr(0, end);
  return !text.empty() && text.back() == '.' ? text.substr(0, text.size() - 1)
                                             : text;
}

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_GUIDE_FIRST_SENTENCE_H_
