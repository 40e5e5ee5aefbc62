#ifndef WRIFTAI_UPSTREAM_JSON_JSON_WRITER_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_WRITER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "upstream/json/rapidjson.h"

namespace wriftai {

// A RapidJSON output stream that appends to a string.
struct StringSink {
  using Ch = char;
  void Put(char c) { out.push_back(c); }
  void Flush() {}

  std::string out;
};

// Escapes only what JSON requires. With rapidjson::kWriteValidateEncodingFlag,
// its functions return false for a string that is not UTF-8. The output must
// then be discarded.
template <unsigned flags>
using JsonWriter =
    rapidjson::Writer<StringSink, rapidjson::UTF8<>, rapidjson::UTF8<>,
                      rapidjson::CrtAllocator, flags>;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_WRITER_H_
