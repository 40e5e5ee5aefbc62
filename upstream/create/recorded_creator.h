#ifndef WRIFTAI_UPSTREAM_CREATE_RECORDED_CREATOR_H_
#define WRIFTAI_UPSTREAM_CREATE_RECORDED_CREATOR_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/create/create_records.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// Sends creates with a request ID that any replica may have sent before. It
// acquires the permit first, then begins the record, and sends at once: so the
// record's condition, that this replica owns the credential, is as fresh as it
// can be. A create that was sent before is replayed.
//
// Threads: loop. All arguments must outlive it; it must outlive its handles.
// Fails: as `creator`, `reader` and CreateRecords; INVALID_ARGUMENT
// (request_id) if the ID was used for a different create; UNKNOWN
// (CREATE_OUTCOME_UNKNOWN) if an attempt that has ended may have sent it.
class RecordedCreator {
 public:
  // How often to ask for a create that another attempt may still end. A create
  // takes seconds.
  static constexpr absl::Duration kAskInterval = absl::Milliseconds(500);

  struct Result {
    absl::StatusOr<v1::Prediction> created;
    // Whether it is the outcome of the create. Otherwise ask again.
    bool is_outcome = true;
  };
  using Done = absl::AnyInvocable<void(Result)>;

  RecordedCreator(EventLoop& event_loop, BudgetRegistry& budgets,
                  CreateRecords& records, PredictionCreator& creator,
                  PredictionReader& reader)
      : event_loop_(event_loop),
        budgets_(budgets),
        records_(records),
        creator_(creator),
        reader_(reader) {}

  // `fingerprint`: of the create, as hex digits. `done` runs once, from the
  // loop. Destroying the handle may leave a create with an unknown outcome.
  [[nodiscard]] CallHandle Create(CallContext context, std::string request_id,
                                  std::string fingerprint, CreateParams params,
                                  Done done);

 private:
  class Attempt;

  EventLoop& event_loop_;
  BudgetRegistry& budgets_;
  CreateRecords& records_;
  PredictionCreator& creator_;
  PredictionReader& reader_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CREATE_RECORDED_CREATOR_H_
