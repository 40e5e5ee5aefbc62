#include "tests/support/fake_prediction_client.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"

namespace wriftai {

v1::Prediction MakePrediction(absl::string_view id, absl::string_view status,
                              int updated) {
  v1::Prediction prediction;
  prediction.set_id(std::string(id));
  prediction.set_status_text(std::string(status));
  if (status == "pending") prediction.set_status(v1::STATUS_PENDING);
  if (status == "started") prediction.set_status(v1::STATUS_STARTED);
  if (status == "succeeded") prediction.set_status(v1::STATUS_SUCCEEDED);
  if (status == "failed") prediction.set_status(v1::STATUS_FAILED);
  prediction.mutable_updated_at()->set_seconds(1'755'085'724 + updated);
  return prediction;
}

std::shared_ptr<const Credential> MakeCredential(absl::string_view name) {
  return std::make_shared<const Credential>(Secret(std::string(name)));
}

class FakePredictionClient::Pending : public Call {
 public:
  Pending(FakePredictionClient& client, size_t index)
      : client_(client), index_(index) {}
  ~Pending() override { client_.pending_.erase(index_); }

 private:
  FakePredictionClient& client_;
  const size_t index_;
};

CallHandle FakePredictionClient::Record(Recorded call, PredictionDone done) {
  const size_t index = calls_.size();
  calls_.push_back(std::move(call));
  pending_.emplace(index, std::move(done));
  return std::make_unique<Pending>(*this, index);
}

CallHandle FakePredictionClient::Get(CallContext context, std::string id,
                                     PredictionDone done) {
  return Record({"get", std::move(context), std::move(id), {}, {}},
                std::move(done));
}

CallHandle FakePredictionClient::Create(CallContext context,
                                        CreateParams params,
                                        PredictionDone done) {
  return Record({"create", std::move(context), "", std::move(params), {}},
                std::move(done));
}

CallHandle FakePredictionClient::List(CallContext context, ListParams params,
                                      PageDone) {
  return Record({"list", std::move(context), "", {}, std::move(params)},
                nullptr);
}

CallHandle FakePredictionClient::Cancel(CallContext context, std::string id,
                                        CancelDone) {
  return Record({"cancel", std::move(context), std::move(id), {}, {}}, nullptr);
}

void FakePredictionClient::Answer(size_t index,
                                  absl::StatusOr<v1::Prediction> result) {
  auto pending = pending_.extract(index);
  ASSERT_FALSE(pending.empty()) << "call " << index << " is not under way";
  pending.mapped()(std::move(result));
}

void FakePredictionClient::Answer(absl::StatusOr<v1::Prediction> result) {
  ASSERT_FALSE(calls_.empty());
  Answer(calls_.size() - 1, std::move(result));
}

}  // namespace wriftai
