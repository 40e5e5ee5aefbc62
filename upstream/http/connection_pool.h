#ifndef WRIFTAI_UPSTREAM_HTTP_CONNECTION_POOL_H_
#define WRIFTAI_UPSTREAM_HTTP_CONNECTION_POOL_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/http/http_message.h"
#include "upstream/http/http_options.h"
#include "upstream/http/pooled_connection.h"

namespace wriftai {

// The connections of one loop, bounded in number. Each serves one scope and one
// origin, so that nothing which one credential leaves on a connection can reach
// another. When the bound is reached, an idle one gives way to a new one, the
// least recently used first.
//
// Threads: one. Owns: the connections; what Acquire() gave must be released
// before this goes. Fails: never.
class ConnectionPool {
 public:
  // Transfers at a time on a connection of HTTP/2: what RFC 9113, section
  // 6.5.2, recommends that servers accept at the least.
  static constexpr int kMaxStreams = 100;

  // `options` must outlive this.
  explicit ConnectionPool(const HttpOptions& options) : options_(options) {}

  // Who may share a connection with `request`: its scope and its origin.
  static std::string KeyOf(const HttpRequest& request);

  enum class Choice { kAny, kNew };

  // A connection for one transfer: an idle one of that key, the most recently
  // used first, one that takes another stream, or a new one; with kNew, always
  // a new one. Null where all that there may be are in use.
  PooledConnection* Acquire(const std::string& key, Choice choice,
                            absl::Time now);

  // The transfer has ended, and is attached to the connection no more. Closed
  // connections go, those that are retired, and those that are
  // too old.
  void Release(PooledConnection& connection, absl::Time now);

  // Closes the connections of that scope, those in use once they are idle; they
  // take no further transfer.
  void Retire(absl::string_view scope);

  // Closes what has been idle for HttpOptions::max_idle. Returns when there is
  // more to close; InfiniteFuture while none is idle.
  absl::Time CloseIdle(absl::Time now);

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Entry(const std::string& key, absl::Time now) : connection(key, now) {}

    PooledConnection connection;
    int transfers = 0;
    bool is_retired = false;
    absl::Time idle_since;
    std::list<Entry*>::iterator idle;  // Valid while transfers is 0.
  };
  using Available = std::vector<Entry*>;

  Entry* FindAvailable(const std::string& key, absl::Time now);
  bool IsDone(const Entry& entry, absl::Time now) const;
  void StopOffering(Entry& entry);
  void Close(Entry& entry);

  const HttpOptions& options_;
  std::unordered_map<PooledConnection*, std::unique_ptr<Entry>> entries_;
  // Those that take another transfer, the most recently used last.
  std::unordered_map<std::string, Available> available_;
  std::list<Entry*> idle_;  // The least recently used first.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CONNECTION_POOL_H_
