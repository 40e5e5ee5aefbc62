#include "upstream/request_spans.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/fake_transport.h"
#include "tests/support/manual_event_loop.h"
#include "upstream/rest/rest_prediction_client.h"

namespace wriftai {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";
constexpr char kPrediction[] =
    R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a","status":"pending"})";

// Notes when spans begin and end.
class RecordingSpans final : public RequestSpans {
 public:
  std::unique_ptr<StepSpan> BeginBudgetWait() override {
    lines.emplace_back("wait");
    return std::make_unique<Recorded>("wait", lines);
  }

  std::unique_ptr<RequestSpan> BeginRequest(const CallSubject& subject,
                                            int resends,
                                            HttpRequest& request) override {
    lines.push_back(absl::StrCat("send ", resends, " ", subject.resource));
    request.headers.emplace_back("traceparent", "span");
    return std::make_unique<Recorded>("send", lines);
  }

  std::vector<std::string> lines;

 private:
  class Recorded final : public RequestSpan {
   public:
    Recorded(std::string name, std::vector<std::string>& lines)
        : name_(std::move(name)), lines_(lines) {}
    ~Recorded() override { lines_.push_back(name_ + " ends"); }

    void OnResponse(const HttpResponse& response) override {
      lines_.push_back(absl::StrCat(response.status));
    }
    void OnFailure(const TransportFailure& /*failure*/) override {
      lines_.emplace_back("failure");
    }

   private:
    const std::string name_;
    std::vector<std::string>& lines_;
  };
};

class RequestSpansTest : public ::testing::Test {
 protected:
  void Get() {
    CallContext context;
    context.credential = credential_;
    context.trace = std::make_shared<CallTrace>();
    context.trace->spans = spans_;
    call_ = client_.Get(std::move(context), kId, [](const auto&) {});
  }

  ManualEventLoop event_loop_;
  FakeTransport transport_;
  Random random_{1};
  BudgetRegistry budgets_{{1, 1, 1}, event_loop_};
  RestPredictionClient client_{RestClientOptions(), event_loop_, transport_,
                               budgets_, random_};
  const std::shared_ptr<const Credential> credential_ = MakeCredential("token");
  const std::shared_ptr<RecordingSpans> spans_ =
      std::make_shared<RecordingSpans>();
  CallHandle call_;
};

TEST_F(RequestSpansTest, RecordsRequestUntilItsResponse) {
  Get();
  EXPECT_THAT(transport_.sent().back().headers,
              Contains(Pair("traceparent", "span")));
  transport_.Respond(200, kPrediction);
  EXPECT_THAT(spans_->lines,
              ElementsAre(absl::StrCat("send 0 ", kId), "200", "send ends"));
}

TEST_F(RequestSpansTest, RecordsEachAttemptAndItsWaitForBudget) {
  Get();
  transport_.Respond(503, "");
  // The next attempt waits first for its backoff, then for the next second.
  while (transport_.sent().size() < 2) {
    ASSERT_TRUE(event_loop_.AdvanceToNextTimer());
  }
  transport_.Respond(200, kPrediction);
  EXPECT_THAT(spans_->lines,
              ElementsAre(absl::StrCat("send 0 ", kId), "503", "send ends",
                          "wait", "wait ends", absl::StrCat("send 1 ", kId),
                          "200", "send ends"));
}

TEST_F(RequestSpansTest, DroppedCallEndsItsSpans) {
  Get();
  call_.reset();
  EXPECT_THAT(spans_->lines,
              ElementsAre(absl::StrCat("send 0 ", kId), "send ends"));
  spans_->lines.clear();
  Get();  // The budget is used up.
  EXPECT_THAT(spans_->lines, ElementsAre("wait"));
  call_.reset();
  EXPECT_THAT(spans_->lines, ElementsAre("wait", "wait ends"));
}

TEST_F(RequestSpansTest, AbortedCallEndsItsSpans) {
  Get();
  client_.AbortAll([] { return absl::UnavailableError("draining"); });
  EXPECT_THAT(spans_->lines,
              ElementsAre(absl::StrCat("send 0 ", kId), "send ends"));
}

TEST_F(RequestSpansTest, FailureIsAResult) {
  Get();
  transport_.Fail(TransportFailure::Kind::kConnect, /*maybe_sent=*/false);
  EXPECT_THAT(spans_->lines, ElementsAre(absl::StrCat("send 0 ", kId),
                                         "failure", "send ends"));
}

}  // namespace
}  // namespace wriftai
