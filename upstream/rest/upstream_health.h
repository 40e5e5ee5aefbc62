#ifndef WRIFTAI_UPSTREAM_REST_UPSTREAM_HEALTH_H_
#define WRIFTAI_UPSTREAM_REST_UPSTREAM_HEALTH_H_

#include <functional>
#include <utility>

#include "upstream/http/http_message.h"

namespace wriftai {

// Whether the upstream answers, by what its last responses were. It is taken
// for healthy until several requests in a row have failed, whoever they were
// for, and again with the first that has not.
//
// Threads: loop. Owns: nothing else. Fails: never.
class UpstreamHealth {
 public:
  // One broken connection may fail what was under way on it, and a retry or two
  // meanwhile.
  static constexpr int kFailuresInARow = 5;

  using Listener = std::function<void(bool healthy)>;

  // A request's end. Any response below 500 is a good sign, whatever it says to
  // its caller. `by_deadline`: a timeout was the caller's, and says nothing.
  void OnResult(const HttpResult& result, bool by_deadline);

  bool healthy() const { return failures_ < kFailuresInARow; }

  // Told at each change from now on; null: nobody is.
  void Listen(Listener listener) { listener_ = std::move(listener); }

 private:
  int failures_ = 0;  // In a row, counted up to the bound.
  Listener listener_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_UPSTREAM_HEALTH_H_
