#ifndef WRIFTAI_SERVICE_PEERS_PEER_CHANNELS_H_
#define WRIFTAI_SERVICE_PEERS_PEER_CHANNELS_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "grpc/grpc.h"
#include "service/peers/peer_calls.h"
#include "service/peers/peer_request.h"
#include "service/server/tls/tls_credentials.h"

namespace wriftai {

// Calls to other replicas: one connection to each address, made when needed and
// closed when unused. Connections have mutual TLS; without it, only addresses
// of this machine can be called.
//
// A call that cannot be sent within two seconds, or whose connection is dead
// for as long, ends UNAVAILABLE: see peer_channels.cc.
//
// Threads: the constructor main, the rest on the loop. Owns: channels and
// calls. EventLoop and credentials must outlive it; handles must not. The
// destructor blocks: see PeerCalls. Fails: with the status of the call.
class PeerChannels {
 public:
  // An owner of credentials may be any replica. Vouching, the other use, is for
  // up to 30 replicas. A channel with TLS takes some 100 kB.
  static constexpr size_t kMaxChannels = 256;

  // Longer than the pauses between the calls of one credential in use.
  static constexpr absl::Duration kIdleTimeout = absl::Minutes(1);

  // `tls`: null for plaintext on this machine. A response may have up to
  // `max_response_bytes`.
  PeerChannels(EventLoop& event_loop, TlsCredentials* tls,
               size_t max_response_bytes);
  ~PeerChannels();
  PeerChannels(const PeerChannels&) = delete;
  PeerChannels& operator=(const PeerChannels&) = delete;

  EventLoop& event_loop() { return event_loop_; }
  size_t max_response_bytes() const { return max_response_bytes_; }

  // As PeerCalls, to HOST:PORT. Also UNAVAILABLE if kMaxChannels are in use, or
  // the address may not be called.
  [[nodiscard]] CallHandle StartUnary(const std::string& address,
                                      PeerRequest request,
                                      PeerCalls::OnResponse on_response);
  [[nodiscard]] CallHandle StartStream(const std::string& address,
                                       PeerRequest request,
                                       PeerCalls::OnMessage on_message,
                                       PeerCalls::OnEnd on_end);

  // Open channels.
  size_t size() const { return channels_.size(); }

 private:
  struct Channel {
    CoreChannel channel;  // Calls share it.
    absl::Time used_at;
  };
  struct ReleaseCredentials {
    void operator()(grpc_channel_credentials* credentials) const;
  };

  absl::StatusOr<CoreChannel> ChannelTo(const std::string& address);
  CoreChannel Open(const std::string& address) const;
  bool EvictOne();
  void EvictIdle();

  EventLoop& event_loop_;
  const bool has_tls_;
  const std::unique_ptr<grpc_channel_credentials, ReleaseCredentials>
      credentials_;
  const size_t max_response_bytes_;
  std::map<std::string, Channel> channels_;  // By address.
  TimerHandle evict_;
  PeerCalls calls_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_CHANNELS_H_
