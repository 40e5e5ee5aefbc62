#ifndef WRIFTAI_UPSTREAM_JSON_JSON_NUMBER_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_NUMBER_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// The double for `number` (which ScanNumber() accepts); nullopt if the
// conversion would change it. It does if the shortest decimal that reads back
// as the double is another number. So 0.1, 1.0 and 1e0 are exact; 2^53+1, 1e400
// and 1e-400 are not. Nor is 2^60, which most languages would print with other
// digits. A zero keeps its sign.
std::optional<double> ExactDouble(absl::string_view number);

// The JSON text of `number`, which is finite: integers within ±2^53 without
// fraction or exponent, others in the shortest form. ExactDouble() is the
// inverse.
std::string JsonFromDouble(double number);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_NUMBER_H_
