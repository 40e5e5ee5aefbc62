#ifndef WRIFTAI_SERVICE_REPLICA_TENURE_LOG_H_
#define WRIFTAI_SERVICE_REPLICA_TENURE_LOG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "service/replica/replica_numbers.h"
#include "upstream/cluster/session.h"
#include "upstream/cluster/tenures.h"

namespace wriftai {

// Logs and counts the changes of this replica's ownership, one line each, and
// passes them on. At the end of a session, one line for all.
//
// Threads: loop. Session and `next` must outlive it. Observes the session
// before the tenures do. Fails: never.
class TenureLog final : public cluster::TenureObserver,
                        public cluster::SessionObserver {
 public:
  // The name of a credential for the log, by its tag.
  using NameOfTag = std::function<std::string(const std::string& tag)>;

  TenureLog(const cluster::Session& session, cluster::TenureObserver& next,
            NameOfTag name_of)
      : session_(session), next_(next), name_of_(std::move(name_of)) {}

  void OnTenureBegan(const std::string& tag, int64_t epoch) override;
  void OnTenureEnded(const std::string& tag, int64_t epoch) override;
  void OnSessionBegan() override;
  void OnSessionEnded() override;

  // Credentials that this replica owns now.
  int64_t owned() const { return stats_.begun - stats_.ended; }
  const TenureStats& stats() const { return stats_; }

 private:
  const cluster::Session& session_;
  cluster::TenureObserver& next_;
  const NameOfTag name_of_;
  TenureStats stats_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_REPLICA_TENURE_LOG_H_
