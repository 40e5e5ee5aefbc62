#include <memory>

#include "tests/upstream/http/loop_test.h"
#include "tests/upstream/http/slow_resolver.h"

namespace wriftai {
namespace {

using ::testing::IsEmpty;

class CurlEventLoopCancelTest : public LoopTest {
 protected:
  static HttpTransport::Done FailIfCalled() {
    return [](const HttpResult&) { ADD_FAILURE() << "called back"; };
  }

  static void NeverRespond(RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForDisconnect();
  }

  CallHandle call_;
};

TEST_F(CurlEventLoopCancelTest, DroppedHandleClosesConnectionAtOnce) {
  RawHttpServer server(NeverRespond);
  OnLoop([&] { call_ = loop().Send(Get(server.Url("/")), FailIfCalled()); });
  ASSERT_TRUE(server.WaitForRequests(1));
  OnLoop([&] { call_.reset(); });
  EXPECT_TRUE(server.WaitForDisconnects(1));
}

TEST_F(CurlEventLoopCancelTest, DropDoesNotWaitForSlowNameServer) {
  const SlowResolver resolver;
  OnLoop([&] {
    call_ = loop().Send(Get(std::string("http://") + SlowResolver::kName),
                        FailIfCalled());
  });
  ASSERT_TRUE(resolver.WaitForLookup());
  OnLoop([&] { call_.reset(); });
  EXPECT_TRUE(resolver.is_looking_up());
}

TEST_F(CurlEventLoopCancelTest, TimeoutDoesNotWaitForSlowNameServer) {
  const SlowResolver resolver;
  EXPECT_THAT(
      Failure(Within(absl::Milliseconds(100),
                     Get(std::string("http://") + SlowResolver::kName))),
      FailsAs(Kind::kTimeout, false));
  EXPECT_TRUE(resolver.is_looking_up());
}

TEST_F(CurlEventLoopCancelTest, RequestDroppedAtOnceIsNotSent) {
  RawHttpServer server(NeverRespond);
  OnLoop([&] { loop().Send(Get(server.Url("/")), FailIfCalled()).reset(); });
  OnLoop([] {});
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(CurlEventLoopCancelTest, DroppedFailureDoesNotCallBack) {
  OnLoop([&] { loop().Send(Get("not a url"), FailIfCalled()).reset(); });
  OnLoop([&] {
    loop()
        .Send(Within(absl::ZeroDuration(), Get("http://a")), FailIfCalled())
        .reset();
  });
  OnLoop([] {});
}

TEST_F(CurlEventLoopCancelTest, HandleMayBeDroppedInItsCallback) {
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "")));
  for (const std::string& url : {server.Url("/"), std::string("not a url")}) {
    std::promise<void> done;
    OnLoop([&] {
      call_ = loop().Send(Get(url), [&](const HttpResult&) {
        call_.reset();
        done.set_value();
      });
    });
    done.get_future().wait();
  }
}

TEST_F(CurlEventLoopCancelTest, HandleMayBeDroppedInAnotherCallback) {
  RawHttpServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForRelease();
    connection.Send(RawHttpServer::Response("200 OK", ""));
  });
  // Both responses arrive at once. The first callback drops the other request.
  CallHandle calls[2];
  int called = 0;
  std::promise<void> done;
  OnLoop([&] {
    for (CallHandle& call : calls) {
      call = loop().Send(Get(server.Url("/")), [&](const HttpResult&) {
        ++called;
        calls[0].reset();
        calls[1].reset();
        done.set_value();
      });
    }
  });
  ASSERT_TRUE(server.WaitForRequests(2));
  OnLoop([&] {
    // Both responses are in the sockets before the loop polls them again.
    server.Release();
    EXPECT_TRUE(server.WaitForSends(2));
  });
  done.get_future().wait();
  OnLoop([] {});
  EXPECT_EQ(called, 1);
}

TEST_F(CurlEventLoopCancelTest, CallbackMaySendAgain) {
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "")));
  std::promise<int> status;
  OnLoop([&] {
    call_ = loop().Send(Get(server.Url("/1")), [&](const HttpResult&) {
      call_ = loop().Send(Get(server.Url("/2")), [&](HttpResult result) {
        status.set_value(std::get<HttpResponse>(result).status);
      });
    });
  });
  EXPECT_EQ(status.get_future().get(), 200);
  OnLoop([&] { call_.reset(); });
}

TEST_F(CurlEventLoopCancelTest, DoesNotCallBackBeforeSendReturns) {
  RawHttpServer server(
      RawHttpServer::RespondToEach(RawHttpServer::Response("200 OK", "")));
  for (const HttpRequest& request :
       {Get(server.Url("/")), Get("not a url"),
        Within(absl::ZeroDuration(), Get(server.Url("/")))}) {
    bool returned = false;
    std::promise<bool> in_order;
    OnLoop([&] {
      call_ = loop().Send(
          request, [&](const HttpResult&) { in_order.set_value(returned); });
      returned = true;
    });
    EXPECT_TRUE(in_order.get_future().get());
    OnLoop([&] { call_.reset(); });
  }
}

TEST_F(CurlEventLoopCancelTest, RunsCallbacksOnLoop) {
  std::promise<bool> on_loop;
  OnLoop([&] {
    call_ = loop().Send(Get("not a url"), [&](const HttpResult&) {
      on_loop.set_value(loop().OnLoopThread());
    });
  });
  EXPECT_TRUE(on_loop.get_future().get());
  OnLoop([&] { call_.reset(); });
}

TEST_F(CurlEventLoopCancelTest, StoppingDropsRequestsInFlight) {
  RawHttpServer server(NeverRespond);
  OnLoop([&] { call_ = loop().Send(Get(server.Url("/")), FailIfCalled()); });
  ASSERT_TRUE(server.WaitForRequests(1));
  StopLoop();
  EXPECT_TRUE(server.WaitForDisconnects(1));
}

TEST_F(CurlEventLoopCancelTest, HandleMayOutliveLoop) {
  RawHttpServer server(NeverRespond);
  OnLoop([&] { call_ = loop().Send(Get(server.Url("/")), FailIfCalled()); });
  StopLoop();
  call_.reset();
}

// State owned by a callback may hold a handle, or send requests.
TEST_F(CurlEventLoopCancelTest, StoppingDestroysCallbacksOnLoop) {
  RawHttpServer server(NeverRespond);
  bool on_loop = false;
  OnLoop([&] {
    std::shared_ptr<void> last(nullptr, [&](void*) {
      on_loop = loop().OnLoopThread();
      call_ = loop().Send(Get(server.Url("/")), FailIfCalled());
    });
    CallHandle inner = loop().Send(Get(server.Url("/")), FailIfCalled());
    call_ = loop().Send(
        Get(server.Url("/")),
        [last, inner = std::move(inner)](const HttpResult&) { ADD_FAILURE(); });
  });
  StopLoop();
  EXPECT_TRUE(on_loop);
}

}  // namespace
}  // namespace wriftai
