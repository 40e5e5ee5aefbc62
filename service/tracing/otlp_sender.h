#ifndef WRIFTAI_SERVICE_TRACING_OTLP_SENDER_H_
#define WRIFTAI_SERVICE_TRACING_OTLP_SENDER_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/event_loop.h"
#include "grpcpp/support/status.h"
#include "otlp/trace_service.grpc.pb.h"
#include "service/calls/call_count.h"
#include "service/server/tls/client_credentials.h"
#include "service/tracing/otlp.h"
#include "service/tracing/span_sender.h"
#include "service/tracing/tracing_config.h"

namespace wriftai {

// Exports batches to a collector by OTLP over gRPC. After a failure it uses a
// new connection, since a broken one may stay broken for long (EtcdChannel).
//
// Threads: loop. gRPC's threads only post. Owns: the channel and the calls; the
// destructor cancels them, and waits until gRPC has let go of them. The event
// loop must outlive it. Fails: see Open() and SpanSender. The log says when
// exports begin to fail, and when they succeed again.
class OtlpSender final : public SpanSender {
 public:
  using ResourceAttributes = std::vector<std::pair<std::string, std::string>>;

  // INVALID_ARGUMENT: a file is invalid; names its variable.
  static absl::StatusOr<std::unique_ptr<OtlpSender>> Open(
      const CollectorConfig& config, const ResourceAttributes& resource,
      EventLoop& event_loop);
  ~OtlpSender() override;

  // One at a time.
  CallHandle Send(const std::shared_ptr<const SpanBatch>& batch,
                  absl::Duration timeout, Done done) override;

 private:
  struct Exchange;
  class Handle;

  OtlpSender(CollectorConfig config, const ResourceAttributes& resource,
             std::unique_ptr<ClientCredentials> credentials,
             EventLoop& event_loop);

  void Connect();
  void Finish(Exchange& exchange, const grpc::Status& status);
  void Report(const grpc::Status& status, int64_t rejected_spans,
              const std::string& why);
  // A collector's text for the log.
  std::string Shown(absl::string_view text) const;

  const CollectorConfig config_;
  // The parts of requests that do not change: one ResourceSpans without spans.
  const otlp::ExportTraceServiceRequest frame_;
  const std::unique_ptr<ClientCredentials> credentials_;  // Null: plaintext.
  EventLoop& event_loop_;
  std::unique_ptr<otlp::TraceService::Stub> stub_;  // Null: connect first.
  std::shared_ptr<Exchange> exchange_;              // In flight.
  CallCount calls_;
  bool failing_ = false;  // The log's last word.
  absl::Time reported_at_ = absl::InfinitePast();
};

// The credentials of `config` for TLS. Errors name its variables. Any thread.
std::unique_ptr<ClientCredentials> CredentialsFor(
    const CollectorConfig& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_OTLP_SENDER_H_
