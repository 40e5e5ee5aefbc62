#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/commands.h"
#include "client/exit_code.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/fake_host.h"
#include "tests/client/test_certificate.h"

namespace wriftai::client {
namespace {

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
  EXPECT_THAT(host_.err.str(), StartsWith("UNAVAILABLE: "));
}

TEST_F(TlsTest, RejectsGatewayWithUnexpectedName) {
  invocation_.connection.server_name = "gateway.test";
  EXPECT_EQ(Run(false), kExitCallFailed);
  EXPECT_THAT(host_.err.str(), StartsWith("UNAVAILABLE: "));
}

TEST_F(TlsTest, FailsWithPlaintext) {
  invocation_.connection.tls = false;
  EXPECT_EQ(Run(false), kExitCallFailed);
  EXPECT_THAT(host_.err.str(), StartsWith("UNAVAILABLE: "));
}

TEST_F(TlsTest, SendsClientCertificate) {
  invocation_.connection.certificate = client_certificate_.certificate;
  invocation_.connection.key = Secret(client_certificate_.key);
  EXPECT_EQ(Run(true), kExitSuccess) << host_.err.str();
}

TEST_F(TlsTest, FailsWithoutRequiredClientCertificate) {
  EXPECT_EQ(Run(true), kExitCallFailed);
  EXPECT_THAT(host_.err.str(), StartsWith("UNAVAILABLE: "));
}

}  // namespace
}  // namespace wriftai::client
