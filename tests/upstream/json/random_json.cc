#include "tests/upstream/json/random_json.h"

#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

constexpr int kMaxDepth = 5;

constexpr const char* kPieces[] = {"a",
                                   " ",
                                   "[",
                                   "}",
                                   ":",
                                   ",",
                                   "\\\"",
                                   "\\\\",
                                   "\\/",
                                   "\\n",
                                   "\\u0000",
                                   "\\u00E9",
                                   "\xc3\xa9",
                                   "\xe2\x82\xac",
                                   "\xf0\x9f\x98\x80",
                                   "\\uD83D\\uDE00",
                                   "long enough for a run"};

// Valid by the grammar, although they encode no character.
constexpr const char* kLoneSurrogates[] = {"\\ud83d", "\\uDE00",
                                           "\\ud83d\\ud83d"};

constexpr const char* kExactNumbers[] = {
    "0",    "-0",   "1.0",  "1e0", "0.1",  "-2.50",  "1E+2",
    "5e-1", "1e22", "1e-7", "42",  "3e-9", "100000", "9007199254740992"};

}  // namespace

int RandomJson::Below(int end) {
  return static_cast<int>(engine_() % static_cast<uint32_t>(end));
}

std::string RandomJson::Space() {
  std::string space;
  while (Below(3) == 0) space.push_back(" \t\r\n"[Below(4)]);
  return space;
}

std::string RandomJson::String(bool exact) {
  std::string text = "\"";
  if (!exact && Below(4) == 0) text += kLoneSurrogates[Below(3)];
  for (int i = Below(6); i > 0; --i) {
    text += kPieces[Below(sizeof(kPieces) / sizeof(kPieces[0]))];
  }
  return text + "\"";
}

std::string RandomJson::Digits() {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + Below(10)));
  } while (Below(12) != 0);
  return digits;
}

std::string RandomJson::Number(bool exact) {
  if (exact) {
    return kExactNumbers[Below(sizeof(kExactNumbers) /
                               sizeof(kExactNumbers[0]))];
  }
  std::string number = Below(2) == 0 ? "-" : "";
  absl::StrAppend(&number, Below(9) + 1, Digits());
  if (Below(2) == 0) absl::StrAppend(&number, ".", Digits());
  if (Below(2) == 0) {
    const char* const exponents[] = {"e", "E+", "e-", "E"};
    absl::StrAppend(&number, exponents[Below(4)], Digits());
  }
  return number;
}

std::string RandomJson::Array(bool exact, int depth) {
  std::string text = "[" + Space();
  const int size = Below(4);
  for (int i = 0; i < size; ++i) {
    if (i > 0) absl::StrAppend(&text, ",", Space());
    absl::StrAppend(&text, Value(exact, depth + 1), Space());
  }
  return text + "]";
}

std::string RandomJson::Object(bool exact, int depth) {
  std::string text = "{" + Space();
  const int size = Below(4);
  for (int i = 0; i < size; ++i) {
    if (i > 0) absl::StrAppend(&text, ",", Space());
    // A Value cannot have repeated keys.
    const std::string key =
        exact ? absl::StrCat("\"k", i, "\"") : String(exact);
    absl::StrAppend(&text, key, Space(), ":", Space(), Value(exact, depth + 1),
                    Space());
  }
  return text + "}";
}

std::string RandomJson::Value(bool exact, int depth) {
  switch (Below(depth < kMaxDepth ? 7 : 5)) {
    case 0:
      return "null";
    case 1:
      return "true";
    case 2:
      return "false";
    case 3:
      return Number(exact);
    case 4:
      return String(exact);
    case 5:
      return Array(exact, depth);
    default:
      return Object(exact, depth);
  }
}

}  // namespace wriftai
