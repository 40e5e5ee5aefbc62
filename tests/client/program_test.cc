#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <regex>
#include <set>

#include "absl/strings/str_split.h"
#include "tests/client/fake_gateway.h"
#include "tests/client/samples.h"
#include "tests/support/child.h"

// Tests of the built program: exit statuses, streams, signals, a terminal.

namespace wriftai::client {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::MatchesRegex;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ProgramTest : public ::testing::Test {
 protected:
  Child Start(const std::string& line, Child::Strings variables = {}) {
    return Child::WithPipes(Arguments(line), variables);
  }

  Child StartOnTerminal(const std::string& line, int columns) {
    return Child::WithTerminal(Arguments(line), columns);
  }

  Child::Strings Arguments(const std::string& line) {
    Child::Strings arguments = {WRIFTCTL_PATH};
    for (const absl::string_view word :
         absl::StrSplit(line, ' ', absl::SkipEmpty())) {
      arguments.emplace_back(word);
    }
    arguments.push_back("--address=" + gateway_.address());
    return arguments;
  }

  // The distinct states of a terminal's status line.
  static std::set<std::string> States(const std::string& screen) {
    static const std::regex kState("\r([^\r\x1b\n]+)\x1b\\[K");
    std::set<std::string> states;
    for (std::sregex_iterator i(screen.begin(), screen.end(), kState), end;
         i != end; ++i) {
      states.insert((*i)[1]);
    }
    return states;
  }

