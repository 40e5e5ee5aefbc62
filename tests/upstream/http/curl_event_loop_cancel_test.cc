#include <memory>

#include "tests/upstream/http/loop_test.h"
#include "tests/upstream/http/slow_resolver.h"

namespace wriftai {
namespace {

using ::testing::IsEmpty;

class CurlEventLoopCancelTest : public LoopTest {
 protected:
  static HttpTransport::Done Unwanted() {
    return [](const HttpResult&) { ADD_FAILURE() << "called back"; };
  }

  static void NeverAnswer(RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForDisconnect();
  }

  CallHandle call_;
};

TEST_F(CurlEventLoopCancelTest, ADroppedHandleClosesItsConnectionAtOnce) {
  RawHttpServer server(NeverAnswer);
  OnLoop([&] { call_ = loop().Send(Get(server.Url("/")), Unwanted()); });
  ASSERT_TRUE(server.WaitForRequests(1));
  OnLoop([&] { call_.reset(); });
  EXPECT_TRUE(server.WaitForDisconnects(1));
}

TEST_F(CurlEventLoopCancelTest, ADropDoesNotWaitForASlowNameServer) {
  const SlowResolver resolver;
  OnLoop([&] {
    call_ = loop().Send(Get(std::string("http://") + SlowResolver::kName),
                        Unwanted());
  });
  ASSERT_TRUE(resolver.WaitForLookup());
  OnLoop([&] { call_.reset(); });
  EXPECT_TRUE(resolver.is_looking_up());
}

TEST_F(CurlEventLoopCancelTest, ATimeoutDoesNotWaitForASlowNameServer) {
  const SlowResolver resolver;
  EXPECT_THAT(
      Failure(Within(absl::Milliseconds(100),
                     Get(std::string("http://") + SlowResolver::kName))),
      FailsAs(Kind::kTimeout, false));
  EXPECT_TRUE(resolver.is_looking_up());
}

TEST_F(CurlEventLoopCancelTest, ARequestDroppedAtOnceIsNeverSent) {
  RawHttpServer server(NeverAnswer);
  OnLoop([&] { loop().Send(Get(server.Url("/")), Unwanted()).reset(); });
  OnLoop([] {});
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(CurlEventLoopCancelTest, ADroppedFailureNeverCallsBack) {
  OnLoop([&] { loop().Send(Get("not a url"), Unwanted()).reset(); });
  OnLoop([&] {
    loop()
        .Send(Within(absl::ZeroDuration(), Get("http://a")), Unwanted())
        .reset();
  });
  OnLoop([] {});
}

TEST_F(CurlEventLoopCancelTest, AHandleMayBeDroppedInItsOwnCallback) {
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

TEST_F(CurlEventLoopCancelTest, AHandleMayBeDroppedInAnothersCallback) {
  RawHttpServer server([](RawConnection& connection) {
    connection.ReadRequest();
    connection.WaitForRelease();
    connection.Send(RawHttpServer::Response("200 OK", ""));
  });
  // Both responses come at once; whichever is first takes the other one back.
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
    // Both responses wait in the sockets before the loop looks again.
    server.Release();
    EXPECT_TRUE(server.WaitForSends(2));
  });
  done.get_future().wait();
  OnLoop([] {});
  EXPECT_EQ(called, 1);
}

TEST_F(CurlEventLoopCancelTest, ACallbackMaySendAgain) {
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

TEST_F(CurlEventLoopCancelTest, NothingCallsBackBeforeSendReturns) {
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

TEST_F(CurlEventLoopCancelTest, CallbacksRunOnTheLoop) {
  std::promise<bool> on_loop;
  OnLoop([&] {
    call_ = loop().Send(Get("not a url"), [&](const HttpResult&) {
      on_loop.set_value(loop().OnLoopThread());
    });
  });
  EXPECT_TRUE(on_loop.get_future().get());
  OnLoop([&] { call_.reset(); });
}

TEST_F(CurlEventLoopCancelTest, StoppingDropsWhatIsInFlight) {
  RawHttpServer server(NeverAnswer);
  OnLoop([&] { call_ = loop().Send(Get(server.Url("/")), Unwanted()); });
  ASSERT_TRUE(server.WaitForRequests(1));
  StopLoop();
  EXPECT_TRUE(server.WaitForDisconnects(1));
}

TEST_F(CurlEventLoopCancelTest, AHandleMayOutliveTheLoop) {
  RawHttpServer server(NeverAnswer);
  OnLoop([&] { call_ = loop().Send(Get(server.Url("/")), Unwanted()); });
  StopLoop();
  call_.reset();
}

// What a callback owns may itself hold a handle, or send.
TEST_F(CurlEventLoopCancelTest, StoppingDestroysCallbacksOnTheLoop) {
  RawHttpServer server(NeverAnswer);
  bool on_loop = false;
  OnLoop([&] {
    std::shared_ptr<void> last(nullptr, [&](void*) {
      on_loop = loop().OnLoopThread();
      call_ = loop().Send(Get(server.Url("/")), Unwanted());
    });
    CallHandle inner = loop().Send(Get(server.Url("/")), Unwanted());
    call_ = loop().Send(
        Get(server.Url("/")),
        [last, inner = std::move(inner)](const HttpResult&) { ADD_FAILURE(); });
  });
  StopLoop();
  EXPECT_TRUE(on_loop);
}

}  // namespace
}  // namespace wriftai
