#include "service/rpc/page_token.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/rotatable_credential.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

// An upstream whose predictions are numbered from 1, the oldest. Its cursor is
// the number of the first prediction on the page.
class Upstream {
 public:
  explicit Upstream(int count) : newest_(count) {}

  void Create(int count) { newest_ += count; }

  PredictionPage Fetch(const ListParams& params) const {
    EXPECT_GE(params.page_size, 5);
    EXPECT_LE(params.page_size, 50);
    int first = newest_;
    if (!params.cursor.empty()) first = std::stoi(params.cursor);
    PredictionPage page;
    int at = first;
    for (; at > first - params.page_size && at > 0; --at) {
      page.predictions.push_back(MakePrediction(absl::StrCat(at), "started"));
    }
    if (at > 0) page.next_cursor = absl::StrCat(at);
    if (first < newest_) {
      page.previous_cursor = absl::StrCat(first + params.page_size);
    }
    return page;
  }

 private:
  int newest_;
};

class PageTokenTest : public ::testing::Test {
 protected:
  v1::ListResponse List(const std::string& page_token, int page_size) {
    const auto token = OpenPageToken(page_token, *credential_);
    EXPECT_THAT(token, IsOk());
    return CutPage(upstream_.Fetch(FetchFor(*token, page_size)), *token,
                   page_size, *credential_);
  }

  static std::vector<std::string> Ids(const v1::ListResponse& response) {
    std::vector<std::string> ids;
    for (const auto& prediction : response.predictions()) {
      ids.push_back(prediction.id());
    }
    return ids;
  }

  // All pages from the newest to the oldest.
  std::vector<std::string> ListAll(int page_size) {
    std::vector<std::string> ids;
    std::string token;
    do {
      const v1::ListResponse page = List(token, page_size);
      for (const std::string& id : Ids(page)) ids.push_back(id);
      token = page.next_page_token();
    } while (!token.empty());
    return ids;
  }

  Upstream upstream_{120};
  std::shared_ptr<const Credential> credential_ = MakeCredential("token");
};

TEST_F(PageTokenTest, EveryPageSizeListsEachPredictionOnceInOrder) {
  std::vector<std::string> all;
  for (int i = 120; i >= 1; --i) all.push_back(absl::StrCat(i));
  for (int page_size = 1; page_size <= 50; ++page_size) {
    EXPECT_EQ(ListAll(page_size), all) << page_size;
  }
}

TEST_F(PageTokenTest, SmallPagesHaveRequestedSize) {
  for (int page_size = 1; page_size <= 4; ++page_size) {
    std::string token;
    for (int page = 0; page < 120 / page_size - 1; ++page) {
      const v1::ListResponse response = List(token, page_size);
      EXPECT_EQ(response.predictions_size(), page_size);
      token = response.next_page_token();
    }
  }
}

TEST_F(PageTokenTest, PreviousTokenReturnsPreviousPage) {
  for (const int page_size : {1, 3, 4, 5, 25, 50}) {
    const auto first = List("", page_size);
    const auto second = List(first.next_page_token(), page_size);
    const auto back = List(second.previous_page_token(), page_size);
    EXPECT_EQ(Ids(back), Ids(first)) << page_size;
  }
}

TEST_F(PageTokenTest, SmallPagesGoBackAcrossCursors) {
  std::string token;
  std::vector<std::vector<std::string>> pages;
  v1::ListResponse page;
  for (int i = 0; i < 40; ++i) {
    page = List(token, 3);
    pages.push_back(Ids(page));
    token = page.next_page_token();
  }
  for (int i = 38; i >= 0; --i) {
    page = List(page.previous_page_token(), 3);
    EXPECT_EQ(Ids(page), pages[i]) << i;
  }
  EXPECT_EQ(page.previous_page_token(), "");
}

TEST_F(PageTokenTest, FirstAndLastPagesHaveNoTokens) {
  EXPECT_EQ(List("", 3).previous_page_token(), "");
  upstream_ = Upstream(3);
  EXPECT_EQ(List("", 3).next_page_token(), "");
  upstream_ = Upstream(0);
  EXPECT_EQ(List("", 25).next_page_token(), "");
}

TEST_F(PageTokenTest, NewPredictionsDoNotRepeatOrHideOthers) {
  const auto first = List("", 3);
  upstream_.Create(10);
  EXPECT_THAT(Ids(List(first.next_page_token(), 3)),
              ElementsAre("117", "116", "115"));
}

TEST_F(PageTokenTest, RestartsAtTopIfAnchorLeftPage) {
  const auto first = List("", 3);
  upstream_.Create(100);
  EXPECT_THAT(Ids(List(first.next_page_token(), 3)),
              ElementsAre("220", "219", "218"));
}

TEST_F(PageTokenTest, RejectsInvalidTokens) {
  const std::string token = List("", 3).next_page_token();
  std::string changed = token;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& bad :
       {std::string("x"), std::string("eyJjdXJzb3IiOjF9"), std::string("%%%"),
        token.substr(0, token.size() - 4), changed, token + "AAAA"}) {
    EXPECT_THAT(
        OpenPageToken(bad, *credential_),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 "page_token: expected a token from an earlier List with "
                 "the same credential, unchanged"))
        << bad;
  }
}

TEST_F(PageTokenTest, RejectsTokenOfAnotherCredential) {
  const std::string token = List("", 3).next_page_token();
  EXPECT_THAT(OpenPageToken(token, *MakeCredential("other")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PageTokenTest, AcceptsTokenAfterOneRotation) {
  PageToken token;
  token.set_cursor("c");
  RotatableCredential credential(Secret("one"));
  const std::string sealed = SealPageToken(token, credential);
  credential.Rotate(Secret("two"));
  EXPECT_EQ(OpenPageToken(sealed, credential)->cursor(), "c");
  credential.Rotate(Secret("three"));
  EXPECT_THAT(OpenPageToken(sealed, credential),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PageTokenTest, RejectsTokenSealedWithEmptySecret) {
  PageToken token;
  token.set_cursor("c");
  const std::string sealed = SealPageToken(token, Credential(Secret()));
  EXPECT_THAT(OpenPageToken(sealed, RotatableCredential(Secret("one"))),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(PageTokenTest, TokenDoesNotContainCredential) {
  EXPECT_EQ(List("", 3).next_page_token().find("token"), std::string::npos);
}

TEST_F(PageTokenTest, ReportsCursorOnlyIfItsTokenIsMissing) {
  PredictionPage fetched = upstream_.Fetch({50, ""});
  fetched.next_cursor.clear();
  fetched.inexact_fields = {"items", "next_cursor"};
  const auto cut = [&](int page_size) {
    return CutPage(fetched, {}, page_size, *credential_);
  };
  // The next page is within the fetched predictions.
  EXPECT_THAT(cut(2).inexact_fields(), ElementsAre("items"));
  EXPECT_THAT(cut(50).inexact_fields(), ElementsAre("items", "next_cursor"));
}

TEST_F(PageTokenTest, DropsCursorThatLeadsToItsOwnPage) {
  PageToken token;
  token.set_cursor("same");
  PredictionPage fetched = upstream_.Fetch({50, ""});
  fetched.next_cursor = fetched.previous_cursor = "same";
  const auto response = CutPage(fetched, token, 50, *credential_);
  EXPECT_EQ(response.next_page_token(), "");
  EXPECT_EQ(response.previous_page_token(), "");
  EXPECT_THAT(response.inexact_fields(),
              ElementsAre("next_cursor", "previous_cursor"));
}

}  // namespace
}  // namespace wriftai
