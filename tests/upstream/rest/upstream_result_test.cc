#include "upstream/rest/upstream_result.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

using Kind = TransportFailure::Kind;
using Verdict = UpstreamResult::Verdict;

UpstreamResult ResultOf(int status) {
  HttpResponse response;
  response.status = status;
  return UpstreamResult::Of(response, false);
}

UpstreamResult ResultOf(Kind kind, bool by_deadline = false) {
  TransportFailure failure;
  failure.kind = kind;
  return UpstreamResult::Of(failure, by_deadline);
}

TEST(UpstreamResultTest, NamesKnownStatusesExactlyAndOthersByClass) {
  const std::vector<std::pair<int, std::string>> names = {
      {200, "200"}, {204, "204"},   {206, "2xx"},   {299, "2xx"},
      {302, "3xx"}, {401, "401"},   {418, "4xx"},   {429, "429"},
      {499, "499"}, {500, "500"},   {504, "504"},   {520, "5xx"},
      {599, "5xx"}, {600, "other"}, {999, "other"}, {199, "other"},
      {0, "other"}};
  for (const auto& [status, name] : names) {
    EXPECT_EQ(ResultOf(status).name(), name) << status;
  }
}

TEST(UpstreamResultTest, NamesFailures) {
  EXPECT_STREQ(ResultOf(Kind::kInvalidRequest).name(), "invalid_request");
  EXPECT_STREQ(ResultOf(Kind::kConnect).name(), "connect");
  EXPECT_STREQ(ResultOf(Kind::kInterrupted).name(), "interrupted");
  EXPECT_STREQ(ResultOf(Kind::kTimeout).name(), "timeout");
  EXPECT_STREQ(ResultOf(Kind::kResponseTooLarge).name(), "response_too_large");
  EXPECT_STREQ(ResultOf(Kind::kMemoryExhausted).name(), "memory_exhausted");
  EXPECT_STREQ(ResultOf(Kind::kProtocol).name(), "protocol");
  EXPECT_STREQ(ResultOf(Kind::kTimeout, true).name(), "deadline");
  EXPECT_STREQ(ResultOf(Kind::kConnect, true).name(), "connect");
  EXPECT_STREQ(UpstreamResult::Canceled().name(), "canceled");
}

TEST(UpstreamResultTest, JudgesUpstreamByEachResult) {
  for (const int status : {200, 204, 302, 401, 404, 418, 429, 499}) {
    EXPECT_EQ(ResultOf(status).verdict(), Verdict::kWorks) << status;
  }
  for (const int status : {500, 501, 502, 503, 504, 520, 599, 600}) {
    EXPECT_EQ(ResultOf(status).verdict(), Verdict::kFails) << status;
  }
  for (const Kind kind :
       {Kind::kConnect, Kind::kInterrupted, Kind::kTimeout, Kind::kProtocol}) {
    EXPECT_EQ(ResultOf(kind).verdict(), Verdict::kFails);
  }
  for (const Kind kind : {Kind::kResponseTooLarge, Kind::kMemoryExhausted}) {
    EXPECT_EQ(ResultOf(kind).verdict(), Verdict::kWorks);
  }
  for (const UpstreamResult result :
       {ResultOf(Kind::kInvalidRequest), ResultOf(Kind::kTimeout, true),
        UpstreamResult::Canceled()}) {
    EXPECT_EQ(result.verdict(), Verdict::kUnknown) << result.name();
  }
}

TEST(UpstreamResultTest, DescribesEachFailureForPeople) {
  const std::vector<std::pair<UpstreamResult, std::string>> failures = {
      {ResultOf(500), "HTTP 500"},
      {ResultOf(504), "HTTP 504"},
      {ResultOf(520), "HTTP 5xx"},
      {ResultOf(600), "an unknown HTTP status"},
      {ResultOf(Kind::kConnect), "cannot connect"},
      {ResultOf(Kind::kInterrupted), "the connection was lost"},
      {ResultOf(Kind::kTimeout), "no response in time"},
      {ResultOf(Kind::kProtocol), "an invalid HTTP response"}};
  for (const auto& [result, description] : failures) {
    EXPECT_EQ(result.description(), description);
  }
}

}  // namespace
}  // namespace wriftai
