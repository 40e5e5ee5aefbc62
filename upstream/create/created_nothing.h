#ifndef WRIFTAI_UPSTREAM_CREATE_CREATED_NOTHING_H_
#define WRIFTAI_UPSTREAM_CREATE_CREATED_NOTHING_H_

#include "absl/status/status.h"

namespace wriftai {

// Whether the error of a create proves that nothing was created. Any thread.
inline bool CreatedNothing(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
      return false;
    default:
      return true;
  }
}

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CREATE_CREATED_NOTHING_H_
