#ifndef WRIFTAI_TESTS_UPSTREAM_JSON_RANDOM_JSON_H_
#define WRIFTAI_TESTS_UPSTREAM_JSON_RANDOM_JSON_H_

#include <cstdint>
#include <random>
#include <string>

namespace wriftai {

// Generates valid but unusual JSON texts with any white space, escape, number
// and key. The same seed gives the same texts.
//
// Threads: one. Fails: never.
class RandomJson {
 public:
  explicit RandomJson(uint32_t seed) : engine_(seed) {}

  // One value without surrounding white space. `exact`: one that a
  // google.protobuf.Value can represent.
  std::string Value(bool exact, int depth = 0);

  // White space, often empty.
  std::string Space();

 private:
  // In [0, end).
  int Below(int end);

  std::string String(bool exact);
  std::string Number(bool exact);
  std::string Digits();
  std::string Array(bool exact, int depth);
  std::string Object(bool exact, int depth);

  std::mt19937 engine_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_JSON_RANDOM_JSON_H_
