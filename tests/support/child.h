#ifndef WRIFTAI_TESTS_SUPPORT_CHILD_H_
#define WRIFTAI_TESTS_SUPPORT_CHILD_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace wriftai {

// A child process with pipes or a terminal as its standard streams. Its
// environment contains only TERM=xterm and the given variables.
//
// Threads: one; during ReadToEnd(), another thread may call Signal() and pid().
// The thread that starts the process must outlive it: the system kills the
// process with that thread, so a killed test leaves nothing behind. Owns: the
// process; the destructor kills it.
class Child {
 public:
  using Strings = std::vector<std::string>;

  // `arguments` starts with the program's path.
  static Child WithPipes(const Strings& arguments, const Strings& variables);
  // Standard output and standard error share one pipe, read as out().
  static Child WithOnePipe(const Strings& arguments, const Strings& variables);
  static Child WithTerminal(const Strings& arguments, int columns);

  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  // Writes to standard input, and closes it if it is a pipe.
  void Write(const std::string& text);

  // Reads standard output until `enough` returns true. False if it ends first.
  bool ReadUntil(const std::function<bool(const std::string& out)>& enough);
  bool ReadUntil(const std::string& text);

  // Reads standard output to its end, and keeps at least its last `max_bytes`
  // and at most twice as many.
  void ReadToEnd(size_t max_bytes);

  void Signal(int number);

  pid_t pid() const { return pid_; }

  // Reads both streams to their ends. Returns the exit status, or the negated
  // signal number.
  int Finish();

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  Child() = default;

  static Child Start(const Strings& arguments, const Strings& variables,
                     bool one_pipe);

  // Reads once from `descriptor` into `text`; false at its end.
  static bool ReadSome(int descriptor, std::string& text);

  pid_t pid_ = -1;
  int in_descriptor_ = -1;
  int out_descriptor_ = -1;
  int err_descriptor_ = -1;
  std::string out_;
  std::string err_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_CHILD_H_
