#ifndef WRIFTAI_UPSTREAM_JSON_JSON_NUMBER_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_NUMBER_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// The length of the number of RFC 8259 at the beginning of `text`. 0 where
// there is none, or one that is broken off (`1.`, `1e`), has a leading zero, or
// goes on with a point or an exponent that it must not have (`1.2.3`, `1e5.5`).
size_t ScanJsonNumber(absl::string_view text);

// The double that `number` (which ScanJsonNumber() accepts) stands for, or
// nothing where that would change it: where the shortest decimal that reads
// back as the double is another number. So 0.1, 1.0 and 1e0 are exact; 2^53+1,
// 1e400 and 1e-400 are not, and 2^60 is not either, as most languages would
// print it with other digits. A zero keeps its sign.
std::optional<double> ExactDouble(absl::string_view number);

// The JSON text of `number`, which is finite: whole numbers within ±2^53
// without fraction or exponent, others in the shortest form. ExactDouble()
// gives `number` back.
std::string JsonFromDouble(double number);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_NUMBER_H_
