#ifndef WRIFTAI_TESTS_BENCH_MICRO_SAMPLE_JSON_H_
#define WRIFTAI_TESTS_BENCH_MICRO_SAMPLE_JSON_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// The upstream's JSON for a running prediction, about `bytes` long: texts,
// numbers, lists and objects.
std::string SamplePrediction(size_t bytes);

// The upstream's JSON for a page of `count` predictions, without payloads.
std::string SamplePage(int count);

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_BENCH_MICRO_SAMPLE_JSON_H_
