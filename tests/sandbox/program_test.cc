#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/raw_client.h"
#include "upstream/http/http_options.h"

namespace wriftai::sandbox {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

// Runs the program in a separate process.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments,
                   std::vector<std::string> environment = {}) {
    arguments.insert(arguments.begin(), WRIFTAI_SANDBOX_PROGRAM);
    int out[2];
    int err[2];
    EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(err, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    EXPECT_EQ(
        posix_spawn(&pid_, arguments[0].c_str(), &actions, nullptr,
                    Pointers(arguments).data(), Pointers(environment).data()),
        0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    close(err[1]);
    out_ = out[0];
    err_ = err[0];
  }
  ~Program() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      Wait();
    }
    close(out_);
    close(err_);
  }

  std::string ReadLine() {
    std::string line;
    char c = 0;
    while (read(out_, &c, 1) == 1 && c != '\n') line += c;
    return line;
  }
  std::string ReadOut() { return ReadAll(out_); }
  std::string ReadErr() { return ReadAll(err_); }
  void Signal(int number) { kill(pid_, number); }

  // The exit status; -1 if it did not exit by itself.
  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  static std::vector<char*> Pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
  }
  static std::string ReadAll(int fd) {
    std::string text;
    char chunk[4096];
    for (ssize_t got = 0; (got = read(fd, chunk, sizeof(chunk))) > 0;) {
      text.append(chunk, static_cast<size_t>(got));
    }
    return text;
  }

  pid_t pid_ = 0;
  int out_ = -1;
  int err_ = -1;
};

TEST(SandboxProgramTest, PrintsAddressAndStopsOnSignals) {
  for (const int signal_number : {SIGTERM, SIGINT}) {
    Program program({"--workers=4"});
    EXPECT_THAT(program.ReadLine(),
                MatchesRegex("listening on http://127.0.0.1:[0-9]+/v1"));
    program.Signal(signal_number);
    EXPECT_EQ(program.Wait(), 0);
  }
}

TEST(SandboxProgramTest, ChecksHealthOfAnotherSandbox) {
  Program sandbox({"--workers=4"});
  std::string address = sandbox.ReadLine();
  address = address.substr(address.find("127"));
  address = address.substr(0, address.find('/'));
  const std::vector<std::string> check = {"--check_health",
                                          "--listen_address=" + address};
  Program healthy(check);
  EXPECT_EQ(healthy.Wait(), 0);
  sandbox.Signal(SIGTERM);
  sandbox.Wait();
  Program gone(check);
  EXPECT_EQ(gone.Wait(), 1);
  EXPECT_THAT(gone.ReadErr(), StartsWith("wriftai-sandbox: " + address + ": "));
}

// All connections stay open, as in a client's pool.
TEST(SandboxProgramTest, ServesAllConnectionsOfGatewayAndAnotherClient) {
  Program program({"--norate_limits"});
  const std::string line = program.ReadLine();
  const size_t port_at = line.rfind(':') + 1;
  int port = 0;
  ASSERT_TRUE(
      absl::SimpleAtoi(line.substr(port_at, line.rfind('/') - port_at), &port))
      << line;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < HttpOptions().max_connections + 20; ++i) {
    clients.push_back(std::make_unique<RawClient>(port));
    ASSERT_THAT(clients.back()->Call(Get("/v1/predictions")).head,
                StartsWith("HTTP/1.1 200 OK\r\n"))
        << "connection " << i;
  }
}

TEST(SandboxProgramTest, ReadsFlagsFromEnvironment) {
  Program program({}, {"SANDBOX_WORKERS=none"});
  EXPECT_EQ(
      program.ReadErr(),
      "wriftai-sandbox: SANDBOX_WORKERS: expected a whole number from 1 to "
      "2000\n");
  EXPECT_EQ(program.Wait(), 2);
}

TEST(SandboxProgramTest, ExitsWithTwoAfterUsageError) {
  for (const char* flag :
       {"--nonsense", "--read_rate=0", "--listen_address=here", "word"}) {
    Program program({flag});
    EXPECT_THAT(program.ReadErr(), MatchesRegex("wriftai-sandbox: [^\n]+\n"))
        << flag;
    EXPECT_EQ(program.ReadOut(), "");
    EXPECT_EQ(program.Wait(), 2);
  }
}

TEST(SandboxProgramTest, ExitsWithOneIfItCannotListen) {
  Program program({"--listen_address=192.0.2.1:80"});
  EXPECT_EQ(program.ReadErr(),
            "wriftai-sandbox: cannot listen on 192.0.2.1:80: Cannot "
            "assign requested address\n");
  EXPECT_EQ(program.Wait(), 1);
}

TEST(SandboxProgramTest, DoesNotPrintTokens) {
  Program program({"--tokens=very-secret", "--help"});
  const std::string help = program.ReadOut();
  EXPECT_THAT(help, StartsWith("Usage: wriftai-sandbox [flags]"));
  EXPECT_THAT(help, HasSubstr("--rate_limits"));
  EXPECT_THAT(help, testing::Not(HasSubstr("very-secret")));
  EXPECT_EQ(program.Wait(), 0);
}

}  // namespace
}  // namespace wriftai::sandbox
