#ifndef WRIFTAI_TESTS_SERVICE_ENGINE_OWNERSHIP_FIXTURE_H_
#define WRIFTAI_TESTS_SERVICE_ENGINE_OWNERSHIP_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "service/engine/tenure_ownership.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/cluster/replica_fixture.h"
#include "upstream/cluster/keys.h"

namespace wriftai {

// A replica of the cluster "c" that has joined, with its ownership of
// credentials. The test plays the member b.1. Without a store, it pauses.
class OwnershipTest : public cluster::ReplicaTest, public OwnershipObserver {
 protected:
  OwnershipTest()
      : ReplicaTest(cluster::CoordinationOutage::kPause),
        ownership_(event_loop_, "c", replica_->view, replica_->session,
                   replica_->reachability, replica_->lookup) {
    replica_->CallMembers();
    ownership_.Start(replica_->tenures);
    ownership_.SetObserver(this);
    replica_->observer = &ownership_;
    replica_->view.set_observer(ownership_);
    Join();
    b_lease_ = AddPeer("b.1", cluster::Replica::MemberAt("b:1"));
  }

  // A member that answers this replica's calls. Returns its lease.
  int64_t AddPeer(const std::string& session,
                  const cluster::MemberRecord& record) {
    link_.peers[record.address] = [](const cluster::VouchRequest&) {
      return cluster::VouchResponse();
    };
    const int64_t lease = AddMember(session, record);
    event_loop_.Advance(times_.read_interval);
    return lease;
  }

  void OnOwnershipChanged(const std::string& credential_key,
                          bool owned_here) override {
    if (credential_key == credential_->key()) {
      EXPECT_EQ(owned_here, ownership_.IsOwnedHere(*credential_));
    }
    changed_.push_back(credential_key);
  }

  void Use() {
    ASSERT_THAT(ownership_.Use(*credential_), IsOk());
    event_loop_.RunPosted();
  }
  std::string OwnerKey() const {
    return keys_.Owner(cluster::TagOf("c", credential_->key()));
  }
  // As b.1's claim, or its release. Returns the epoch.
  int64_t BPuts(const std::string& value) {
    return PutKey(OwnerKey(), value, b_lease_);
  }

  const std::shared_ptr<const Credential> credential_ = MakeCredential("token");
  TenureOwnership ownership_;
  int64_t b_lease_ = 0;
  std::vector<std::string> changed_;  // Keys of credentials.
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ENGINE_OWNERSHIP_FIXTURE_H_
