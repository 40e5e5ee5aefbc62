#ifndef WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_ENGINE_CLIENTS_H_
#define WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_ENGINE_CLIENTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "tests/service/engine/simulation/engine_node.h"
#include "tests/service/engine/simulation/sim_links.h"
#include "tests/service/engine/simulation/sim_upstream.h"
#include "upstream/watch/prediction_observer.h"

namespace wriftai {

// Callers outside of the cluster: each creates a prediction at any replica, and
// then waits for it at any, again and again until it has the result. Checks
// what they are promised: a create happens once, its prediction is the
// caller's, no update goes back, and each wait sees the end.
//
// Threads: one. All arguments must outlive it.
class EngineClients {
 public:
  EngineClients(SimLinks& links, SimUpstream& upstream,
                std::vector<std::shared_ptr<const Credential>> credentials);

  // Begins; new callers come until Stop().
  void Start() { Arrive(); }
  void Stop() { stopped_ = true; }

  // Once the cluster has been healthy for long enough.
  void CheckCompleted();

  const std::vector<std::string>& violations() const { return violations_; }
  int64_t created() const { return created_; }
  int64_t unknown() const { return unknown_; }
  int64_t ended() const { return ended_; }

 private:
  class Watch;

  struct Caller {
    std::shared_ptr<const Credential> credential;
    std::string request_id;  // Empty: none.
    std::string input;
    std::string prediction_id;
    const char* state = "creates";
    bool done = false;
    int64_t attempt = 0;  // The current call.
    int64_t open = 0;     // Its connection.
  };
  using CallerPtr = std::shared_ptr<Caller>;

  void Arrive();
  void CreateLater(const CallerPtr& caller);
  void Create(const CallerPtr& caller);
  void OnCreated(const CallerPtr& caller,
                 const absl::StatusOr<SnapshotPtr>& created);
  void OnCreateFailed(const CallerPtr& caller, const absl::Status& status);
  void WaitLater(const CallerPtr& caller);
  void Wait(const CallerPtr& caller);
  void OnWaitFailed(const CallerPtr& caller, const absl::Status& status);

  // A process to call, or null. `broken` runs if it ends before
  // EndAttempt().
  EngineNode* Connect(const CallerPtr& caller, std::function<void()> broken);
  void EndAttempt(Caller& caller);

  void Violate(const Caller& caller, absl::string_view what);
  size_t Pick(size_t count);
  absl::Duration Between(double min, double max);

  SimLinks& links_;
  SimUpstream& upstream_;
  const std::vector<std::shared_ptr<const Credential>> credentials_;
  std::vector<CallerPtr> callers_;
  bool stopped_ = false;
  std::vector<std::string> violations_;
  int64_t created_ = 0;
  int64_t unknown_ = 0;
  int64_t ended_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_ENGINE_CLIENTS_H_
