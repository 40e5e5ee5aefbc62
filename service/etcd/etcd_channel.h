#ifndef WRIFTAI_SERVICE_ETCD_ETCD_CHANNEL_H_
#define WRIFTAI_SERVICE_ETCD_ETCD_CHANNEL_H_

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "etcd/rpc.grpc.pb.h"
#include "grpcpp/security/credentials.h"
#include "service/etcd/etcd_config.h"
#include "service/server/tls/client_credentials.h"

namespace wriftai {

// Notified when a connection is given up. Loop thread.
class RetirementObserver {
 public:
  virtual ~RetirementObserver() = default;

  // Must not call back into EtcdChannel.
  virtual void OnRetired() = 0;
};

// A gRPC channel to one member of etcd. The calls on it share it.
//
// Threads: the stubs, any; the rest, loop.
struct EtcdConnection {
  std::unique_ptr<etcdserverpb::KV::Stub> kv;
  std::unique_ptr<etcdserverpb::Lease::Stub> lease;
  std::unique_ptr<etcdserverpb::Watch::Stub> watch;

  size_t member = 0;  // Index of the endpoint.
  // When the oldest call was sent since the member last answered.
  absl::Time unanswered_since = absl::InfiniteFuture();
  std::set<RetirementObserver*> observers;
};

// Chooses the member of etcd that calls go to, and keeps the connections.
//
// Calls go to one member until one of them fails; then to the next. A
// connection without an answer for kMaxSilence is replaced, because after a
// restart of etcd a channel of gRPC 1.51 was observed to stay broken for 13 to
// 18 s, while a new one worked at once.
//
// Threads: loop. Owns: the connections, together with the calls on them, and
// the credentials. EventLoop must outlive it. Fails: only Open().
class EtcdChannel {
 public:
  // Twice the time of most calls to the store: 600 ms. etcd answers them within
  // 12 ms.
  static constexpr absl::Duration kMaxSilence = absl::Seconds(1);

  // What a new replica reads at its start, 100,000 records of 300 bytes, fits
  // twice. So do the largest responses of a watch, 1,000 revisions.
  static constexpr int kMaxMessageBytes = 64 << 20;

  // INVALID_ARGUMENT: a setting or file is invalid; names its flag.
  static absl::StatusOr<std::unique_ptr<EtcdChannel>> Open(
      EventLoop& event_loop, const EtcdConfig& config);

  // The connection for a call that is sent now.
  std::shared_ptr<EtcdConnection> Use();

  // The member has answered.
  void OnAnswer(EtcdConnection& connection);

  // A call has failed: later ones go to the next member.
  void OnFailure(const EtcdConnection& connection, const absl::Status& status);

  // The member refuses the call: etcd is full, or does not permit it. Any other
  // member would answer the same.
  void OnRejection(const EtcdConnection& connection,
                   const absl::Status& status);

 private:
  EtcdChannel(EventLoop& event_loop, std::vector<std::string> addresses,
              std::unique_ptr<ClientCredentials> credentials);

  void ReloadCredentials();
  std::shared_ptr<EtcdConnection> Connect(size_t member) const;
  bool IsSilent(const EtcdConnection& connection) const;
  void Retire(size_t member);
  void MoveOn();

  EventLoop& event_loop_;
  const std::vector<std::string> addresses_;
  const std::unique_ptr<ClientCredentials> credentials_;  // Null: plaintext.
  std::vector<std::shared_ptr<EtcdConnection>> connections_;  // By member.
  size_t member_ = 0;      // That calls go to.
  bool reported_ = false;  // The log's last word is that etcd fails.
  absl::Time reported_at_ = absl::InfinitePast();
  absl::Time rejection_reported_at_ = absl::InfinitePast();
};

// The credentials of `config` for https. Errors name its flags. Any thread.
std::unique_ptr<ClientCredentials> CredentialsFor(const EtcdConfig& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ETCD_ETCD_CHANNEL_H_
