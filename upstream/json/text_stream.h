#ifndef WRIFTAI_UPSTREAM_JSON_TEXT_STREAM_H_
#define WRIFTAI_UPSTREAM_JSON_TEXT_STREAM_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "upstream/json/rapidjson.h"

namespace wriftai {

// RapidJSON's input over bytes that are not followed by a NUL. It also sees to
// the numbers: RapidJSON 1.1 refuses those beyond a double (1e400) even where
// it is told to leave them as text, so each number is checked here and shown to
// it as a plain 0.
class TextStream {
 public:
  using Ch = char;

  explicit TextStream(absl::string_view text)
      : begin_(text.empty() ? "" : text.data()),  // Never null, as number_ is.
        end_(begin_ + text.size()),
        position_(begin_),
        token_(begin_) {}

  Ch Peek() const {
    if (position_ == number_) return '0';
    return position_ == end_ ? '\0' : *position_;
  }

  Ch Take() {
    if (position_ == number_) {
      position_ = number_end_;
      number_ = nullptr;
      return '0';
    }
    return position_ == end_ ? '\0' : *position_++;
  }

  size_t Tell() const { return static_cast<size_t>(position_ - begin_); }

  // Passes over white space to the next token. The reader calls this before
  // every token and nowhere else: within strings there is no white space to it.
  void ToToken();

  // From the token that ToToken() found to where the reader is now.
  absl::string_view Token() const {
    return absl::string_view(token_, static_cast<size_t>(position_ - token_));
  }

  bool bad_number() const { return bad_number_; }

  // As many bytes as stand here in a row that are ASCII and mean themselves.
  // They are not taken.
  absl::string_view PlainRun() const;

  void Skip(size_t size) { position_ += size; }

  // The reader's other mode, which writes into its input, has these.
  Ch* PutBegin() { return nullptr; }
  size_t PutEnd(Ch*) { return 0; }
  void Put(Ch) {}
  void* Push(rapidjson::SizeType) { return nullptr; }

 private:
  void HideNumber();

  const char* const begin_;
  const char* end_;
  const char* position_;
  const char* token_;
  const char* number_ = nullptr;
  const char* number_end_ = nullptr;
  bool bad_number_ = false;
};

// Found by argument-dependent look-up in place of RapidJSON's own.
inline void SkipWhitespace(TextStream& stream) { stream.ToToken(); }

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_TEXT_STREAM_H_
