#ifndef WRIFTAI_UPSTREAM_HTTP_CONNECTION_POOL_H_
#define WRIFTAI_UPSTREAM_HTTP_CONNECTION_POOL_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/http/connection_stats.h"
#include "upstream/http/http_message.h"
#include "upstream/http/http_options.h"
#include "upstream/http/pooled_connection.h"

namespace wriftai {

// The connections of one loop, bounded in number. Each connection serves one
// scope and one origin, so data left on it by one credential cannot reach
// another. At the bound, the least recently used idle connection is closed to
// open a new one.
//
// Threads: one. Owns: the connections. All of them must be released before this
// is destroyed. Fails: never.
class ConnectionPool {
 public:
  // Maximum concurrent transfers on an HTTP/2 connection: the minimum that RFC
  // 9113, section 6.5.2, recommends for servers.
  static constexpr int kMaxStreams = 100;

  // Both must outlive this.
  ConnectionPool(const HttpOptions& options, CurlPoller& poller)
      : options_(options), poller_(poller) {}

  // The key of connections that `request` may use: its scope and origin.
  static std::string KeyOf(const HttpRequest& request);

  enum class Choice { kAny, kNew };

  // A connection for one transfer: the most recently used one with that key
  // that takes another transfer, or a new one. kNew: always a new one. Null if
  // the maximum number of connections is in use.
  PooledConnection* Acquire(const std::string& key, Choice choice,
                            absl::Time now);

  // The transfer has ended and is detached. Drops the connection if it is
  // closed, retired or too old.
  void Release(PooledConnection& connection, absl::Time now);

  // Closes the connections of that scope. Those in use take no further transfer
  // and are closed once idle.
  void Retire(absl::string_view scope);

  // Closes connections that have been idle for HttpOptions::max_idle. Returns
  // when to call this next; InfiniteFuture if none is idle.
  absl::Time CloseIdle(absl::Time now);

  size_t size() const { return entries_.size(); }

  ConnectionStats stats() const;

 private:
  struct Entry {
    Entry(const std::string& key, absl::Time now, CurlPoller& poller,
          int64_t& opened)
        : connection(key, now, poller, opened) {}

    PooledConnection connection;
    int transfers = 0;
    bool is_retired = false;
    absl::Time idle_since;
    std::list<Entry*>::iterator idle;  // Valid while transfers is 0.
  };
  using Available = std::vector<Entry*>;

  Entry* FindAvailable(const std::string& key, absl::Time now);
  bool IsExpired(const Entry& entry, absl::Time now) const;
  void MakeUnavailable(Entry& entry);
  void Close(Entry& entry);

  const HttpOptions& options_;
  CurlPoller& poller_;
  std::unordered_map<PooledConnection*, std::unique_ptr<Entry>> entries_;
  // Connections that take another transfer. Most recently used last.
  std::unordered_map<std::string, Available> available_;
  std::list<Entry*> idle_;  // Least recently used first.
  int64_t opened_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CONNECTION_POOL_H_
