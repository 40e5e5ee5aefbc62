#ifndef WRIFTAI_TESTS_SERVICE_TRACING_FAKE_SPAN_SENDER_H_
#define WRIFTAI_TESTS_SERVICE_TRACING_FAKE_SPAN_SENDER_H_

#include <memory>
#include <utility>
#include <vector>

#include "service/tracing/span_sender.h"

namespace wriftai {

// A collector whose responses the test gives.
//
// Threads: the test's. It must outlive the handles.
class FakeSpanSender final : public SpanSender {
 public:
  CallHandle Send(const std::shared_ptr<const SpanBatch>& batch,
                  absl::Duration timeout, Done done) override {
    class Handle : public Call {
     public:
      explicit Handle(FakeSpanSender& sender) : sender_(sender) {}
      ~Handle() override { sender_.done_ = nullptr; }

     private:
      FakeSpanSender& sender_;
    };
    sent.push_back(*batch);
    timeouts.push_back(timeout);
    done_ = std::move(done);
    return std::make_unique<Handle>(*this);
  }

  bool pending() const { return done_ != nullptr; }

  void Respond(ExportResult result = {}) {
    auto done = std::move(done_);
    done(std::move(result));
  }
  void Fail(absl::Status status) { Respond({std::move(status), {}, 0}); }

  std::vector<SpanBatch> sent;
  std::vector<absl::Duration> timeouts;

 private:
  Done done_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_TRACING_FAKE_SPAN_SENDER_H_
