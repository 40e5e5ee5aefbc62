#include "service/server/client_certificate_policy.h"

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
class ClientCertificates : public ::testing::Test {
 protected:
  ClientCertificates() { Trust(root_.certificate()); }

  void Trust(const std::string& pem) {
    ASSERT_TRUE(policy_.SetAuthorities(pem));
  }

  // The name of the refusal; "": it is good.
  static std::string Check(ClientCertificatePolicy& policy,
                           const TlsIdentity& client,
                           const std::string& chain = "") {
    const auto refusal = policy.Check(client.certificate, chain);
    return refusal.has_value() ? NameOf(*refusal) : "";
  }
  std::string Check(const TlsIdentity& client, const std::string& chain = "") {
    return Check(policy_, client, chain);
  }

  const TestAuthority root_;
  ClientCertificatePolicy policy_{{}};
};

TEST_F(ClientCertificates, OfTheAuthorityAreGood) {
  EXPECT_EQ(Check(root_.Issue({})), "");
  EXPECT_EQ(Check(root_.Issue({kCaller, "clientAuth"})), "");
  EXPECT_EQ(Check(root_.Issue({kCaller, "clientAuth,serverAuth"})), "");
}

TEST_F(ClientCertificates, ThatAreMissingAreRefused) {
  EXPECT_EQ(Check({}), "no_certificate");
}

TEST_F(ClientCertificates, OfOthersAreRefused) {
  EXPECT_EQ(Check(TestAuthority().Issue({kCaller})), "untrusted");
  EXPECT_EQ(Check(MakeTlsIdentity("localhost")), "untrusted");
  EXPECT_EQ(Check({"-----BEGIN CERTIFICATE-----\nAAAA\n", ""}), "untrusted");
}

TEST_F(ClientCertificates, ChainsThatComeWithThemProveNothing) {
  const TestAuthority other;
  EXPECT_EQ(Check(other.Issue({}), other.certificate()), "untrusted");
  EXPECT_EQ(Check(other.Issue({}),
                  absl::StrCat(other.certificate(), root_.certificate())),
            "untrusted");
}

TEST_F(ClientCertificates, OutOfTheirTimeAreRefused) {
  CertificateSpec old;
  old.valid_from_seconds = -100;
  old.valid_until_seconds = -10;
  EXPECT_EQ(Check(root_.Issue(old)), "expired");
  CertificateSpec early;
  early.valid_from_seconds = 1000;
  EXPECT_EQ(Check(root_.Issue(early)), "expired");
  const TestAuthority ended = root_.IssueIntermediate(-10);
  EXPECT_EQ(Check(ended.Issue({}), ended.certificate()), "expired");
}

TEST_F(ClientCertificates, OfServersAreRefused) {
  EXPECT_EQ(Check(root_.Issue({kCaller, "serverAuth"})), "wrong_purpose");
}

TEST_F(ClientCertificates, WithWeakKeysAreRefused) {
  CertificateSpec weak;
  weak.rsa_bits = 1024;
  EXPECT_EQ(Check(root_.Issue(weak)), "untrusted");
}

TEST_F(ClientCertificates, ThatClientsIssueThemselvesAreRefused) {
  // Their own certificates are of the authority, but are no authorities.
  const TestAuthority below = root_.IssueIntermediate();
  const TlsIdentity client = below.Issue({kCaller});
  EXPECT_EQ(Check(TestAuthority().Issue({kCaller}),
                  absl::StrCat(client.certificate, below.certificate())),
            "untrusted");
}

TEST_F(ClientCertificates, NeedTheChainToTheAuthority) {
  const TestAuthority below = root_.IssueIntermediate();
  const TlsIdentity client = below.Issue({});
  EXPECT_EQ(Check(client), "untrusted");
  EXPECT_EQ(Check(client, below.certificate()), "");
}

TEST_F(ClientCertificates, OfAResumedSessionAreGoodWithoutTheirChain) {
  const TestAuthority below = root_.IssueIntermediate();
  const TlsIdentity client = below.Issue({});
  ASSERT_EQ(Check(client, below.certificate()), "");
  EXPECT_EQ(Check(client), "");
  // Unless the authority has gone since.
  Trust(TestAuthority().certificate());
  EXPECT_EQ(Check(client), "untrusted");
}

TEST_F(ClientCertificates, AnAuthorityBelowARootMayBeTheOneThatIsTrusted) {
  const TestAuthority below = root_.IssueIntermediate();
  Trust(below.certificate());
  EXPECT_EQ(Check(below.Issue({})), "");
  EXPECT_EQ(Check(root_.Issue({})), "untrusted");
}

TEST_F(ClientCertificates, OfEachAuthorityInTheListAreGood) {
  const TestAuthority next;
  Trust(absl::StrCat(root_.certificate(), next.certificate()));
  EXPECT_EQ(Check(root_.Issue({})), "");
  EXPECT_EQ(Check(next.Issue({})), "");
  Trust(next.certificate());
  EXPECT_EQ(Check(root_.Issue({})), "untrusted");
  EXPECT_EQ(Check(next.Issue({})), "");
}

TEST_F(ClientCertificates, AListThatIsBrokenLeavesTheLastGoodOne) {
  const std::string pem = root_.certificate();
  for (const std::string& broken :
       {std::string(), std::string("nonsense"), pem.substr(0, pem.size() / 2),
        absl::StrCat(pem, pem.substr(0, pem.size() / 2))}) {
    EXPECT_FALSE(policy_.SetAuthorities(broken)) << broken;
  }
  EXPECT_EQ(Check(root_.Issue({})), "");
}

TEST_F(ClientCertificates, BeforeThereAreAuthoritiesNoneIsGood) {
  ClientCertificatePolicy policy({});
  EXPECT_EQ(Check(policy, root_.Issue({})), "untrusted");
}

TEST_F(ClientCertificates, NeedANameThatIsAllowed) {
  ClientCertificatePolicy policy(*ParseNamePatterns(
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

TEST_F(ClientCertificates, AnAllowedNameOfAnotherAuthorityIsNotLookedAt) {
  ClientCertificatePolicy policy(*ParseNamePatterns("a.example"));
  ASSERT_TRUE(policy.SetAuthorities(root_.certificate()));
  EXPECT_EQ(Check(policy, TestAuthority().Issue({"DNS:a.example"})),
            "untrusted");
}

TEST_F(ClientCertificates, RefusalsAreCountedByTheirCause) {
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

TEST_F(ClientCertificates, NamesInTheLogAreEscapedAndCut) {
  EXPECT_EQ(ClientCertificatePolicy::NamesOf(
                root_.Issue({"URI:spiffe://d/a\nb,DNS:c"}).certificate),
            "spiffe://d/a\\nb c");
  const std::string longer(1000, 'a');
  EXPECT_EQ(ClientCertificatePolicy::NamesOf(
                root_.Issue({absl::StrCat("DNS:", longer)}).certificate)
                .size(),
            200u);
}

}  // namespace
}  // namespace wriftai
