#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_SPANS_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_SPANS_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// Begins the traces of polls, which belong to no caller's.
//
// Threads: loop. Fails: never.
class PollSpans {
 public:
  virtual ~PollSpans() = default;

  // A poll is about to be sent: for the prediction, which was due at `due`, or
  // for a page of the list. Null: it is not recorded.
  virtual std::shared_ptr<CallTrace> BeginGet(const Credential& credential,
                                              absl::string_view id,
                                              absl::Time due) = 0;
  virtual std::shared_ptr<CallTrace> BeginPage(
      const Credential& credential) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_SPANS_H_
