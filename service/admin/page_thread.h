#ifndef WRIFTAI_SERVICE_ADMIN_PAGE_THREAD_H_
#define WRIFTAI_SERVICE_ADMIN_PAGE_THREAD_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/http_server/http_responder.h"
#include "base/http_server/server_response.h"

namespace wriftai {

struct PageResponse {
  int status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
  std::string headers{};  // Additional headers, each ending in CRLF.

  ServerResponse ToHttp() &&;
};

// `query`: what follows the first "?" of the URL, verbatim.
using Page = std::function<PageResponse(absl::string_view query)>;

// Renders one page on its own thread. Pending requests with the same query
// share one response.
//
// Threads: any. Owns: the thread; the destructor waits for the page being
// rendered and drops pending requests. The caller bounds their number.
// Fails: never.
class PageThread {
 public:
  explicit PageThread(Page page);
  ~PageThread();
  PageThread(const PageThread&) = delete;
  PageThread& operator=(const PageThread&) = delete;

  void Request(HttpResponder responder, const std::string& query);

 private:
  void Run();

  const Page page_;
  std::mutex mutex_;  // std::condition_variable requires a std::mutex.
  std::condition_variable changed_;
  std::map<std::string, std::vector<HttpResponder>> waiting_;  // By query.
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_PAGE_THREAD_H_
