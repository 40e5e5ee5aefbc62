#ifndef WRIFTAI_TESTS_UPSTREAM_CLUSTER_REPLICA_H_
#define WRIFTAI_TESTS_UPSTREAM_CLUSTER_REPLICA_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/event_loop.h"
#include "upstream/cluster/cluster_times.h"
#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/introductions.h"
#include "upstream/cluster/keys.h"
#include "upstream/cluster/known_peers.h"
#include "upstream/cluster/owner_lookup.h"
#include "upstream/cluster/peer_link.h"
#include "upstream/cluster/reachability.h"
#include "upstream/cluster/request_records.h"
#include "upstream/cluster/session.h"
#include "upstream/cluster/store.h"
#include "upstream/cluster/tenures.h"
#include "upstream/cluster/vouching.h"

namespace wriftai::cluster {

// Everything of upstream/cluster, wired up as in a process. It has not joined
// before session.Start(). It needs no admission before NeedAdmission().
//
// Threads: one. All arguments must outlive it.
class Replica : public TenureObserver {
 public:
  Replica(EventLoop& event_loop, Store& store, PeerLink& link, const Keys& keys,
          const ClusterTimes& times, CoordinationOutage outage,
          const std::string& node, const std::string& address)
      : view(keys),
        session(event_loop, store, keys, times, node, MemberAt(address), view),
        peers(view, node),
        introductions(event_loop, link, times, view, session),
        reachability(event_loop, link, times, view, session),
        vouching(event_loop, link, times, outage, view, peers, session),
        lookup(event_loop, link, times, view, peers, session),
        tenures(event_loop, store, keys, times, view, session, introductions,
                *this),
        requests(event_loop, store, keys, times, view, session, tenures) {
    view.set_observer(tenures);
    session.AddObserver(introductions);
    session.AddObserver(vouching);
    session.AddObserver(lookup);
    session.AddObserver(tenures);
  }

  // Its peers are to admit it. Before it joins.
  void NeedAdmission() {
    MemberRecord record = session.record();
    record.admitted = false;
    session.SetRecord(std::move(record));
    CallMembers();
  }

  // It calls the members as they join. Before it joins.
  void CallMembers() {
    session.AddObserver(reachability);
    reachability.ListenToAdmission([this](Admission admission) {
      if (admission == Admission::kAdmitted) tenures.OnAdmitted();
    });
  }

  VouchResponse AnswerVouch(const VouchRequest& request) {
    reachability.OnCalled(request.asker);
    return vouching.Answer(request);
  }

  void OnTenureBegan(const std::string& tag, int64_t epoch) override {
    changes.push_back(absl::StrCat("+", tag));
    if (observer != nullptr) observer->OnTenureBegan(tag, epoch);
  }
  void OnTenureEnded(const std::string& tag, int64_t epoch) override {
    changes.push_back(absl::StrCat("-", tag));
    if (observer != nullptr) observer->OnTenureEnded(tag, epoch);
  }

  static MemberRecord MemberAt(const std::string& address) {
    MemberRecord record;
    record.address = address;
    return record;
  }

  ClusterView view;
  Session session;
  KnownPeers peers;
  Introductions introductions;
  Reachability reachability;
  Vouching vouching;
  OwnerLookup lookup;
  Tenures tenures;
  RequestRecords requests;
  std::vector<std::string> changes;    // +TAG, -TAG.
  TenureObserver* observer = nullptr;  // Is told of them, too.
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_TESTS_UPSTREAM_CLUSTER_REPLICA_H_
