#include "upstream/http/connection_pool.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace wriftai {
namespace {

// Whether `key` is from KeyOf() for a request of that scope.
bool IsOfScope(absl::string_view key, absl::string_view scope) {
  return absl::ConsumePrefix(&key, scope) && absl::StartsWith(key, " ");
}

}  // namespace

std::string ConnectionPool::KeyOf(const HttpRequest& request) {
  const absl::string_view url = request.url;
  const size_t scheme_end = url.find("://");
  const size_t authority =
      scheme_end == absl::string_view::npos ? 0 : scheme_end + 3;
  const size_t end = url.find_first_of("/?#", authority);
  return absl::StrCat(request.connection_scope, " ", url.substr(0, end));
}

PooledConnection* ConnectionPool::Acquire(const std::string& key, Choice choice,
                                          absl::Time now) {
  Entry* entry = choice == Choice::kNew ? nullptr : FindAvailable(key, now);
  if (entry == nullptr) {
    const auto max = static_cast<size_t>(options_.max_connections);
    if (entries_.size() >= max && !idle_.empty()) Close(*idle_.front());
    if (entries_.size() >= max) return nullptr;
    auto made = std::make_unique<Entry>(key, now, poller_, opened_);
    entry = made.get();
    entries_.emplace(&entry->connection, std::move(made));
  }
  if (++entry->transfers >= kMaxStreams) MakeUnavailable(*entry);
  return &entry->connection;
}

// A connection that takes another transfer. It no longer counts as idle.
ConnectionPool::Entry* ConnectionPool::FindAvailable(const std::string& key,
                                                     absl::Time now) {
  const auto found = available_.find(key);
  while (found != available_.end()) {
    Entry* const entry = found->second.back();
    const bool is_last = found->second.size() == 1;
    if (!IsExpired(*entry, now)) {
      if (entry->transfers == 0) idle_.erase(entry->idle);
      if (!entry->connection.is_multiplexed()) MakeUnavailable(*entry);
      return entry;
    }
    if (entry->transfers == 0) {
      Close(*entry);
    } else {
      MakeUnavailable(*entry);
    }
    if (is_last) break;  // `found` is invalid now.
  }
  return nullptr;
}

void ConnectionPool::Release(PooledConnection& connection, absl::Time now) {
  Entry& entry = *entries_.at(&connection);
  --entry.transfers;
  MakeUnavailable(entry);
  if (entry.transfers == 0) {
    entry.idle_since = now;
    entry.idle = idle_.insert(idle_.end(), &entry);
    if (!connection.is_open() || IsExpired(entry, now)) {
      Close(entry);
      return;
    }
  } else if (!connection.is_multiplexed() || IsExpired(entry, now)) {
    return;
  }
  available_[connection.key()].push_back(&entry);
}

void ConnectionPool::Retire(absl::string_view scope) {
  std::vector<Entry*> retired;
  for (const auto& [connection, entry] : entries_) {
    if (IsOfScope(connection->key(), scope)) retired.push_back(entry.get());
  }
  for (Entry* const entry : retired) {
    entry->is_retired = true;
    MakeUnavailable(*entry);
    if (entry->transfers == 0) Close(*entry);
  }
}

absl::Time ConnectionPool::CloseIdle(absl::Time now) {
  while (!idle_.empty()) {
    const absl::Time expires = idle_.front()->idle_since + options_.max_idle;
    if (expires > now) return expires;
    Close(*idle_.front());
  }
  return absl::InfiniteFuture();
}

// Whether the connection must not take another transfer.
bool ConnectionPool::IsExpired(const Entry& entry, absl::Time now) const {
  return entry.is_retired ||
         now - entry.connection.opened_at() >= options_.max_connection_age;
}

void ConnectionPool::MakeUnavailable(Entry& entry) {
  const auto found = available_.find(entry.connection.key());
  if (found == available_.end()) return;
  Available& available = found->second;
  available.erase(std::remove(available.begin(), available.end(), &entry),
                  available.end());
  if (available.empty()) available_.erase(found);
}

// `entry` is idle.
void ConnectionPool::Close(Entry& entry) {
  MakeUnavailable(entry);
  idle_.erase(entry.idle);
  entries_.erase(&entry.connection);
}

ConnectionStats ConnectionPool::stats() const {
  ConnectionStats stats;
  stats.limit = options_.max_connections;
  stats.opened = opened_;
  for (const auto& [connection, entry] : entries_) {
    if (connection->is_open()) ++stats.open;
  }
  return stats;
}

}  // namespace wriftai
