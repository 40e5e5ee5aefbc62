#ifndef WRIFTAI_UPSTREAM_CLUSTER_CLUSTER_TIMES_H_
#define WRIFTAI_UPSTREAM_CLUSTER_CLUSTER_TIMES_H_

#include "absl/time/time.h"

namespace wriftai::cluster {

// The durations of the protocol between replicas. All replicas of a cluster
// must use the same values: a pause of one is compared with a certainty of
// another.
struct ClusterTimes {
  // The lease of a session. The least that etcd grants with its default
  // election timeout. Its keys are deleted 2 to 2.5 s after the last KeepAlive.
  absl::Duration session_ttl = absl::Seconds(2);

  // How often a session reads its own member key. Six reads fit into
  // `certainty`, so a few lost ones cost nothing.
  absl::Duration read_interval = absl::Milliseconds(250);

  // When a call to the store counts as lost. Longer than etcd's slowest
  // responses in normal operation (p99 12 ms), and short enough that two reads
  // in a row may be lost within `certainty`.
  absl::Duration store_deadline = absl::Milliseconds(600);

  // How long a good read lets an owner grant, from the sending of the read. A
  // change of etcd's leader takes 1.2 s, which must not stop the owners.
  absl::Duration certainty = absl::Milliseconds(1500);

  // How long a new owner waits after the last grant of the former one: the
  // upstream's window of one second, and the time that a request is under way.
  absl::Duration takeover_pause = absl::Milliseconds(1200);

  // How long a new owner waits after it has seen an unreleased tenure end, or
  // has just joined: the former owner may have been certain just before.
  absl::Duration unreleased_pause() const { return certainty + takeover_pause; }

  // When an owner asks its peers to vouch for it: after two reads in a row
  // without an answer.
  absl::Duration vouching_delay() const { return 2 * read_interval; }

  // How often a replica that is cut off from the store asks its peers for the
  // owners of credentials. Calls look as often.
  absl::Duration lookup_interval = absl::Milliseconds(100);

  // How often an unanswered introduction to a peer is repeated once the pause
  // after joining has passed. Most such peers have ended.
  absl::Duration introduction_interval = absl::Seconds(10);

  // When a create whose record the store has not confirmed fails. Creates take
  // seconds, and etcd confirms within 12 ms.
  absl::Duration begin_deadline = absl::Seconds(1);

  // How often a change that must reach the store is repeated.
  absl::Duration retry_interval = absl::Seconds(1);

  // Shortest time between two claims: 50 claims a second leave etcd most of its
  // writes when many credentials are taken over at once.
  absl::Duration claim_interval = absl::Milliseconds(20);

  // An unused credential is released after this time, so its record does not
  // occupy the store.
  absl::Duration idle_timeout = absl::Minutes(10);

  // How long a request ID is remembered: CreateDeduplicator::kReplayWindow, and
  // the time that a create may take.
  absl::Duration request_ttl = absl::Minutes(70);

  // Records that begin within this time share a lease: revoking one lease of
  // very many keys would block the store.
  absl::Duration request_lease_interval = absl::Minutes(1);

  // How long a replica that has lost etcd is found by new ones through its book
  // entry, and how often it is written while etcd is there.
  absl::Duration book_ttl = absl::Minutes(70);
  absl::Duration book_interval = absl::Minutes(30);
};

// What owners do while the store does not answer.
enum class CoordinationOutage {
  kServe,  // They continue for as long as all peers vouch for them.
  kPause,  // They stop: never two senders, in any partition.
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_CLUSTER_TIMES_H_
