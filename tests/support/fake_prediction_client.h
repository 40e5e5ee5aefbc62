#ifndef WRIFTAI_TESTS_SUPPORT_FAKE_PREDICTION_CLIENT_H_
#define WRIFTAI_TESTS_SUPPORT_FAKE_PREDICTION_CLIENT_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// A prediction in `status` (as named by the upstream), last changed `updated`
// seconds after a fixed time.
v1::Prediction MakePrediction(absl::string_view id, absl::string_view status,
                              int updated = 0);

// A credential whose token is `name`.
std::shared_ptr<const Credential> MakeCredential(absl::string_view name);

// An upstream that records its calls. The test completes them in any order.
//
// Threads: the loop's (the test's). It must outlive its handles. Fails: the
// test, if it completes a call that is not pending.
class FakePredictionClient final : public PredictionReader,
                                   public PredictionCreator {
 public:
  struct Recorded {
    std::string operation;  // "get", "create" or "list".
    CallContext context;    // Without the permit.
    std::string id;
    CreateParams create;
    ListParams list;
  };

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override;
  CallHandle Create(CallContext context, CreateParams params,
                    PredictionDone done) override;
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override;

  const std::vector<Recorded>& calls() const { return calls_; }
  size_t pending_count() const { return pending_.size(); }
  bool pending(size_t index) const { return pending_.count(index) > 0; }

  // Completes call `index` (Get or Create), or the newest one. Reports to its
  // permit whether the call was rate limited, and until when.
  void Complete(size_t index, absl::StatusOr<v1::Prediction> result);
  void Complete(absl::StatusOr<v1::Prediction> result);

  // Completes call `index` (List), or the newest one.
  void CompleteList(size_t index, absl::StatusOr<PredictionPage> result);
  void CompleteList(absl::StatusOr<PredictionPage> result);

 private:
  class Pending;
  struct Waiting {
    Permit permit;
    PredictionDone prediction;
    PageDone page;
  };

  CallHandle Record(Recorded call, PredictionDone prediction, PageDone page);
  Waiting Take(size_t index, const absl::Status& status);

  std::vector<Recorded> calls_;
  std::map<size_t, Waiting> pending_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_FAKE_PREDICTION_CLIENT_H_
