#include "tests/upstream/http/loop_test.h"

namespace wriftai {
namespace {

using ::testing::IsEmpty;

class CurlEventLoopTlsTest : public LoopTest {
 protected:
  const TlsIdentity identity_ = MakeTlsIdentity("localhost");
  RawHttpServer server_{RawHttpServer::RespondToEach(
                            RawHttpServer::Response("200 OK", "private")),
                        identity_};
};

TEST_F(CurlEventLoopTlsTest, RejectsServerWithUntrustedCertificate) {
  EXPECT_THAT(Failure(Post(server_.Url("/", "localhost"), "b")),
              FailsAs(Kind::kConnect, false));
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(CurlEventLoopTlsTest, AcceptsServerOfConfiguredCa) {
  Trust(identity_);
  EXPECT_EQ(Response(Post(server_.Url("/", "localhost"), "b")).body, "private");
  EXPECT_EQ(Response(Post(server_.Url("/", "localhost"), "b")).body, "private");
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(CurlEventLoopTlsTest, RejectsCertificateForAnotherHost) {
  Trust(identity_);
  EXPECT_THAT(Failure(Post(server_.Url("/", "127.0.0.1"), "b")),
              FailsAs(Kind::kConnect, false));
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(CurlEventLoopTlsTest, RejectsServerOfAnotherCa) {
  Trust(MakeTlsIdentity("localhost"));
  EXPECT_THAT(Failure(Get(server_.Url("/", "localhost"))),
              FailsAs(Kind::kConnect, false));
}

TEST_F(CurlEventLoopTlsTest, MissingCaFileIsConnectFailure) {
  options().ca_file = testing::TempDir() + "there_is_no_such_file.pem";
  EXPECT_THAT(Failure(Get(server_.Url("/", "localhost"))),
              FailsAs(Kind::kConnect, false));
}

TEST_F(CurlEventLoopTlsTest, RejectsPlainServerOnHttpsUrl) {
  RawHttpServer plain([](RawConnection& connection) {
    connection.Read(1);
    connection.Send(RawHttpServer::Response("400 Bad Request", ""));
  });
  EXPECT_THAT(
      Failure(Get("https://localhost:" + std::to_string(plain.port()) + "/")),
      FailsAs(Kind::kConnect, false));
}

}  // namespace
}  // namespace wriftai
