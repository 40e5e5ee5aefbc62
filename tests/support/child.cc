#include "tests/support/child.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

namespace wriftai {
namespace {

// Must be called before fork(): in a process with threads, only system calls
// are safe after it.
std::vector<char*> Pointers(const Child::Strings& strings) {
  std::vector<char*> pointers;
  for (const std::string& text : strings) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

void Close(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

}  // namespace

Child Child::WithPipes(const Strings& arguments, const Strings& variables) {
  return Start(arguments, variables, false);
}

Child Child::WithOnePipe(const Strings& arguments, const Strings& variables) {
  return Start(arguments, variables, true);
}

Child Child::Start(const Strings& arguments, const Strings& variables,
                   bool one_pipe) {
  Strings environment = variables;
  environment.emplace_back("TERM=xterm");
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);
  int in[2];
  int out[2];
  int err[2];
  Child child;
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
      pipe2(err, O_CLOEXEC) != 0) {
    return child;
  }
  child.pid_ = fork();
  if (child.pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(one_pipe ? out[1] : err[1], STDERR_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  close(err[1]);
  child.in_descriptor_ = in[1];
  child.out_descriptor_ = out[0];
  child.err_descriptor_ = err[0];
  return child;
}

Child Child::WithTerminal(const Strings& arguments, int columns) {
  const Strings environment = {"TERM=xterm"};
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);
  winsize size = {};
  size.ws_row = 24;
  size.ws_col = static_cast<unsigned short>(columns);
  Child child;
  child.pid_ = forkpty(&child.out_descriptor_, nullptr, nullptr, &size);
  if (child.pid_ == 0) {
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  return child;
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      in_descriptor_(std::exchange(other.in_descriptor_, -1)),
      out_descriptor_(std::exchange(other.out_descriptor_, -1)),
      err_descriptor_(std::exchange(other.err_descriptor_, -1)) {}

Child::~Child() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Close(in_descriptor_);
  Close(out_descriptor_);
  Close(err_descriptor_);
}

void Child::Write(const std::string& text) {
  const bool terminal = in_descriptor_ < 0;
  const ssize_t written = write(terminal ? out_descriptor_ : in_descriptor_,
                                text.data(), text.size());
  if (written < 0 || !terminal) Close(in_descriptor_);
}

bool Child::ReadSome(int descriptor, std::string& text) {
  char buffer[4096];
  // A terminal returns EIO after its program has exited.
  const ssize_t size = read(descriptor, buffer, sizeof buffer);
  if (size <= 0) return false;
  text.append(buffer, static_cast<size_t>(size));
  return true;
}

bool Child::ReadUntil(
    const std::function<bool(const std::string& out)>& enough) {
  while (!enough(out_)) {
    if (!ReadSome(out_descriptor_, out_)) return false;
  }
  return true;
}

bool Child::ReadUntil(const std::string& text) {
  return ReadUntil([&text](const std::string& out) {
    return out.find(text) != std::string::npos;
  });
}

void Child::ReadToEnd(size_t max_bytes) {
  while (ReadSome(out_descriptor_, out_)) {
    // Erase rarely, because erase() moves all remaining bytes.
    if (out_.size() > 2 * max_bytes) out_.erase(0, out_.size() - max_bytes);
  }
}

void Child::Signal(int number) { kill(pid_, number); }

int Child::Finish() {
  Close(in_descriptor_);
  // Sequential reads suffice: the output of our tests fits into a pipe.
  while (ReadSome(out_descriptor_, out_)) {
  }
  while (err_descriptor_ >= 0 && ReadSome(err_descriptor_, err_)) {
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace wriftai
