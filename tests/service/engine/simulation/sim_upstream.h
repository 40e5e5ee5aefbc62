#ifndef WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_UPSTREAM_H_
#define WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_UPSTREAM_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "tests/upstream/cluster/simulation/sim_cluster.h"
#include "upstream/http/http_transport.h"

namespace wriftai {

// The upstream of a simulated cluster: predictions of several tokens, with the
// published limits, in windows of a second. Each prediction ends by itself. A
// create's input is a number, by which its POSTs are counted.
//
// Threads: one. The cluster must outlive it.
class SimUpstream {
 public:
  explicit SimUpstream(cluster::SimCluster& cluster) : cluster_(cluster) {}

  // `late`: the process was stopped between the permit and the request, which
  // the replicas cannot prevent. So many requests of a window may get a 429.
  HttpResponse Respond(const HttpRequest& request, bool late);

  // Of the create with this input: its POSTs that were accepted, and the id of
  // the prediction, or empty.
  int64_t PostsOf(const std::string& input) const;
  std::string IdOf(const std::string& input) const;

  int64_t reads() const { return reads_; }
  int64_t posts() const { return posts_; }
  // 429s, but for those that a late request has caused.
  int64_t limited_reads() const { return limited_reads_; }
  int64_t limited_creates() const { return limited_creates_; }

 private:
  struct Prediction {
    std::string id;
    std::string token;
    std::string input;
    absl::Time created_at;
    absl::Time started_at;
    absl::Time ended_at;
  };
  struct Window {
    int64_t number = -1;
    int64_t used = 0;
    int64_t late = 0;
    int64_t limited = 0;
  };

  HttpResponse Create(const HttpRequest& request);
  HttpResponse Get(absl::string_view id, const std::string& token) const;
  HttpResponse List(const std::string& token) const;
  std::string Json(const Prediction& prediction, bool with_output) const;

  cluster::SimCluster& cluster_;
  std::map<std::string, Window> windows_;  // By token and kind.
  std::vector<Prediction> predictions_;    // In the order of their creation.
  std::map<std::string, size_t> by_id_;
  std::map<std::string, std::vector<size_t>> by_input_;
  int64_t reads_ = 0;
  int64_t posts_ = 0;
  int64_t limited_reads_ = 0;
  int64_t limited_creates_ = 0;
};

// One process's way to the upstream.
//
// Threads: one. All arguments must outlive it.
class SimTransport final : public HttpTransport {
 public:
  SimTransport(cluster::SimCluster& cluster, size_t slot,
               cluster::SimLoop& loop, SimUpstream& upstream)
      : cluster_(cluster), slot_(slot), loop_(loop), upstream_(upstream) {}

  CallHandle Send(HttpRequest request, Done done) override;
  void RetireConnections(absl::string_view /*scope*/) override {}

 private:
  cluster::SimCluster& cluster_;
  const size_t slot_;
  cluster::SimLoop& loop_;
  SimUpstream& upstream_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ENGINE_SIMULATION_SIM_UPSTREAM_H_
