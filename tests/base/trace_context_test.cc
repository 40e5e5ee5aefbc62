#include "base/trace_context.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kParentId[] = "00f067aa0ba902b7";
constexpr char kOwnSpan[] = "b7ad6b7169203331";

// A valid traceparent; tests override parts of it.
struct Traceparent {
  std::string version = "00";
  std::string trace_id = kTraceId;
  std::string parent_id = kParentId;
  std::string flags = "01";
  std::string rest;

  std::string text() const {
    return absl::StrCat(version, "-", trace_id, "-", parent_id, "-", flags,
                        rest);
  }
};

// The traceparent sent upstream; empty if `header` is invalid.
std::string Sent(const Traceparent& header) {
  const auto context = TraceContext::Parse(header.text());
  return context.has_value() ? context->WithParent(kOwnSpan) : "";
}

std::string SentFlags(const Traceparent& header) {
  const std::string sent = Sent(header);
  return sent.empty() ? sent : sent.substr(sent.size() - 2);
}

TEST(TraceContextTest, KeepsTraceIdAndReplacesParentSpan) {
  const auto context = TraceContext::Parse(Traceparent().text());
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->trace_id(), kTraceId);
  EXPECT_EQ(context->parent_id(), kParentId);
  EXPECT_EQ(context->WithParent(kOwnSpan),
            absl::StrCat("00-", kTraceId, "-", kOwnSpan, "-01"));
}

TEST(TraceContextTest, PropagatesOnlyDefinedFlags) {
  const std::pair<const char*, const char*> rows[] = {
      {"00", "00"}, {"01", "01"}, {"02", "02"}, {"03", "03"},
      {"04", "00"}, {"0d", "01"}, {"f0", "00"}, {"ff", "03"}};
  for (const auto& [received, sent] : rows) {
    EXPECT_EQ(SentFlags({"00", kTraceId, kParentId, received, ""}), sent)
        << received;
  }
}

TEST(TraceContextTest, ReadsKnownFieldsOfFutureVersions) {
  for (const char* version : {"01", "cc", "fe"}) {
    for (const char* rest : {"", "-", "-what-the-future-brings"}) {
      EXPECT_EQ(Sent({version, kTraceId, kParentId, "01", rest}),
                absl::StrCat("00-", kTraceId, "-", kOwnSpan, "-01"))
          << version << rest;
    }
    EXPECT_EQ(Sent({version, kTraceId, kParentId, "01", ".0"}), "") << version;
    EXPECT_EQ(Sent({version, kTraceId, kParentId, "01", "0"}), "") << version;
  }
}

TEST(TraceContextTest, RejectsInvalidTraceparent) {
  const std::string zeros(32, '0');
  const Traceparent rows[] = {
      {"ff", kTraceId, kParentId, "01", ""},
      {"0", kTraceId, kParentId, "01", ""},
      {"0x", kTraceId, kParentId, "01", ""},
      {"00", zeros, kParentId, "01", ""},
      {"00", kTraceId, zeros.substr(16), "01", ""},
      {"00", "4BF92F3577B34DA6A3CE929D0E0E4736", kParentId, "01", ""},
      {"00", "4bf92f3577b34da6a3ce929d0e0e473", kParentId, "01", ""},
      {"00", "4bf92f3577b34da6a3ce929d0e0e47361", kParentId, "01", ""},
      {"00", "4bf92f3577b34da6a3ce929d0e0e473g", kParentId, "01", ""},
      {"00", kTraceId, "00F067AA0BA902B7", "01", ""},
      {"00", kTraceId, "00f067aa0ba902b.", "01", ""},
      {"00", kTraceId, kParentId, "1", ""},
      {"00", kTraceId, kParentId, "0A", ""},
      {"00", kTraceId, kParentId, "01", "-"},
      {"00", kTraceId, kParentId, "01", "-more"},
      {"00", kTraceId, kParentId, "01", " "},
      {"00", kTraceId, kParentId, "01", "\r\nx-evil: 1"},
  };
  for (const Traceparent& row : rows) EXPECT_EQ(Sent(row), "") << row.text();
  for (const char* text : {"", "-", "00", "00-00-00-00"}) {
    EXPECT_FALSE(TraceContext::Parse(text).has_value()) << text;
  }
  std::string underscores = Traceparent().text();
  underscores[2] = '_';
  EXPECT_FALSE(TraceContext::Parse(underscores).has_value());
}

