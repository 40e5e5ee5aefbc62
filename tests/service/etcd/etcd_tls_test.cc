#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/etcd/etcd_store.h"
#include "tests/service/etcd/etcd_server.h"
#include "tests/service/etcd/store_client.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;

const cluster::KeyRange kAll = {"", "\xff"};

// An etcd that requires client certificates of authority_.
class EtcdTlsTest : public ::testing::Test {
 protected:
  EtcdTlsTest() {
    std::filesystem::create_directory(folder_);
    Write("server.crt", server_identity_.certificate);
    Write("server.key", server_identity_.key);
    Write("clients_ca.crt", authority_.certificate());
    Write("ca.crt", authority_.certificate());
    WriteIdentity(authority_);
    EtcdServer::Options options;
    options.tls = true;
    options.flags = {absl::StrCat("--cert-file=", Path("server.crt")),
                     absl::StrCat("--key-file=", Path("server.key")),
                     absl::StrCat("--trusted-ca-file=", Path("clients_ca.crt")),
                     "--client-cert-auth"};
    server_ = std::make_unique<EtcdServer>(options);
    server_->WaitUntilReady();
    config_ = {{server_->endpoint()},
               Path("ca.crt"),
               Path("client.crt"),
               Path("client.key")};
  }
  ~EtcdTlsTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + name; }

  // Replaces a file at once.
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(Path("new"), std::ios::trunc) << text;
    std::filesystem::rename(Path("new"), Path(name));
  }
  // A new client certificate.
  void WriteIdentity(const TestAuthority& authority) {
    const TlsIdentity identity = authority.Issue({});
    Write("client.crt", identity.certificate);
    Write("client.key", identity.key);
  }

  std::unique_ptr<StoreClient> Connect() {
    return std::make_unique<StoreClient>([this](EventLoop& event_loop) {
      return *EtcdStore::Open(event_loop, config_);
    });
  }
  std::string OpenError() {
    std::string error;
    StoreClient([&](EventLoop& event_loop) {
      const auto store = EtcdStore::Open(event_loop, config_);
      EXPECT_THAT(store, StatusIs(absl::StatusCode::kInvalidArgument));
      error = std::string(store.status().message());
      return nullptr;
    });
    return error;
  }

  const std::string folder_ = absl::StrCat(
      ::testing::TempDir(), "etcd_tls_",
      ::testing::UnitTest::GetInstance()->current_test_info()->name(), "/");
  const TestAuthority authority_;
  const TlsIdentity server_identity_ = authority_.Issue({"IP:127.0.0.1"});
  EtcdConfig config_;
  std::unique_ptr<EtcdServer> server_;
};

TEST_F(EtcdTlsTest, ConnectsWithClientCertificate) {
  const auto client = Connect();
  EXPECT_THAT(client->Put("a", "1"), IsOk());
  EXPECT_EQ(client->Text(kAll), "a=1");
}

TEST_F(EtcdTlsTest, RejectsServerOfAnotherAuthority) {
  Write("ca.crt", TestAuthority().certificate());
  EXPECT_THAT(Connect()->Range(kAll), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(EtcdTlsTest, IsRejectedWithoutClientCertificate) {
  config_.cert_file = config_.key_file = "";
  EXPECT_THAT(Connect()->Range(kAll), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(EtcdTlsTest, ReplacedFilesTakeEffectOnANewConnection) {
  const TestAuthority other;
  WriteIdentity(other);
  const auto client = Connect();
  EXPECT_THAT(client->Range(kAll), StatusIs(absl::StatusCode::kUnavailable));
  WriteIdentity(authority_);
  EXPECT_LT(client->WaitUntilReadable(), absl::Seconds(3));
  // The other way round, while the old connection works.
  WriteIdentity(other);
  const absl::Time start = client->loop().Now();
  absl::Status status;
  while (status.ok() && client->loop().Now() - start < kPatience) {
    status = client->Range(kAll).status();
  }
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(EtcdTlsTest, LastValidFilesStayInUse) {
  const auto client = Connect();
  ASSERT_THAT(client->Range(kAll), IsOk());
  Write("client.crt", TestAuthority().Issue({}).certificate);
  // The files are read every second.
  const absl::Time start = client->loop().Now();
  while (client->loop().Now() - start < absl::Seconds(1.5)) {
    ASSERT_THAT(client->Range(kAll), IsOk());
  }
}

TEST_F(EtcdTlsTest, InvalidFilesAreErrorsAtStart) {
  Write("client.key", server_identity_.key);
  EXPECT_EQ(OpenError(),
            absl::StrCat("--etcd_key_file ", config_.key_file,
                         ": expected the key of the first certificate in "
                         "--etcd_cert_file, both of at least 112 bits of "
                         "security"));
  Write("client.key", "none");
  EXPECT_THAT(OpenError(), HasSubstr("expected a readable PEM file with a "
                                     "private key without a passphrase"));
  Write("client.crt", "none");
  EXPECT_THAT(OpenError(), HasSubstr("--etcd_cert_file " + config_.cert_file));
  config_.ca_file += ".missing";
  EXPECT_EQ(OpenError(),
            absl::StrCat("--etcd_ca_file ", config_.ca_file,
                         ": expected a readable PEM file with "
                         "certificates: No such file or directory"));
}

}  // namespace
}  // namespace wriftai
