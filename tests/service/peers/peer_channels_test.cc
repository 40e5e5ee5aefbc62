#include "service/peers/peer_channels.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/tcp_listener.h"
#include "gtest/gtest.h"
#include "tests/service/peers/peer_link_fixture.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

TEST_F(PeerLinkTest, ChannelsInUseAreBounded) {
  // Accepts connections to every loopback address, and says nothing.
  const auto silent = ListenOn("0.0.0.0:0");
  ASSERT_THAT(silent, IsOk());
  const auto address = [&](size_t i) {
    return absl::StrCat("127.0.", i / 250, ".", 1 + i % 250, ":", silent->port);
  };
  std::vector<CallHandle> open;
  RunOnLoop(loop_, [&] {
    for (size_t i = 0; i < PeerChannels::kMaxChannels; ++i) {
      open.push_back(link_->Vouch(address(i), kQuestion, absl::InfiniteFuture(),
                                  [](const auto&) {}));
    }
  });
  const std::string next = address(PeerChannels::kMaxChannels);
  EXPECT_THAT(Vouch(next), StatusIs(absl::StatusCode::kUnavailable,
                                    absl::StrCat("peer ", next,
                                                 ": too many other peers are "
                                                 "in use (256)")));
  // Without its call, a channel makes room, once gRPC has ended the call.
  RunOnLoop(loop_, [&] { open.front().reset(); });
  const absl::Time end = absl::Now() + absl::Seconds(10);
  absl::Status status;
  do {
    status = Vouch(next, absl::Milliseconds(10)).status();
  } while (absl::IsUnavailable(status) && absl::Now() < end);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  RunOnLoop(loop_, [&] { open.clear(); });
}

TEST(PeerChannelsTest, UnusedChannelIsClosed) {
  ManualEventLoop loop;
  PeerChannels channels(loop, nullptr, 1 << 20);
  PeerRequest request;
  request.method = "/wriftai.peers.v1.Peers/Vouch";
  request.message = grpc::ByteBuffer(nullptr, 0);
  CallHandle call = channels.StartUnary(
      "127.0.0.1:1", std::move(request),
      [](const PeerResponse&) -> EventLoop::Task { return [] {}; });
  EXPECT_EQ(channels.size(), 1u);
  call.reset();
  // gRPC ends the call on a thread of its own.
  const absl::Time end = absl::Now() + absl::Seconds(10);
  while (channels.size() > 0 && absl::Now() < end) {
    loop.Advance(PeerChannels::kIdleTimeout);
  }
  EXPECT_EQ(channels.size(), 0u);
}

}  // namespace
}  // namespace wriftai
