#include "tests/upstream/cluster/simulation/sim_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/upstream/cluster/simulation/sim_call.h"

namespace wriftai::cluster {

SimStoreServer::SimStoreServer(SimLoop& server_loop, SimFaults& server_faults,
                               Random& server_random)
    : loop(server_loop), faults(server_faults), random(server_random) {
  state.set_on_commit([this] { OnCommit(); });
  ExpireLeases();
}

// A watch notices an end even if nobody calls.
void SimStoreServer::ExpireLeases() {
  if (loop.Now() >= std::max(faults.store_down, faults.store_hangs)) {
    state.ExpireLeases(loop.Now());
  }
  loop.RunIn(absl::Milliseconds(100), [this] { ExpireLeases(); });
}

void SimStoreServer::StopUntil(absl::Time when) {
  faults.store_down = std::max(faults.store_down, when);
  state.RestartLeases(when);
}

void SimStoreServer::Receive(size_t slot, absl::Duration delay,
                             Request request) {
  loop.RunIn(delay, [this, slot, request = std::move(request)]() mutable {
    Deliver(slot, std::move(request));
  });
}

void SimStoreServer::Deliver(size_t slot, Request request) {
  const absl::Time now = loop.Now();
  if (now <
      std::max({faults.store_down, faults.cut[slot], faults.stuck[slot]})) {
    return request(false);
  }
  if (now < faults.store_hangs) {
    // A moment later: leases end first.
    return Receive(slot, faults.store_hangs - now + absl::Milliseconds(1),
                   std::move(request));
  }
  state.ExpireLeases(now);
  request(true);
}

absl::Time SimStoreServer::BlockedUntil(size_t slot) const {
  return std::max({faults.store_down, faults.store_hangs, faults.cut[slot],
                   faults.stuck[slot]});
}

// Polls the history, whenever it grows or a fault has ended. One batch is under
// way at a time, so the order is that of the revisions.
class SimWatcher : public std::enable_shared_from_this<SimWatcher> {
 public:
  SimWatcher(SimLoop& loop, size_t slot, SimStoreServer& server, KeyRange range,
             int64_t revision, Store::EventsDone on_events)
      : loop_(loop),
        slot_(slot),
        server_(server),
        range_(std::move(range)),
        next_revision_(revision),
        on_events_(std::make_shared<Store::EventsDone>(std::move(on_events))) {
    number_ =
        server_.watchers.empty() ? 0 : server_.watchers.rbegin()->first + 1;
    server_.watchers.emplace(number_, this);
  }
  ~SimWatcher() { server_.watchers.erase(number_); }

  void Schedule() {
    if (scheduled_ || failed_) return;
    scheduled_ = true;
    RunOnServer(server_.faults.Delay(server_.loop.Now(), server_.random));
  }

 private:
  void RunOnServer(absl::Duration delay) {
    server_.loop.RunIn(delay, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->Poll();
    });
  }

  void Poll() {
    const absl::Time now = server_.loop.Now();
    const absl::Time blocked_until = server_.BlockedUntil(slot_);
    if (now < blocked_until) return RunOnServer(blocked_until - now);
    auto events = server_.state.EventsFrom(range_, next_revision_);
    next_revision_ = server_.state.revision() + 1;
    if (server_.faults.Loses(now, server_.random)) {
      events = absl::UnavailableError("the watch is broken");
    }
    failed_ = !events.ok();
    loop_.RunIn(
        server_.faults.Delay(now, server_.random),
        [weak = weak_from_this(), events = std::move(events)]() mutable {
          if (const auto self = weak.lock()) {
            self->Notify(std::move(events));
          }
        });
  }

  void Notify(absl::StatusOr<std::vector<Event>> events) {
    scheduled_ = false;
    // It may have missed a change while this was under way.
    if (next_revision_ <= server_.state.revision()) Schedule();
    if (events.ok() && events->empty()) return;
    const auto on_events = on_events_;
    (*on_events)(std::move(events));
  }

  SimLoop& loop_;
  const size_t slot_;
  SimStoreServer& server_;
  const KeyRange range_;
  int64_t next_revision_;
  const std::shared_ptr<Store::EventsDone> on_events_;
  int64_t number_ = 0;
  bool scheduled_ = false;
  bool failed_ = false;
};

