#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_MULTI_POOL_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_MULTI_POOL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/byte_budget.h"
#include "base/event_loop.h"
#include "upstream/http/connection_pool.h"
#include "upstream/http/curl_handle.h"
#include "upstream/http/curl_poller.h"
#include "upstream/http/curl_transfer.h"
#include "upstream/http/http_options.h"
#include "upstream/http/http_transport.h"
#include "upstream/http/url_parser.h"

namespace wriftai {

// The requests of one loop: the multi handle, requests in flight or waiting for
// a connection, and easy handles for reuse.
//
// Threads: loop only; Wake() on any thread. Owns: transfers, their callbacks,
// and the connections. `event_loop` and `options` must outlive this; handles
// may, and then do nothing. Fails: through `done`. The constructor ends the
// process if libcurl lacks memory or descriptors to start.
class CurlMultiPool {
 public:
  CurlMultiPool(EventLoop& event_loop, const HttpOptions& options);
  ~CurlMultiPool();
  CurlMultiPool(const CurlMultiPool&) = delete;
  CurlMultiPool& operator=(const CurlMultiPool&) = delete;

  // HttpTransport::Send().
  [[nodiscard]] CallHandle Send(HttpRequest request, HttpTransport::Done done);

  // HttpTransport::RetireConnections().
  void RetireConnections(absl::string_view scope);

  // Transfers data, and calls back for requests that have ended.
  void Perform();

  // Sleeps until a socket is ready, a libcurl timer is due, Wake() is called,
  // or `timeout` is over. Does not sleep while a transfer is paused.
  void Wait(absl::Duration timeout) {
    poller_.Wait(paused_.empty() ? timeout : absl::ZeroDuration());
  }

  // Ends the current Wait(), or else the next one. Any thread.
  void Wake() { poller_.Wake(); }

  ConnectionStats connection_stats() const { return pool_.stats(); }

  // Drops all requests in flight without calling back. False if there were
  // none.
  bool Clear();

 private:
  struct Entry;
  class Handle;
  using Entries = std::unordered_map<uint64_t, std::unique_ptr<Entry>>;

  CurlEasy AnyEasy();
  absl::Status Start(Entry& entry);
  bool Run(Entry& entry);
  void RunWaiting();
  void Stop(Entry& entry);
  void CloseIdle();
  void ResumePaused();
  void OnDone(Entry& entry, CURLcode code);
  void FailAsync(Entry& entry, TransportFailure failure);
  void OnTimeout(uint64_t id);
  void Drop(uint64_t id);
  std::unique_ptr<Entry> Remove(uint64_t id);

  EventLoop& event_loop_;
  const HttpOptions& options_;
  ByteBudget bodies_;
  const CurlMulti multi_;
  UrlParser urls_;
  CurlPoller poller_;
  ConnectionPool pool_;
  TimerHandle close_idle_;
  std::vector<CurlEasy> idle_;
  Entries entries_;
  std::map<uint64_t, Entry*> waiting_;  // For a connection, in order.
  std::vector<uint64_t> paused_;        // Some may have ended since.
  uint64_t next_id_ = 1;

  // Lets handles detect that this is destroyed.
  const std::shared_ptr<CurlMultiPool*> self_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_MULTI_POOL_H_