  const std::string wait_ = "wait " + std::string(kId);
  const std::optional<v1::PredictionUpdate> started_ =
      SampleUpdate(v1::PREDICTION_STATUS_STARTED);
  const std::optional<v1::PredictionUpdate> done_ =
      SampleUpdate(v1::PREDICTION_STATUS_SUCCEEDED, R"("red: \u001b[31m")");
  const std::optional<v1::PredictionUpdate> hold_;
  FakeGateway gateway_;
};

TEST_F(ProgramTest, ExitsWithTwoAfterUsageError) {
  Child child = Start("get");
  EXPECT_EQ(child.Finish(), 2);
  EXPECT_EQ(child.out(), "");
  EXPECT_EQ(child.err(), "wriftctl: get: ID is required\n");
}

TEST_F(ProgramTest, EscapesArgumentsInUsageErrors) {
  Child child = Start("get " + std::string(kId) + " \x1b[2J");
  EXPECT_EQ(child.Finish(), 2);
  EXPECT_EQ(child.err(), "wriftctl: get: unexpected argument: \\x1b[2J\n");
}

TEST_F(ProgramTest, ExitsWithZeroAfterVersionAndHelp) {
  Child version = Start("--version");
  EXPECT_EQ(version.Finish(), 0);
  EXPECT_THAT(version.out(), StartsWith("wriftctl "));
  Child help = Start("wait --help");
  EXPECT_EQ(help.Finish(), 0);
  EXPECT_THAT(help.out(), StartsWith("Usage: wriftctl wait ID [flags]\n"));
}

TEST_F(ProgramTest, ExitsWithZeroAfterSuccessfulWait) {
  gateway_.OnWait({{started_, done_}, grpc::Status::OK});
  Child child = Start(wait_);
  EXPECT_EQ(child.Finish(), 0);
  EXPECT_THAT(child.out(), EndsWith("\n\nred: \x1b[31m\n"));
  EXPECT_THAT(child.err(), HasSubstr("update 1: started after "));
}

TEST_F(ProgramTest, ExitsWithOneIfPredictionFails) {
  gateway_.OnWait({{FailedUpdate()}, grpc::Status::OK});
  EXPECT_EQ(Start(wait_).Finish(), 1);
}

TEST_F(ProgramTest, ExitsWithThreeIfCallFails) {
  gateway_.OnGet(grpc::Status(grpc::StatusCode::NOT_FOUND, "none"));
  Child child = Start("get " + std::string(kId));
  EXPECT_EQ(child.Finish(), 3);
  EXPECT_EQ(child.err(), "NOT_FOUND: none\n");
}

TEST_F(ProgramTest, ReadsInputFromStandardInput) {
  gateway_.OnCreate(grpc::Status::OK);
  Child child = Start("create a/b --input @-");
  child.Write("[1.0]\n");
  EXPECT_EQ(child.Finish(), 0);
  EXPECT_THAT(gateway_.calls().at(0), HasSubstr("input_json: \"[1.0]\\n\""));
}

TEST_F(ProgramTest, ReadsTokenOnlyFromOwnVariable) {
  gateway_.OnGet(grpc::Status::OK);
  gateway_.OnGet(grpc::Status::OK);
  Start("get " + std::string(kId), {"WRIFTAI_ACCESS_TOKEN=not-this"}).Finish();
  Start("get " + std::string(kId), {"WRIFTCTL_TOKEN=this"}).Finish();
  EXPECT_THAT(gateway_.authorizations(), ElementsAre("-", "Bearer this"));
}

TEST_F(ProgramTest, FailsIfOutputCannotBeWritten) {
  gateway_.OnGet(grpc::Status::OK);
  Child child = Child::WithPipes(
      {"/bin/sh", "-c", "exec \"$0\" get $2 --address=$1 >/dev/full",
       WRIFTCTL_PATH, gateway_.address(), kId},
      {});
  EXPECT_EQ(child.Finish(), 3);
  EXPECT_EQ(child.err(), "wriftctl: cannot write to standard output\n");
}

TEST_F(ProgramTest, StopsWaitingOnceOutputCannotBeWritten) {
  for (const std::string file : {"-", "/dev/full"}) {
    gateway_.OnCreateAndWait({{started_, hold_}, grpc::Status::OK});
    Child child = Child::WithPipes(
        {"/bin/sh", "-c",
         "exec \"$0\" create a/b k=v --wait --address=$1 -o json -O $2 "
         ">/dev/full",
         WRIFTCTL_PATH, gateway_.address(), file},
        {});
    EXPECT_EQ(child.Finish(), 3);
    EXPECT_THAT(child.err(),
                StartsWith("The prediction is still running. Resume: wriftctl "
                           "wait c12258c4-ed83-4d7b-a784-8ed55412325a\n"
                           "{\"error\":{\"code\":\"INTERNAL\",\"reason\":"
                           "\"OUTPUT\","));
  }
}

TEST_F(ProgramTest, StopsListingOnceOutputCannotBeWritten) {
  v1::ListResponse page;
  page.add_predictions()->set_id(kId);
  page.set_next_page_token("next");
  gateway_.OnList(grpc::Status::OK, page);
  Child child = Child::WithPipes(
      {"/bin/sh", "-c", "exec \"$0\" list --all --address=$1 >/dev/full",
       WRIFTCTL_PATH, gateway_.address()},
      {});
  EXPECT_EQ(child.Finish(), 3);
  EXPECT_EQ(child.err(), "wriftctl: cannot write to standard output\n");
  EXPECT_EQ(gateway_.calls().size(), 1u);
}

TEST_F(ProgramTest, FailsIfStandardOutputIsClosed) {
  gateway_.OnCreate(grpc::Status::OK);
  Child child = Child::WithPipes(
      {"/bin/sh", "-c", "exec \"$0\" create a/b k=v --address=$1 -o id >&-",
       WRIFTCTL_PATH, gateway_.address()},
      {});
  EXPECT_EQ(child.Finish(), 3);
  EXPECT_EQ(child.err(), "wriftctl: cannot write to standard output\n");
}

TEST_F(ProgramTest, RejectsClosedStandardInput) {
  Child child = Child::WithPipes(
      {"/bin/sh", "-c", "exec \"$0\" create a/b k=@- --address=$1 <&-",
       WRIFTCTL_PATH, gateway_.address()},
      {});
  EXPECT_EQ(child.Finish(), 2);
  EXPECT_EQ(child.err(),
            "wriftctl: k: cannot read standard input: Bad file descriptor\n");
  EXPECT_EQ(gateway_.calls().size(), 0u);
}

TEST_F(ProgramTest, ReportsUnwritableFileAsJsonToo) {
  gateway_.OnGet(grpc::Status::OK);
  Child child = Start("get " + std::string(kId) + " -o json -O /dev/full");
  EXPECT_EQ(child.Finish(), 3);
  EXPECT_EQ(
      child.err(),
      "{\"error\":{\"code\":\"INTERNAL\",\"reason\":\"OUTPUT\",\"domain\":"
      "\"wriftctl\",\"message\":\"cannot write /dev/full: No space left on "
      "device\",\"exitStatus\":3}}\n");
}

TEST_F(ProgramTest, StopsWaitingAtSigterm) {
  gateway_.OnWait({{started_, hold_}, grpc::Status::OK});
  Child child = Start(wait_ + " --json");
  ASSERT_TRUE(child.ReadUntil("\n"));
  child.Signal(SIGTERM);
  EXPECT_EQ(child.Finish(), 143);
  EXPECT_EQ(child.err(),
            "{\"error\":{\"code\":\"CANCELLED\",\"reason\":\"INTERRUPTED\","
            "\"domain\":\"wriftctl\",\"message\":\"Stopped waiting; the "
            "prediction is still running. Resume: wriftctl wait "
            "c12258c4-ed83-4d7b-a784-8ed55412325a\",\"exitStatus\":143}}\n");
}

TEST_F(ProgramTest, ExitsAtSignalsWhileStandardOutputBlocks) {
  v1::Prediction large;
  // More than fits into a pipe.
  large.set_output_json("\"" + std::string(size_t{1} << 20, 'x') + "\"");
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    gateway_.OnGet(grpc::Status::OK, large);
    Child child = Start("get " + std::string(kId) + " -o raw");
    ASSERT_TRUE(child.ReadUntil("x"));
    child.Signal(number);
    // Before anything else is read.
    siginfo_t exited;
    ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child.pid()), &exited,
                     WEXITED | WNOWAIT),
              0);
    EXPECT_EQ(child.Finish(), 128 + number);
  }
}

