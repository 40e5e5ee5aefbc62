#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_WATCHES_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_WATCHES_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "service/admin/status_report.pb.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// What one credential watches. A value.
struct WatchSums {
  size_t waiters = 0;
  size_t predictions = 0;
  absl::Duration oldest_state;
  bool upstream_is_down = false;
};

// The name under which the sums of a credential go.
using CredentialNameFn =
    std::function<std::string(absl::string_view display_name)>;

// Sums all watches, by the credential's name, and puts them into the report:
// in all, and by state and age. Looks at each watch. On the loop.
std::map<std::string, WatchSums> FillWatches(const WatchRegistry& registry,
                                             absl::Time now,
                                             const CredentialNameFn& name_of,
                                             status::Report& report);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_WATCHES_H_
