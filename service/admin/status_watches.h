#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_WATCHES_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_WATCHES_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "service/admin/status_report.pb.h"
#include "service/engine/engine.h"

namespace wriftai {

// Totals of one credential's watches. A value.
struct WatchSums {
  size_t waiters = 0;
  size_t predictions = 0;
  absl::Duration oldest_state;
  bool upstream_is_down = false;
};

// Maps a credential's display name to the name of its totals.
using CredentialNameFn =
    std::function<std::string(absl::string_view display_name)>;

// Adds up all watches by credential name, and fills the report with the totals
// and the groups by state and age. Visits every watch. Call on the loop.
std::map<std::string, WatchSums> FillWatches(const Engine& engine,
                                             absl::Time now,
                                             const CredentialNameFn& name_of,
                                             status::Report& report);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_WATCHES_H_
