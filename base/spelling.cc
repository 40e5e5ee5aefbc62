#include "base/spelling.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace wriftai {
namespace {

// Longer names are not compared, because `name` is untrusted.
constexpr size_t kMaxLength = 100;

}  // namespace

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string NearestName(absl::string_view name,
                        const std::vector<std::string>& known) {
  if (name.size() > kMaxLength) return "";
  std::string nearest;
  // Up to a third of the name may be wrong.
  size_t min_distance = name.size() / 3 + 1;
  for (const std::string& candidate : known) {
    const size_t distance = EditDistance(name, candidate);
    if (distance >= min_distance) continue;
    min_distance = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace wriftai
