#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_CREATE_CHECK_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_CREATE_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/upstream/cluster/simulation/sim_cluster.h"
#include "upstream/cluster/request_records.h"

namespace wriftai::cluster {

// Callers that retry creates, each with its request ID, at any process that
// believes that it owns the credential, until they are answered. Checks that no
// ID is sent twice, unless nothing was created the first time, and that every
// answer is that of the one POST.
//
// Threads: one. The cluster must outlive it.
class CreateCheck {
 public:
  CreateCheck(SimCluster& cluster, const std::vector<std::string>& tags)
      : cluster_(cluster), tags_(tags) {}

  // Begins calling, for as long as the cluster runs.
  void Start() { Call(); }

  const std::vector<std::string>& violations() const { return violations_; }
  int64_t sent() const { return sent_; }
  int64_t answered() const { return answered_; }
  int64_t unknown() const { return unknown_; }

 private:
  struct Create {
    std::string tag;
    int posts = 0;  // That may have created something.
    std::string result;
    bool done = false;
  };

  void Call();
  void Retry(const std::string& id);
  void BeginAt(size_t slot, const std::string& id);
  void OnBegun(size_t slot, const std::string& id,
               const absl::StatusOr<BeginResult>& begun);
  // Sends the POST. The process may be killed before the response.
  void Send(size_t slot, const std::string& id, const std::string& attempt);
  void OnResponse(size_t slot, const std::string& id,
                  const std::string& attempt);

  SimCluster& cluster_;
  const std::vector<std::string>& tags_;
  std::map<std::string, Create> creates_;  // By request ID.
  std::vector<std::string> violations_;
  int64_t sent_ = 0;
  int64_t answered_ = 0;
  int64_t unknown_ = 0;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_SIMULATION_CREATE_CHECK_H_