void SimStoreServer::OnCommit() {
  for (const auto& [number, watcher] : watchers) watcher->Schedule();
}

template <typename Result, typename Callback, typename Action>
CallHandle SimStore::Send(absl::Time deadline, Callback done, Action action) {
  using Response = SimResponse<Result, Callback>;
  const auto response =
      std::make_shared<Response>(loop_, deadline, std::move(done));
  SimStoreServer& server = server_;
  const absl::Time now = loop_.Now();
  const absl::Duration delay = server.faults.Delay(now, server.random);
  const bool is_lost = server.faults.Loses(now, server.random);
  // What arrives late takes effect nevertheless.
  if (is_lost || std::max(now + delay, server.faults.store_hangs) > deadline) {
    response->Lose();
  }
  if (!is_lost) {
    server.Receive(
        slot_, delay,
        [&server, response, action = std::move(action)](bool arrives) mutable {
          if (!arrives) return response->Lose();
          const absl::Time then = server.loop.Now();
          Result result = action(server.state, then);
          if (server.faults.Loses(then, server.random)) {
            return response->Lose();
          }
          response->Respond(server.faults.Delay(then, server.random),
                            std::move(result));
        });
  }
  return std::make_unique<SimCall<Response>>(response);
}

CallHandle SimStore::Range(KeyRange range, absl::Time deadline,
                           Done<RangeResult> done) {
  return Send<absl::StatusOr<RangeResult>>(
      deadline, std::move(done),
      [range = std::move(range)](StoreState& state, absl::Time) {
        return state.Range(range);
      });
}

CallHandle SimStore::Commit(Txn txn, absl::Time deadline,
                            Done<TxnResult> done) {
  return Send<absl::StatusOr<TxnResult>>(
      deadline, std::move(done),
      [txn = std::move(txn)](StoreState& state, absl::Time) {
        return state.Commit(txn);
      });
}

CallHandle SimStore::GrantLease(absl::Duration ttl, absl::Time deadline,
                                Done<int64_t> done) {
  return Send<absl::StatusOr<int64_t>>(
      deadline, std::move(done), [ttl](StoreState& state, absl::Time now) {
        return state.GrantLease(ttl, now);
      });
}

CallHandle SimStore::KeepAlive(int64_t lease, absl::Time deadline,
                               Done<absl::Duration> done) {
  if (loop_.Now() < server_.faults.stuck[slot_]) {
    // A hanging leader of etcd confirms leases that do not exist any more.
    using Response =
        SimResponse<absl::StatusOr<absl::Duration>, Done<absl::Duration>>;
    const auto response =
        std::make_shared<Response>(loop_, deadline, std::move(done));
    response->Respond(server_.faults.Delay(loop_.Now(), server_.random),
                      absl::Seconds(2));
    return std::make_unique<SimCall<Response>>(response);
  }
  return Send<absl::StatusOr<absl::Duration>>(
      deadline, std::move(done), [lease](StoreState& state, absl::Time now) {
        return state.KeepAlive(lease, now);
      });
}

CallHandle SimStore::RevokeLease(int64_t lease, absl::Time deadline,
                                 absl::AnyInvocable<void(absl::Status)> done) {
  return Send<absl::Status>(deadline, std::move(done),
                            [lease](StoreState& state, absl::Time) {
                              return state.RevokeLease(lease);
                            });
}

namespace {

// Cancels a watch, of which a delivery may be under way.
class WatchHandle : public Call {
 public:
  explicit WatchHandle(std::shared_ptr<SimWatcher> watcher)
      : watcher_(std::move(watcher)) {}

 private:
  const std::shared_ptr<SimWatcher> watcher_;
};

}  // namespace

CallHandle SimStore::Watch(KeyRange range, int64_t revision,
                           EventsDone on_events) {
  auto watcher = std::make_shared<SimWatcher>(
      loop_, slot_, server_, std::move(range), revision, std::move(on_events));
  watcher->Schedule();
  return std::make_unique<WatchHandle>(std::move(watcher));
}

}  // namespace wriftai::cluster