TEST_F(ProgramTest, ExitsWith129AtHangup) {
  gateway_.OnWait({{started_, hold_}, grpc::Status::OK});
  Child child = Start(wait_ + " --json");
  ASSERT_TRUE(child.ReadUntil("\n"));
  child.Signal(SIGHUP);
  EXPECT_EQ(child.Finish(), 129);
  EXPECT_THAT(child.err(), HasSubstr("Stopped waiting; "));
}

TEST_F(ProgramTest, LeavesIgnoredHangupIgnored) {
  gateway_.OnWait({{started_, hold_, done_}, grpc::Status::OK});
  Child child = Child::WithPipes(
      {"/bin/sh", "-c", "trap '' HUP; exec \"$0\" wait $2 --json --address=$1",
       WRIFTCTL_PATH, gateway_.address(), kId},
      {});
  ASSERT_TRUE(child.ReadUntil("\n"));
  child.Signal(SIGHUP);
  gateway_.Release();
  EXPECT_EQ(child.Finish(), 0);
}

TEST_F(ProgramTest, RedrawsStatusLineThenShowsResult) {
  gateway_.OnWait({{started_, hold_, done_}, grpc::Status::OK});
  Child child = StartOnTerminal(wait_, 60);
  ASSERT_TRUE(child.ReadUntil(
      [](const std::string& screen) { return States(screen).size() >= 5; }));
  gateway_.Release();
  EXPECT_EQ(child.Finish(), 0);
  const std::set<std::string> states = States(child.out());
  EXPECT_THAT(states,
              Contains(MatchesRegex("started  00:0[0-9]\\.[0-9]  "
                                    "\\(poll 1, GET, every 1s\\)  c122.*")));
  EXPECT_THAT(states, Each(SizeIs(Le(59u))));
  // The line is erased, then the escaped result follows.
  EXPECT_THAT(child.out(), HasSubstr("\r\x1b[Kid        c12258c4"));
  EXPECT_THAT(child.out(), EndsWith("\r\n\r\nred: \\x1b[31m\r\n"));
}

TEST_F(ProgramTest, ExitsWith130AtCtrlC) {
  gateway_.OnWait({{started_, hold_}, grpc::Status::OK});
  Child child = StartOnTerminal(wait_, 100);
  ASSERT_TRUE(child.ReadUntil("started"));
  child.Write("\x03");
  EXPECT_EQ(child.Finish(), 130);
  EXPECT_THAT(child.out(),
              AllOf(HasSubstr("\r\x1b[K"),
                    EndsWith("Stopped waiting; the prediction is still "
                             "running. Resume: wriftctl wait "
                             "c12258c4-ed83-4d7b-a784-8ed55412325a\r\n")));
}

}  // namespace
}  // namespace wriftai::client
