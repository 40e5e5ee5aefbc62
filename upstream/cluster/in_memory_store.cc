#include "upstream/cluster/in_memory_store.h"

#include <cassert>
#include <utility>
#include <vector>

namespace wriftai::cluster {
namespace {

// A call that has taken effect, and whose result is on its way.
class Response : public Call {
 public:
  Response(EventLoop& event_loop, EventLoop::Task task)
      : timer_(event_loop.RunAt(event_loop.Now(), std::move(task))) {}

 private:
  const TimerHandle timer_;
};

template <typename Done, typename Result>
CallHandle Respond(EventLoop& event_loop, Done done, Result result) {
  return std::make_unique<Response>(
      event_loop,
      [done = std::move(done), result = std::move(result)]() mutable {
        done(std::move(result));
      });
}

}  // namespace

// Reads the history from its own revision on, whenever that grows.
class InMemoryStore::Watcher : public Call {
 public:
  Watcher(InMemoryStore& store, KeyRange range, int64_t revision,
          EventsDone on_events)
      : store_(store),
        range_(std::move(range)),
        next_revision_(revision),
        on_events_(std::make_shared<EventsDone>(std::move(on_events))),
        self_(store.watchers_.insert(store.watchers_.end(), this)) {
    Schedule();
  }
  ~Watcher() override { store_.watchers_.erase(self_); }

  void Schedule() {
    if (failed_) return;
    EventLoop& loop = store_.event_loop_;
    timer_ = loop.RunAt(loop.Now(), [this] { Run(); });
  }

 private:
  void Run() {
    auto events = store_.state_.EventsFrom(range_, next_revision_);
    failed_ = !events.ok();
    if (events.ok() && events->empty()) return;
    next_revision_ = store_.state_.revision() + 1;
    const auto on_events = on_events_;
    (*on_events)(std::move(events));
  }

  InMemoryStore& store_;
  const KeyRange range_;
  int64_t next_revision_;
  // Shared, because the callback may destroy this object.
  const std::shared_ptr<EventsDone> on_events_;
  const std::list<Watcher*>::iterator self_;
  bool failed_ = false;
  TimerHandle timer_;
};

InMemoryStore::InMemoryStore(EventLoop& event_loop) : event_loop_(event_loop) {
  state_.set_on_commit([this] {
    for (Watcher* const watcher : watchers_) watcher->Schedule();
  });
}

InMemoryStore::~InMemoryStore() { assert(watchers_.empty()); }

CallHandle InMemoryStore::Range(KeyRange range, absl::Time deadline,
                                Done<RangeResult> done) {
  return Respond(event_loop_, std::move(done),
                 absl::StatusOr<RangeResult>(state_.Range(range)));
}

CallHandle InMemoryStore::Commit(Txn txn, absl::Time deadline,
                                 Done<TxnResult> done) {
  return Respond(event_loop_, std::move(done), state_.Commit(txn));
}

CallHandle InMemoryStore::GrantLease(absl::Duration ttl, absl::Time deadline,
                                     Done<int64_t> done) {
  auto result = state_.GrantLease(ttl, event_loop_.Now());
  ScheduleExpiry();
  return Respond(event_loop_, std::move(done), std::move(result));
}

CallHandle InMemoryStore::KeepAlive(int64_t lease, absl::Time deadline,
                                    Done<absl::Duration> done) {
  return Respond(event_loop_, std::move(done),
                 state_.KeepAlive(lease, event_loop_.Now()));
}

CallHandle InMemoryStore::RevokeLease(
    int64_t lease, absl::Time deadline,
    absl::AnyInvocable<void(absl::Status)> done) {
  return Respond(event_loop_, std::move(done), state_.RevokeLease(lease));
}

CallHandle InMemoryStore::Watch(KeyRange range, int64_t revision,
                                EventsDone on_events) {
  return std::make_unique<Watcher>(*this, std::move(range), revision,
                                   std::move(on_events));
}

// One timer at a time: it reads when the next lease really expires.
void InMemoryStore::ScheduleExpiry() {
  const std::optional<absl::Time> next = state_.NextExpiry();
  if (!next.has_value()) {
    expiry_.reset();
    return;
  }
  expiry_ = event_loop_.RunAt(*next, [this] {
    state_.ExpireLeases(event_loop_.Now());
    ScheduleExpiry();
  });
}

}  // namespace wriftai::cluster
