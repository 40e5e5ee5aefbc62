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

class Tls : public ::testing::Test {
 protected:
  void SetUp() override {
    invocation_.connection.tls = true;
    invocation_.connection.ca = gateways_.certificate;
    invocation_.command = GetCommand();
  }

  // Against a gateway that asks clients for a certificate, or does not.
  int Run(bool asks_for_certificate) {
    grpc::SslServerCredentialsOptions options(
        asks_for_certificate
            ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
            : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    options.pem_root_certs = clients_.certificate;
    options.pem_key_cert_pairs = {{gateways_.key, gateways_.certificate}};
    FakeGateway gateway(grpc::SslServerCredentials(options));
    gateway.OnGet(grpc::Status::OK);
    invocation_.connection.address = gateway.address();
    return RunInvocation(invocation_, host_.host);
  }

  const TestCertificate gateways_ = MakeTestCertificate();
  const TestCertificate clients_ = MakeTestCertificate();
  Invocation invocation_;
  FakeHost host_;
};

TEST_F(Tls, AGatewayOfATrustedAuthorityIsTalkedTo) {
  EXPECT_EQ(Run(false), kExitDone) << host_.err.str();
}

TEST_F(Tls, AnyOtherIsNot) {
  invocation_.connection.ca = clients_.certificate;
  EXPECT_EQ(Run(false), kExitCallFailed);
  EXPECT_THAT(host_.err.str(), StartsWith("UNAVAILABLE: "));
}

TEST_F(Tls, AGatewayOfAnotherNameThanTheOneAskedForIsNot) {
  invocation_.connection.server_name = "gateway.test";
  EXPECT_EQ(Run(false), kExitCallFailed);
  EXPECT_THAT(host_.err.str(), StartsWith("UNAVAILABLE: "));
}

TEST_F(Tls, PlaintextGetsNoAnswer) {
  invocation_.connection.tls = false;
  EXPECT_EQ(Run(false), kExitCallFailed);
  EXPECT_THAT(host_.err.str(), StartsWith("UNAVAILABLE: "));
}

TEST_F(Tls, TheClientsCertificateIsShownToAGatewayThatAsks) {
  invocation_.connection.certificate = clients_.certificate;
  invocation_.connection.key = Secret(clients_.key);
  EXPECT_EQ(Run(true), kExitDone) << host_.err.str();
}

TEST_F(Tls, WithoutOneSuchAGatewayRefuses) {
  EXPECT_EQ(Run(true), kExitCallFailed);
  EXPECT_THAT(host_.err.str(), StartsWith("UNAVAILABLE: "));
}

}  // namespace
}  // namespace wriftai::client
