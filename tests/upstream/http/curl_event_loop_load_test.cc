#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "tests/upstream/http/loop_test.h"

namespace wriftai {
namespace {

class CurlEventLoopLoadTest : public LoopTest {
 protected:
  static constexpr int kThreads = 4;
  static constexpr int kRequestsPerThread = 125;
  static constexpr int kRequests = kThreads * kRequestsPerThread;

  CurlEventLoopLoadTest() { options().max_connections = 16; }

  // Sends from kThreads threads at once, each with its own numbers.
  void FromThreads(const std::function<void(int)>& send) {
    loop();
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&send, t] {
        for (int i = 0; i < kRequestsPerThread; ++i) {
          send(t * kRequestsPerThread + i);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  // Responds to each request with its body.
  static void Echo(RawConnection& connection) {
    for (;;) {
      const std::string request = connection.ReadRequest();
      if (request.empty()) return;
      const std::string body = request.substr(request.find("\r\n\r\n") + 4);
      if (!connection.Send(RawHttpServer::Response("200 OK", body))) return;
    }
  }

  std::map<int, CallHandle> calls_;  // On the loop.
};

TEST_F(CurlEventLoopLoadTest,
       EveryRequestGetsItsResponseWithinConnectionLimit) {
  RawHttpServer server(Echo);
  std::atomic<int> correct{0};
  std::atomic<int> ended{0};
  std::promise<void> all;
  FromThreads([&](int number) {
    loop().Post([&, number] {
      const std::string body = "body " + std::to_string(number);
      calls_[number] = loop().Send(
          Post(server.Url("/"), body), [&, number, body](HttpResult result) {
            const auto* const response = std::get_if<HttpResponse>(&result);
            if (response != nullptr && response->body == body) ++correct;
            calls_.erase(number);
            if (++ended == kRequests) all.set_value();
          });
    });
  });
  all.get_future().wait();
  EXPECT_EQ(correct, kRequests);
  EXPECT_EQ(server.requests().size(), static_cast<size_t>(kRequests));
  EXPECT_LE(server.connections(), 16);
}

TEST_F(CurlEventLoopLoadTest, RandomDropsDoNotAffectOtherRequests) {
  RawHttpServer server(Echo);
  std::mt19937 random(20240229);  // On the loop.
  int called_back = 0;
  int dropped = 0;
  std::promise<void> all;
  const auto drop = [&](int number) {
    dropped += static_cast<int>(calls_.erase(number));
    if (called_back + dropped == kRequests) all.set_value();
  };
  std::vector<TimerHandle> timers;
  FromThreads([&](int number) {
    loop().Post([&, number] {
      calls_[number] = loop().Send(
          Post(server.Url("/"), "b"), [&, number](const HttpResult& result) {
            EXPECT_TRUE(std::holds_alternative<HttpResponse>(result));
            EXPECT_EQ(calls_.erase(number), 1u) << "called after a drop";
            ++called_back;
            // Some callbacks drop another request.
            if (!calls_.empty() && random() % 4 == 0) {
              calls_.erase(calls_.begin());
              ++dropped;
            }
            if (called_back + dropped == kRequests) all.set_value();
          });
      if (number % 3 != 0) return;
      timers.push_back(loop().RunAt(
          loop().Now() + absl::Microseconds(random() % 20000), [&, number] {
            if (calls_.count(number) != 0) drop(number);
          }));
    });
  });
  all.get_future().wait();
  EXPECT_LE(server.connections(), kRequests);
  EXPECT_GT(called_back, 0);
  EXPECT_GT(dropped, 0);
  OnLoop([&] {
    EXPECT_TRUE(calls_.empty());
    timers.clear();
  });
}

TEST_F(CurlEventLoopLoadTest, StopsUnderLoad) {
  RawHttpServer server(Echo);
  FromThreads([&](int number) {
    loop().Post([&, number] {
      calls_[number] =
          loop().Send(Post(server.Url("/"), "b"), [](const HttpResult&) {});
    });
  });
  StopLoop();
}

}  // namespace
}  // namespace wriftai
