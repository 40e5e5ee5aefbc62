#ifndef WRIFTAI_CLIENT_GUIDE_WRAP_WORDS_H_
#define WRIFTAI_CLIENT_GUIDE_WRAP_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace wriftai::client {

// `text` as lines of at most `columns` bytes, broken at spaces. A longer word
// has a line of its own. Any thread.
inline std::vector<std::string> WrapWords(absl::string_view text,
                                          size_t columns) {
  std::vector<std::string> lines;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > columns) {
      lines.emplace_back(word);
    } else {
      absl::StrAppend(&lines.back(), " ", word);
    }
  }
  return lines;
}

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_GUIDE_WRAP_WORDS_H_
