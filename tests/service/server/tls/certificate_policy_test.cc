#include "service/server/tls/certificate_policy.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/test_authority.h"

namespace wriftai {
namespace {

constexpr char kCaller[] = "URI:spiffe://cluster.local/ns/a/sa/caller";

// A policy that trusts one authority.
class CertificatePolicyTest : public ::testing::Test {
 protected:
  CertificatePolicyTest() { Trust(root_.certificate()); }

  void Trust(const std::string& pem) {
    ASSERT_TRUE(policy_.SetAuthorities(pem));
  }

  // Returns the name of the refusal; "" if the certificate is accepted.
  static std::string Check(CertificatePolicy& policy, const TlsIdentity& client,
                           const std::string& chain = "") {
    const auto refusal = policy.Check(client.certificate, chain);
    return refusal.has_value() ? ToString(*refusal) : "";
  }
  std::string Check(const TlsIdentity& client, const std::string& chain = "") {
    return Check(policy_, client, chain);
  }

  const TestAuthority root_;
  CertificatePolicy policy_{{}};
};

TEST_F(CertificatePolicyTest, AcceptsCertificatesOfTrustedAuthority) {
  EXPECT_EQ(Check(root_.Issue({})), "");
  EXPECT_EQ(Check(root_.Issue({kCaller, "clientAuth"})), "");
  EXPECT_EQ(Check(root_.Issue({kCaller, "clientAuth,serverAuth"})), "");
}

TEST_F(CertificatePolicyTest, RefusesClientWithoutCertificate) {
  EXPECT_EQ(Check({}), "no_certificate");
}

TEST_F(CertificatePolicyTest, RefusesCertificatesOfOtherAuthorities) {
  EXPECT_EQ(Check(TestAuthority().Issue({kCaller})), "untrusted");
  EXPECT_EQ(Check(MakeTlsIdentity("localhost")), "untrusted");
  EXPECT_EQ(Check({"-----BEGIN CERTIFICATE-----\nAAAA\n", ""}), "untrusted");
}

TEST_F(CertificatePolicyTest, DoesNotTrustChainSentByClient) {
  const TestAuthority other;
  EXPECT_EQ(Check(other.Issue({}), other.certificate()), "untrusted");
  EXPECT_EQ(Check(other.Issue({}),
                  absl::StrCat(other.certificate(), root_.certificate())),
            "untrusted");
}

TEST_F(CertificatePolicyTest, RefusesExpiredAndNotYetValidCertificates) {
  CertificateSpec old;
  old.valid_from_seconds = -100;
  old.valid_until_seconds = -10;
  EXPECT_EQ(Check(root_.Issue(old)), "expired");
  CertificateSpec early;
  early.valid_from_seconds = 1000;
  EXPECT_EQ(Check(root_.Issue(early)), "expired");
  const TestAuthority expired = root_.IssueIntermediate(-10);
  EXPECT_EQ(Check(expired.Issue({}), expired.certificate()), "expired");
}

TEST_F(CertificatePolicyTest, RefusesServerCertificates) {
  EXPECT_EQ(Check(root_.Issue({kCaller, "serverAuth"})), "wrong_purpose");
}

TEST_F(CertificatePolicyTest, ForServersRefusesClientCertificates) {
  CertificatePolicy servers({}, CertificateRole::kServer);
  ASSERT_TRUE(servers.SetAuthorities(root_.certificate()));
  EXPECT_EQ(Check(servers, root_.Issue({kCaller, "clientAuth"})),
            "wrong_purpose");
  EXPECT_EQ(Check(servers, root_.Issue({kCaller, "serverAuth"})), "");
  EXPECT_EQ(Check(servers, root_.Issue({kCaller})), "");
}

TEST_F(CertificatePolicyTest, RefusesWeakKeys) {
  CertificateSpec weak;
  weak.rsa_bits = 1024;
  EXPECT_EQ(Check(root_.Issue(weak)), "untrusted");
}

TEST_F(CertificatePolicyTest, RefusesCertificatesIssuedByClients) {
  // The authority issued the client's certificate, but not as a CA.
  const TestAuthority intermediate = root_.IssueIntermediate();
  const TlsIdentity client = intermediate.Issue({kCaller});
  EXPECT_EQ(Check(TestAuthority().Issue({kCaller}),
                  absl::StrCat(client.certificate, intermediate.certificate())),
            "untrusted");
}

TEST_F(CertificatePolicyTest, RequiresChainToAuthority) {
  const TestAuthority intermediate = root_.IssueIntermediate();
  const TlsIdentity client = intermediate.Issue({});
  EXPECT_EQ(Check(client), "untrusted");
  EXPECT_EQ(Check(client, intermediate.certificate()), "");
}

TEST_F(CertificatePolicyTest, AcceptsResumedSessionWithoutChain) {
  const TestAuthority intermediate = root_.IssueIntermediate();
  const TlsIdentity client = intermediate.Issue({});
  ASSERT_EQ(Check(client, intermediate.certificate()), "");
  EXPECT_EQ(Check(client), "");
  // But not after the authority has been removed.
  Trust(TestAuthority().certificate());
  EXPECT_EQ(Check(client), "untrusted");
}

TEST_F(CertificatePolicyTest, TrustsIntermediateAuthorityWithoutItsRoot) {
  const TestAuthority intermediate = root_.IssueIntermediate();
  Trust(intermediate.certificate());
  EXPECT_EQ(Check(intermediate.Issue({})), "");
  EXPECT_EQ(Check(root_.Issue({})), "untrusted");
}

TEST_F(CertificatePolicyTest, AcceptsCertificatesOfEachAuthorityInList) {
  const TestAuthority next;
  Trust(absl::StrCat(root_.certificate(), next.certificate()));
  EXPECT_EQ(Check(root_.Issue({})), "");
  EXPECT_EQ(Check(next.Issue({})), "");
  Trust(next.certificate());
  EXPECT_EQ(Check(root_.Issue({})), "untrusted");
  EXPECT_EQ(Check(next.Issue({})), "");
}

TEST_F(CertificatePolicyTest, KeepsAuthoritiesIfNewListIsMalformed) {
  const std::string pem = root_.certificate();
  for (const std::string& broken :
       {std::string(), std::string("nonsense"), pem.substr(0, pem.size() / 2),
        absl::StrCat(pem, pem.substr(0, pem.size() / 2))}) {
    EXPECT_FALSE(policy_.SetAuthorities(broken)) << broken;
  }
  EXPECT_EQ(Check(root_.Issue({})), "");
}

TEST_F(CertificatePolicyTest, RefusesAllBeforeAuthoritiesAreSet) {
  CertificatePolicy policy({});
  EXPECT_EQ(Check(policy, root_.Issue({})), "untrusted");
}

TEST_F(CertificatePolicyTest, RequiresAllowedName) {
  CertificatePolicy policy(*ParseNamePatterns(
      "spiffe://cluster.local/ns/*/sa/caller,*.callers.example"));
  ASSERT_TRUE(policy.SetAuthorities(root_.certificate()));
  for (const std::string& names :
       {std::string(kCaller), std::string("DNS:a.callers.example"),
        std::string("DNS:other,URI:https://other,DNS:A.Callers.Example")}) {
    EXPECT_EQ(Check(policy, root_.Issue({names})), "") << names;
  }
  for (const std::string& names :
       {std::string(), std::string("URI:spiffe://cluster.local/ns/a/sa/other"),
        absl::StrCat(kCaller, ".evil"), absl::StrCat(kCaller, "/evil"),
        std::string("DNS:a.b.callers.example"),
        std::string("DNS:a.callers.example\0.evil", 27),
        std::string("URI:spiffe://cluster.local/ns/a/sa/caller\0", 42),
        std::string("email:a.callers.example"),
        std::string("DNS:spiffe://cluster.local/ns/a/sa/caller"),
        std::string("URI:a.callers.example")}) {
    EXPECT_EQ(Check(policy, root_.Issue({names})), "name_not_allowed") << names;
  }
}

TEST_F(CertificatePolicyTest, RefusesAllowedNameFromOtherAuthority) {
  CertificatePolicy policy(*ParseNamePatterns("a.example"));
  ASSERT_TRUE(policy.SetAuthorities(root_.certificate()));
  EXPECT_EQ(Check(policy, TestAuthority().Issue({"DNS:a.example"})),
            "untrusted");
}

TEST_F(CertificatePolicyTest, CountsRefusalsByCause) {
  Check(root_.Issue({}));
  Check(TlsIdentity());
  Check(TlsIdentity());
  Check(TestAuthority().Issue({}));
  std::vector<int64_t> counts;
  for (const auto& [refusal, name] : kTlsRefusals) {
    counts.push_back(policy_.refusals().count(refusal));
  }
  EXPECT_EQ(counts, (std::vector<int64_t>{2, 1, 0, 0, 0}));
}

TEST_F(CertificatePolicyTest, EscapesAndTruncatesNamesForLog) {
  EXPECT_EQ(CertificatePolicy::NamesOf(
                root_.Issue({"URI:spiffe://d/a\nb,DNS:c"}).certificate),
            "spiffe://d/a\\nb c");
  const std::string longer(1000, 'a');
  EXPECT_EQ(CertificatePolicy::NamesOf(
                root_.Issue({absl::StrCat("DNS:", longer)}).certificate)
                .size(),
            200u);
}

}  // namespace
}  // namespace wriftai
