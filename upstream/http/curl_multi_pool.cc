#include "upstream/http/curl_multi_pool.h"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

using Kind = TransportFailure::Kind;

// Maximum easy handles kept for reuse. Creating one takes a few microseconds,
// and each holds 6 KiB. Enough for a busy gateway, with many calls in flight.
constexpr size_t kMaxIdleHandles = 128;

CurlMulti NewMulti() {
  const absl::Status status = CurlGlobalInit();
  CurlMulti multi(status.ok() ? curl_multi_init() : nullptr);
  if (multi == nullptr) {
    std::fprintf(
        stderr, "cannot start the HTTP client: libcurl failed to initialize\n");
    std::abort();
  }
  return multi;
}

}  // namespace

struct CurlMultiPool::Entry {
  Entry(uint64_t own_id, HttpRequest request, const HttpOptions& options,
        ByteBudget& bodies, std::vector<uint64_t>& paused,
        HttpTransport::Done callback)
      : id(own_id),
        transfer(std::move(request), options, bodies,
                 [&paused, own_id] { paused.push_back(own_id); }),
        key(ConnectionPool::KeyOf(transfer.request())),
        done(std::move(callback)) {}

  const uint64_t id;
  CurlTransfer transfer;
  const std::string key;  // The key of its connection.
  HttpTransport::Done done;
  TimerHandle timer;
  bool is_in_multi = false;
  // After a stale connection, the transfer uses a new one, which has no input.
  // It therefore starts at most twice.
  ConnectionPool::Choice choice = ConnectionPool::Choice::kAny;
};

class CurlMultiPool::Handle : public Call {
 public:
  Handle(std::weak_ptr<CurlMultiPool*> transfers, uint64_t id)
      : transfers_(std::move(transfers)), id_(id) {}

  ~Handle() override {
    if (const auto transfers = transfers_.lock()) (*transfers)->Drop(id_);
  }

 private:
  const std::weak_ptr<CurlMultiPool*> transfers_;
  const uint64_t id_;
};

CurlMultiPool::CurlMultiPool(EventLoop& event_loop, const HttpOptions& options)
    : event_loop_(event_loop),
      options_(options),
      bodies_(options.max_bodies_bytes),
      multi_(NewMulti()),
      poller_(multi_.get()),
      pool_(options, poller_),
      self_(std::make_shared<CurlMultiPool*>(this)) {
  // Required by PooledConnection.
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, CurlLong{1});
}

CurlMultiPool::~CurlMultiPool() { Clear(); }

CallHandle CurlMultiPool::Send(HttpRequest request, HttpTransport::Done done) {
  assert(event_loop_.OnLoopThread());
  const uint64_t id = next_id_++;
  const bool full = entries_.size() >= options_.max_requests;
  Entry& entry = *entries_
                      .emplace(id, std::make_unique<Entry>(
                                       id, std::move(request), options_,
                                       bodies_, paused_, std::move(done)))
                      .first->second;
  const CurlTransfer& transfer = entry.transfer;
  if (full) {
    FailAsync(
        entry,
        transfer.Fail(Kind::kConnect,
                      absl::StrCat("too many upstream requests in progress (",
                                   options_.max_requests, ")")));
  } else if (const absl::Status status = Start(entry); !status.ok()) {
    FailAsync(entry, transfer.Fail(Kind::kInvalidRequest,
                                   std::string(status.message())));
  }
  return std::make_unique<Handle>(self_, id);
}

absl::Status CurlMultiPool::Start(Entry& entry) {
  if (absl::Status status = entry.transfer.Prepare(AnyEasy(), urls_);
      !status.ok()) {
    return status;
  }
  entry.timer = event_loop_.RunAt(event_loop_.Now() + entry.transfer.timeout(),
                                  [this, id = entry.id] { OnTimeout(id); });
  if (entry.transfer.timeout() <= absl::ZeroDuration()) {
    return absl::OkStatus();
  }
  CurlOptions(entry.transfer.easy()).Pointer(CURLOPT_PRIVATE, &entry);
  if (!waiting_.empty() || !Run(entry)) waiting_.emplace(entry.id, &entry);
  return absl::OkStatus();
}

