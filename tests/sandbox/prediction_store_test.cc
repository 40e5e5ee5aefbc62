#include "sandbox/prediction_store.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai::sandbox {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using CancelResult = PredictionStore::CancelResult;
using InsertResult = PredictionStore::InsertResult;

class PredictionStoreTest : public testing::Test {
 protected:
  // Adds a prediction that ends after `duration`.
  InsertResult Add(PredictionStore& store, const std::string& id,
                   absl::Duration duration = absl::Seconds(10),
                   const std::string& caller = "me",
                   const std::string& input = "1") {
    Prediction prediction;
    prediction.id = id;
    prediction.caller = caller;
    prediction.input = std::make_shared<const std::string>(input);
    prediction.created_at = now_;
    prediction.starts_at = now_ + duration / 2;
    prediction.ends_at = now_ + duration;
    return store.Insert(&prediction, now_);
  }
  void AddMany(int count) {
    for (int i = 1; i <= count; ++i) Add(store_, absl::StrCat(i));
  }
  std::vector<std::string> Ids(const PredictionStore::Page& page) {
    std::vector<std::string> ids;
    for (const Prediction& item : page.items) ids.push_back(item.id);
    return ids;
  }
  CancelResult Cancel(const std::string& id, absl::Duration delay,
                      const std::string& caller = "me") {
    return store_.Cancel(caller, id, now_, now_ + delay,
                         RunEnd{"canceled", {}, ""});
  }

  absl::Time now_ = absl::FromUnixSeconds(1000);
  PredictionStore store_{PredictionStore::Options()};
};

TEST_F(PredictionStoreTest, ShowsCallersOnlyTheirOwnPredictions) {
  Add(store_, "x", absl::Seconds(1), "you");
  EXPECT_EQ(store_.Find("me", "x"), std::nullopt);
  EXPECT_EQ(store_.Find("you", "x")->id, "x");
  EXPECT_THAT(store_.List("me", {}, 5).items, IsEmpty());
  EXPECT_EQ(Cancel("x", absl::Seconds(1)), CancelResult::kUnknown);
}

TEST_F(PredictionStoreTest, RejectsDuplicateId) {
  EXPECT_EQ(Add(store_, "x"), InsertResult::kInserted);
  EXPECT_EQ(Add(store_, "x", absl::Seconds(1), "you"), InsertResult::kIdTaken);
}

TEST_F(PredictionStoreTest, ListsNewestFirst) {
  AddMany(7);
  const auto page = store_.List("me", {}, 5);
  EXPECT_THAT(Ids(page), ElementsAre("7", "6", "5", "4", "3"));
  EXPECT_TRUE(page.next.has_value());
  EXPECT_FALSE(page.previous.has_value());
}

TEST_F(PredictionStoreTest, PagesInBothDirections) {
  AddMany(12);
  const auto first = store_.List("me", {}, 5);
  const auto second = store_.List("me", first.next, 5);
  EXPECT_THAT(Ids(second), ElementsAre("7", "6", "5", "4", "3"));
  const auto third = store_.List("me", second.next, 5);
  EXPECT_THAT(Ids(third), ElementsAre("2", "1"));
  EXPECT_FALSE(third.next.has_value());
  const auto back = store_.List("me", third.previous, 5);
  EXPECT_THAT(Ids(back), ElementsAre("7", "6", "5", "4", "3"));
  EXPECT_TRUE(back.next.has_value());
  const auto start = store_.List("me", back.previous, 5);
  EXPECT_THAT(Ids(start), ElementsAre("12", "11", "10", "9", "8"));
  EXPECT_FALSE(start.previous.has_value());
}

TEST_F(PredictionStoreTest, NewPredictionsDoNotShiftAPage) {
  AddMany(7);
  const auto first = store_.List("me", {}, 5);
  Add(store_, "new");
  EXPECT_THAT(Ids(store_.List("me", first.next, 5)), ElementsAre("2", "1"));
  const auto newer = store_.List("me", first.next, 5).previous;
  EXPECT_THAT(Ids(store_.List("me", newer, 5)),
              ElementsAre("7", "6", "5", "4", "3"));
}

