#ifndef WRIFTAI_SERVICE_ADMIN_QUANTILE_H_
#define WRIFTAI_SERVICE_ADMIN_QUANTILE_H_

#include <optional>

#include "absl/types/span.h"

namespace wriftai {

// The `quantile` of a histogram, interpolated linearly within its bucket as
// Prometheus' histogram_quantile() does. `counts` has one more entry, above the
// last bound. nullopt without counts; the last bound if it lies above it. Any
// thread.
std::optional<double> Quantile(absl::Span<const double> bounds,
                               absl::Span<const double> counts,
                               double quantile);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_QUANTILE_H_