// `count` members of `bytes` each, with keys of two letters.
std::string Members(int count, size_t bytes) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&text, text.empty() ? "" : ",",
                    std::string(1, static_cast<char>('a' + i / 26)),
                    std::string(1, static_cast<char>('a' + i % 26)), "=",
                    std::string(bytes - 3, 'v'));
  }
  return text;
}

TEST(TraceContextTest, NewTraceHasNoParentAndIsNotSampled) {
  const TraceContext trace = TraceContext::Begin();
  EXPECT_EQ(trace.parent_id(), "");
  EXPECT_FALSE(trace.sampled());
  EXPECT_EQ(trace.WithParent("b7ad6b7169203331"),
            absl::StrCat("00-", trace.trace_id(), "-b7ad6b7169203331-02"));
}

TEST(TraceContextTest, SampledFlagIsSetAndCleared) {
  auto trace = *TraceContext::Parse(
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03");
  EXPECT_TRUE(trace.sampled());
  trace.set_sampled(false);
  EXPECT_FALSE(trace.sampled());
  EXPECT_EQ(trace.flags(), 2);
  trace.set_sampled(true);
  EXPECT_EQ(trace.flags(), 3);
}

TEST(TraceContextTest, ChildrenHaveSpanAsParent) {
  const auto trace = TraceContext::Parse(
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  const TraceContext children = trace->ForChildrenOf("b7ad6b7169203331");
  EXPECT_EQ(children.trace_id(), trace->trace_id());
  EXPECT_EQ(children.parent_id(), "b7ad6b7169203331");
  EXPECT_TRUE(children.sampled());
}

TEST(TracestateTest, IsUnchangedWithinLimits) {
  const std::string rows[] = {
      "congo=t61rcWkgMzE",
      "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
      "a=1 , b=2,\t,,c=3",
      "fw529a3039@dt=FfAnYWR5b3VyZXRoZW9uZQ,0a_b-c*d/e=!\"#$%&'()+ -~",
      Members(32, 13),
      "k=" + std::string(256, 'v'),
      std::string(256, 'k') + "=v",
  };
  for (const std::string& row : rows) EXPECT_EQ(JoinTracestate({row}), row);
}

TEST(TracestateTest, JoinsHeadersIntoOneList) {
  EXPECT_EQ(JoinTracestate({"a=1", "b=2,c=3", ""}), "a=1,b=2,c=3,");
  EXPECT_EQ(JoinTracestate({"a=1", "a=2"}), "");
  EXPECT_EQ(JoinTracestate({}), "");
}

TEST(TracestateTest, IsDroppedIfInvalid) {
  const std::string rows[] = {
      "a",
      "=1",
      "a=",
      "a=1=2",
      "A=1",
      "é=1",
      "a=é",
      "a=1;b=\n",
      "a=1\r\n,b=2",
      "a=1,\r\nx-evil: 1",
      "a =1",
      "-a=1",
      "a=1,a=2",
      "a=1,b",
      std::string("a=\0b", 4),
      Members(33, 13),
      "k=" + std::string(257, 'v'),
      std::string(257, 'k') + "=v",
  };
  for (const std::string& row : rows) EXPECT_EQ(JoinTracestate({row}), "");
}

TEST(TracestateTest, DropsWholeMembersAboveSizeLimit) {
  const std::string full = Members(4, 127);
  ASSERT_EQ(full.size(), 511u);
  // Drops the last members if all are small.
  EXPECT_EQ(JoinTracestate({full, "z=1"}), full);
  // Drops large members first, starting with the last.
  const std::string large = "l=" + std::string(127, 'v');
  const std::string larger = "m=" + std::string(128, 'v');
  EXPECT_EQ(JoinTracestate({large, full}), full);
  EXPECT_EQ(JoinTracestate({"y=1", large, Members(2, 127), larger, "z=1"}),
            absl::StrCat("y=1,", large, ",", Members(2, 127), ",z=1"));
}

}  // namespace
}  // namespace wriftai
