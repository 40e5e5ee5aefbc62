#include "service/admin/quantile.h"

#include <cstddef>

namespace wriftai {

std::optional<double> Quantile(absl::Span<const double> bounds,
                               absl::Span<const double> counts,
                               double quantile) {
  double total = 0;
  for (const double count : counts) total += count;
  if (total == 0) return std::nullopt;
  const double rank = quantile * total;
  double below = 0;
  double lower = 0;
  for (size_t i = 0; i < bounds.size(); ++i) {
    const double upper = bounds[i];
    const double count = counts[i];
    if (count > 0 && below + count >= rank) {
      return lower + (upper - lower) * (rank - below) / count;
    }
    below += count;
    lower = upper;
  }
  return lower;
}

}  // namespace wriftai
