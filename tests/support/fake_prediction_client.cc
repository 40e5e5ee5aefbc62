#include "tests/support/fake_prediction_client.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"
#include "upstream/error_details.h"

namespace wriftai {

v1::Prediction MakePrediction(absl::string_view id, absl::string_view status,
                              int updated) {
  v1::Prediction prediction;
  prediction.set_id(std::string(id));
  prediction.set_status_text(std::string(status));
  if (status == "pending") prediction.set_status(v1::PREDICTION_STATUS_PENDING);
  if (status == "started") prediction.set_status(v1::PREDICTION_STATUS_STARTED);
  if (status == "succeeded")
    prediction.set_status(v1::PREDICTION_STATUS_SUCCEEDED);
  if (status == "failed") prediction.set_status(v1::PREDICTION_STATUS_FAILED);
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

CallHandle FakePredictionClient::Record(Recorded call,
                                        PredictionDone prediction,
                                        PageDone page) {
  const size_t index = calls_.size();
  pending_.emplace(index, Waiting{std::move(call.context.permit),
                                  std::move(prediction), std::move(page)});
  calls_.push_back(std::move(call));
  return std::make_unique<Pending>(*this, index);
}

CallHandle FakePredictionClient::Get(CallContext context, std::string id,
                                     PredictionDone done) {
  return Record({"get", std::move(context), std::move(id), {}, {}},
                std::move(done), nullptr);
}

CallHandle FakePredictionClient::Create(CallContext context,
                                        CreateParams params,
                                        PredictionDone done) {
  return Record({"create", std::move(context), "", std::move(params), {}},
                std::move(done), nullptr);
}

CallHandle FakePredictionClient::List(CallContext context, ListParams params,
                                      PageDone done) {
  return Record({"list", std::move(context), "", {}, std::move(params)},
                nullptr, std::move(done));
}

FakePredictionClient::Waiting FakePredictionClient::Take(
    size_t index, const absl::Status& status) {
  auto pending = pending_.extract(index);
  if (pending.empty()) return {};
  RateLimit rate;
  rate.reset_after = RetryDelay(status);
  pending.mapped().permit.OnResponse(
      rate, status.code() == absl::StatusCode::kResourceExhausted);
  return std::move(pending.mapped());
}

void FakePredictionClient::Complete(size_t index,
                                    absl::StatusOr<v1::Prediction> result) {
  Waiting waiting = Take(index, result.status());
  ASSERT_TRUE(waiting.prediction != nullptr)
      << "call " << index << " is not a pending Get or Create";
  waiting.prediction(std::move(result));
}

void FakePredictionClient::CompleteList(size_t index,
                                        absl::StatusOr<PredictionPage> result) {
  Waiting waiting = Take(index, result.status());
  ASSERT_TRUE(waiting.page != nullptr)
      << "call " << index << " is not a pending List";
  waiting.page(std::move(result));
}

void FakePredictionClient::CompleteList(absl::StatusOr<PredictionPage> result) {
  ASSERT_FALSE(calls_.empty());
  CompleteList(calls_.size() - 1, std::move(result));
}

void FakePredictionClient::Complete(absl::StatusOr<v1::Prediction> result) {
  ASSERT_FALSE(calls_.empty());
  Complete(calls_.size() - 1, std::move(result));
}

}  // namespace wriftai