TEST_F(PredictionStoreTest, FullLastPageHasNoNextCursor) {
  AddMany(5);
  EXPECT_FALSE(store_.List("me", {}, 5).next.has_value());
}

TEST_F(PredictionStoreTest, CancelTakesEffectAfterDelay) {
  Add(store_, "x");
  EXPECT_EQ(Cancel("x", absl::Seconds(1)), CancelResult::kAccepted);
  const Prediction kept = *store_.Find("me", "x");
  EXPECT_EQ(kept.StatusAt(now_), "pending");
  EXPECT_EQ(kept.StatusAt(now_ + absl::Seconds(1)), "canceled");
  EXPECT_FALSE(kept.WillStart());
}

TEST_F(PredictionStoreTest, SecondCancelHasNoEffect) {
  Add(store_, "x");
  Cancel("x", absl::Seconds(1));
  EXPECT_EQ(Cancel("x", absl::Seconds(9)), CancelResult::kAlreadyRequested);
  EXPECT_EQ(store_.Find("me", "x")->ends_at, now_ + absl::Seconds(1));
}

TEST_F(PredictionStoreTest, CancelDoesNotPostponeEnd) {
  Add(store_, "x", absl::Seconds(1));
  EXPECT_EQ(Cancel("x", absl::Seconds(2)), CancelResult::kAccepted);
  EXPECT_EQ(store_.Find("me", "x")->StatusAt(now_ + absl::Seconds(3)),
            "succeeded");
}

TEST_F(PredictionStoreTest, RejectsCancelAfterEnd) {
  Add(store_, "x", absl::Seconds(1));
  now_ += absl::Seconds(1);
  EXPECT_EQ(Cancel("x", absl::Seconds(1)), CancelResult::kEnded);
}

TEST_F(PredictionStoreTest, EvictsOldestEndedPrediction) {
  PredictionStore store({/*max_predictions=*/3, 1000});
  Add(store, "running", absl::Seconds(9));
  Add(store, "old", absl::Seconds(1));
  Add(store, "young", absl::Seconds(1));
  now_ += absl::Seconds(2);
  EXPECT_EQ(Add(store, "new"), InsertResult::kInserted);
  EXPECT_THAT(Ids(store.List("me", {}, 5)),
              ElementsAre("new", "young", "running"));
  EXPECT_EQ(store.Find("me", "old"), std::nullopt);
}

TEST_F(PredictionStoreTest, DoesNotEvictRunningPredictions) {
  PredictionStore store({/*max_predictions=*/1, 1000});
  Add(store, "running");
  EXPECT_EQ(Add(store, "new"), InsertResult::kFull);
}

TEST_F(PredictionStoreTest, BoundsPayloadBytes) {
  PredictionStore store({100, /*max_payload_bytes=*/100});
  const std::string input(60, '1');
  Add(store, "old", absl::Seconds(1), "me", input);
  EXPECT_EQ(Add(store, "new", absl::Seconds(1), "me", input),
            InsertResult::kFull);
  now_ += absl::Seconds(1);
  EXPECT_EQ(Add(store, "new", absl::Seconds(1), "me", input),
            InsertResult::kInserted);
  EXPECT_EQ(store.size(), 1u);
}

TEST(PageCursorTest, DecodesEncodedCursor) {
  const PageCursor cursor{PageCursor::Direction::kNewer, 42};
  const auto decoded = PageCursor::Decode(cursor.Encode());
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->direction, PageCursor::Direction::kNewer);
  EXPECT_EQ(decoded->sequence, 42u);
}

TEST(PageCursorTest, RejectsInvalidText) {
  for (const char* text : {"", "x", "e30", "!!", "eyJvbGRlciI6LTF9"}) {
    EXPECT_EQ(PageCursor::Decode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace wriftai::sandbox
