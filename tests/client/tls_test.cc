#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/commands.h"
#include "client/exit_code.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/fake_host.h"
#include "tests/client/test_certificate.h"

namespace wriftai::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    invocation_.connection.tls = true;
    invocation_.connection.ca = gateway_certificate_.certificate;
    invocation_.command = GetCommand();
  }

  // Runs get against a gateway that may require a client certificate.
  int Run(bool require_client_certificate) {
    grpc::SslServerCredentialsOptions options(
        require_client_certificate
            ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
            : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    options.pem_root_certs = client_certificate_.certificate;
    options.pem_key_cert_pairs = {
        {gateway_certificate_.key, gateway_certificate_.certificate}};
    FakeGateway gateway(grpc::SslServerCredentials(options));
    gateway.OnGet(grpc::Status::OK);
    invocation_.connection.address = gateway.address();
    return RunInvocation(invocation_, host_.host);
  }

  const TestCertificate gateway_certificate_ = MakeTestCertificate();
  const TestCertificate client_certificate_ = MakeTestCertificate();
  Invocation invocation_;
  FakeHost host_;
};

TEST_F(TlsTest, AcceptsGatewayOfTrustedAuthority) {
  EXPECT_EQ(Run(false), kExitSuccess) << host_.err.str();
}

TEST_F(TlsTest, RejectsGatewayOfUntrustedAuthority) {
  invocation_.connection.ca = client_certificate_.certificate;
  EXPECT_EQ(Run(false), kExitCallFailed);
  EXPECT_THAT(host_.err.str(),
              AllOf(StartsWith("UNAVAILABLE: "),
                    HasSubstr(" has expired, or its authority is not trusted. "
                              "Name the authority with --ca_file.\n")));
}

TEST_F(TlsTest, RejectsGatewayWithUnexpectedName) {
  invocation_.connection.server_name = "gateway.test";
  EXPECT_EQ(Run(false), kExitCallFailed);
  EXPECT_THAT(host_.err.str(),
              AllOf(StartsWith("UNAVAILABLE: "),
                    HasSubstr(" is for another name. If that is expected, as "
                              "with port forwarding, set --server_name.\n")));
}

TEST_F(TlsTest, FailsWithPlaintext) {
  invocation_.connection.tls = false;
  EXPECT_EQ(Run(false), kExitCallFailed);
  EXPECT_THAT(host_.err.str(),
              AllOf(StartsWith("UNAVAILABLE: "),
                    HasSubstr(" closed the connection. If it uses TLS, add "
                              "--tls, or --ca_file with its authority.\n")));
}

TEST_F(TlsTest, FailsWithTlsToGatewayWithoutIt) {
  const FakeGateway gateway;
  invocation_.connection.address = gateway.address();
  EXPECT_EQ(RunInvocation(invocation_, host_.host), kExitCallFailed);
  EXPECT_THAT(host_.err.str(),
              HasSubstr(gateway.address() + " responds without TLS. Connect "));
}

// The wait would otherwise retry for half a minute.
TEST_F(TlsTest, DoesNotRetryWhatTlsRejects) {
  const FakeGateway gateway;
  invocation_.connection.address = gateway.address();
  invocation_.command = WaitCommand();
  std::get<WaitCommand>(invocation_.command).request.set_id("i");
  EXPECT_EQ(RunInvocation(invocation_, host_.host), kExitCallFailed);
  EXPECT_EQ(host_.clock.passed(), absl::ZeroDuration());
}

TEST_F(TlsTest, SendsClientCertificate) {
  invocation_.connection.certificate = client_certificate_.certificate;
  invocation_.connection.key = Secret(client_certificate_.key);
  EXPECT_EQ(Run(true), kExitSuccess) << host_.err.str();
}

TEST_F(TlsTest, FailsWithoutRequiredClientCertificate) {
  EXPECT_EQ(Run(true), kExitCallFailed);
  EXPECT_THAT(
      host_.err.str(),
      AllOf(StartsWith("UNAVAILABLE: "),
            HasSubstr(" closed the connection. If it requires a client "
                      "certificate, add --cert_file and --key_file.\n")));
}

}  // namespace
}  // namespace wriftai::client
