#ifndef WRIFTAI_TESTS_SUPPORT_CHILD_H_
#define WRIFTAI_TESTS_SUPPORT_CHILD_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace wriftai {

// A program that runs, with pipes or with a terminal as its three streams. Its
// environment has TERM=xterm and the variables given, nothing else.
//
// Threads: one; while it is in ReadToEnd(), another one may call Signal() and
// pid(). The thread that starts it must live as long: the system kills it with
// that thread, so that nothing is left of a test that was killed itself. Owns:
// the process, which is killed with it.
class Child {
 public:
  using Strings = std::vector<std::string>;

  // `arguments`: with the program's path in front.
  static Child WithPipes(const Strings& arguments, const Strings& variables);
  // Standard output and standard error are one pipe, read as out().
  static Child WithOnePipe(const Strings& arguments, const Strings& variables);
  static Child WithTerminal(const Strings& arguments, int columns);

  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  // To its standard input, which is then closed if it is a pipe.
  void Write(const std::string& text);

  // Reads standard output until `enough` of it is there. False: it ended
  // before.
  bool ReadUntil(const std::function<bool(const std::string& out)>& enough);
  bool ReadUntil(const std::string& text);

  // Reads standard output to its end, and keeps the last `most` bytes or a few
  // more.
  void ReadToEnd(size_t most);

  void Signal(int number);

  pid_t pid() const { return pid_; }

  // Reads both streams to their ends. Its exit status, or minus its signal.
  int Finish();

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  Child() = default;

  static Child Start(const Strings& arguments, const Strings& variables,
                     bool one_pipe);

  // One read of `descriptor` into `text`; false at its end.
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