// False if no connection is available now.
bool CurlMultiPool::Run(Entry& entry) {
  PooledConnection* const connection =
      pool_.Acquire(entry.key, entry.choice, event_loop_.Now());
  if (connection == nullptr) return false;
  entry.transfer.Use(*connection);
  // Fails only if the handle is already in a multi handle, or out of memory.
  if (curl_multi_add_handle(multi_.get(), entry.transfer.easy()) != CURLM_OK) {
    std::abort();
  }
  entry.is_in_multi = true;
  return true;
}

void CurlMultiPool::RunWaiting() {
  while (!waiting_.empty() && Run(*waiting_.begin()->second)) {
    waiting_.erase(waiting_.begin());
  }
}

// Releases its connection to other transfers.
void CurlMultiPool::Stop(Entry& entry) {
  waiting_.erase(entry.id);
  if (entry.is_in_multi) {
    curl_multi_remove_handle(multi_.get(), entry.transfer.easy());
    entry.is_in_multi = false;
  }
  PooledConnection* const connection = entry.transfer.Release();
  if (connection == nullptr) return;
  pool_.Release(*connection, event_loop_.Now());
  RunWaiting();
  if (close_idle_ == nullptr) CloseIdle();
}

void CurlMultiPool::RetireConnections(absl::string_view scope) {
  assert(event_loop_.OnLoopThread());
  pool_.Retire(scope);
  RunWaiting();
}

void CurlMultiPool::CloseIdle() {
  const absl::Time next = pool_.CloseIdle(event_loop_.Now());
  close_idle_ = next == absl::InfiniteFuture()
                    ? nullptr
                    : event_loop_.RunAt(next, [this] { CloseIdle(); });
}

void CurlMultiPool::FailAsync(Entry& entry, TransportFailure failure) {
  entry.timer = event_loop_.RunAt(
      event_loop_.Now(),
      [this, id = entry.id, failure = std::move(failure)]() mutable {
        const std::unique_ptr<Entry> ended = Remove(id);
        ended->done(std::move(failure));
      });
}

void CurlMultiPool::OnTimeout(uint64_t id) {
  const std::unique_ptr<Entry> ended = Remove(id);
  ended->done(ended->transfer.Fail(
      Kind::kTimeout,
      absl::StrCat("no complete response within ",
                   absl::FormatDuration(ended->transfer.timeout()))));
}

void CurlMultiPool::ResumePaused() {
  // Transfers may pause again at once.
  for (const uint64_t id : std::exchange(paused_, {})) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) continue;
    Entry& entry = *found->second;
    const CURLcode code = entry.transfer.Resume();
    if (code != CURLE_OK) OnDone(entry, code);
  }
}

void CurlMultiPool::Perform() {
  ResumePaused();
  poller_.Perform();
  int left = 0;
  // A callback may end other transfers; libcurl then drops their messages.
  while (CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Entry* entry = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &entry);
    OnDone(*entry, message->data.result);
  }
}

void CurlMultiPool::OnDone(Entry& entry, CURLcode code) {
  if (entry.transfer.is_stale() &&
      entry.choice == ConnectionPool::Choice::kAny) {
    entry.choice = ConnectionPool::Choice::kNew;
    Stop(entry);
    if (!Run(entry)) waiting_.emplace(entry.id, &entry);
    return;
  }
  HttpResult result = entry.transfer.Finish(code);
  const std::unique_ptr<Entry> ended = Remove(entry.id);
  // A failed handle is not reused: its state may be the cause.
  if (code == CURLE_OK && idle_.size() < kMaxIdleHandles) {
    idle_.push_back(ended->transfer.TakeEasy());
  }
  ended->done(std::move(result));
}

bool CurlMultiPool::Clear() {
  pool_.CloseIdle(absl::InfiniteFuture());
  if (entries_.empty()) return false;
  waiting_.clear();
  while (!entries_.empty()) Remove(entries_.begin()->first);
  return true;
}

void CurlMultiPool::Drop(uint64_t id) {
  assert(event_loop_.OnLoopThread());
  Remove(id);
}

std::unique_ptr<CurlMultiPool::Entry> CurlMultiPool::Remove(uint64_t id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return nullptr;
  std::unique_ptr<Entry> entry = std::move(found->second);
  entries_.erase(found);
  entry->timer.reset();
  Stop(*entry);
  return entry;
}

CurlEasy CurlMultiPool::AnyEasy() {
  if (idle_.empty()) return CurlTransfer::NewEasy(options_);
  CurlEasy easy = std::move(idle_.back());
  idle_.pop_back();
  return easy;
}

}  // namespace wriftai
