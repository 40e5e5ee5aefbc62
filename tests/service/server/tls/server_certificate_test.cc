#include "service/server/tls/server_certificate.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_authority.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string Bundle(const TlsIdentity& identity) {
  return absl::StrCat(identity.key, "\n", identity.certificate);
}

class ServerCertificateTest : public ::testing::Test {
 protected:
  ServerCertificateTest()
      : folder_(absl::StrCat(
            ::testing::TempDir(), "certificates_",
            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directory(folder_);
  }
  ~ServerCertificateTest() override { std::filesystem::remove_all(folder_); }

  std::string Load() { return std::string(certificate_.Load().message()); }

  void Write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
  }
  void Write(const TlsIdentity& identity) {
    Write(certificate_file_, identity.certificate);
    Write(key_file_, identity.key);
  }
  std::string InUse() const { return TextOf(certificate_.bundle_path()); }

  const std::string folder_;
  const std::string certificate_file_ = folder_ + "/tls.crt";
  const std::string key_file_ = folder_ + "/tls.key";
  const TestAuthority authority_;
  const TlsIdentity one_ = authority_.Issue({});
  const TlsIdentity two_ = authority_.Issue({});
  ServerCertificate certificate_{certificate_file_, key_file_};
};

TEST_F(ServerCertificateTest, BundlesCertificateAndKey) {
  Write(one_);
  ASSERT_THAT(certificate_.Load(), IsOk());
  EXPECT_EQ(InUse(), Bundle(one_));
  EXPECT_GT(certificate_.expires_at(), absl::Now());
}

TEST_F(ServerCertificateTest, ReplacesCertificateAndKeyTogether) {
  Write(one_);
  ASSERT_THAT(certificate_.Load(), IsOk());
  const std::string path = certificate_.bundle_path();
  Write(certificate_file_, two_.certificate);
  EXPECT_THAT(Load(),
              StartsWith(absl::StrCat("--tls_key_file ", key_file_,
                                      ": expected the key of the first")));
  EXPECT_EQ(TextOf(path), Bundle(one_));
  Write(key_file_, two_.key);
  EXPECT_THAT(certificate_.Load(), IsOk());
  EXPECT_EQ(TextOf(path), Bundle(two_));
  EXPECT_EQ(certificate_.bundle_path(), path);
}

TEST_F(ServerCertificateTest, KeepsLastValidPairIfFilesAreInvalid) {
  Write(one_);
  ASSERT_THAT(certificate_.Load(), IsOk());
  const std::pair<std::string, std::string> pairs[] = {
      {"", one_.key},
      {"nonsense", one_.key},
      {one_.certificate.substr(0, 100), one_.key},
      {absl::StrCat(one_.certificate, one_.certificate.substr(0, 100)),
       one_.key},
      {one_.certificate, ""},
      {one_.certificate, one_.key.substr(0, 100)},
      {one_.certificate, two_.key},
      {one_.key, one_.certificate}};
  for (const auto& [certificate, key] : pairs) {
    Write(certificate_file_, certificate);
    Write(key_file_, key);
    const absl::Status status = certificate_.Load();
    EXPECT_THAT(std::string(status.message()), HasSubstr(": expected "))
        << certificate << key;
    EXPECT_EQ(certificate_.Load(), status)
        << "Loading unchanged files returns the same status.";
    EXPECT_EQ(InUse(), Bundle(one_));
  }
  Write(one_);
  std::filesystem::remove(key_file_);
  EXPECT_THAT(Load(), HasSubstr("with a private key"));
  EXPECT_EQ(InUse(), Bundle(one_));
}

TEST_F(ServerCertificateTest, RejectsWeakKey) {
  CertificateSpec weak;
  weak.rsa_bits = 1024;
  Write(authority_.Issue(weak));
  EXPECT_THAT(Load(), HasSubstr("at least 112 bits of security"));
}

TEST_F(ServerCertificateTest, RejectsKeyWithPassphraseWithoutPrompt) {
  Write(one_);
  Write(key_file_,
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBBS1k8cQe5cbTHk3Iya\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n");
  EXPECT_THAT(Load(), HasSubstr("without a passphrase"));
}

TEST_F(ServerCertificateTest, ErrorsDoNotContainKey) {
  Write(one_);
  Write(certificate_file_, two_.certificate);
  const std::string message = Load();
  EXPECT_EQ(message.find(one_.key.substr(30, 20)), std::string::npos);
}

TEST(MemoryFileTest, ReplacesTextAtomicallyWithNewModificationTime) {
  MemoryFile file;
  ASSERT_THAT(file.Replace("one"), IsOk());
  std::ifstream reader(file.path());
  struct stat before = {};
  ASSERT_EQ(stat(file.path().c_str(), &before), 0);
  ASSERT_THAT(file.Replace("two"), IsOk());
  struct stat after = {};
  ASSERT_EQ(stat(file.path().c_str(), &after), 0);
  EXPECT_GT(after.st_mtime, before.st_mtime);
  EXPECT_EQ(TextOf(file.path()), "two");
  std::string text;
  reader >> text;
  EXPECT_EQ(text, "one");
}

}  // namespace
}  // namespace wriftai
