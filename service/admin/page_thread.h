#ifndef WRIFTAI_SERVICE_ADMIN_PAGE_THREAD_H_
#define WRIFTAI_SERVICE_ADMIN_PAGE_THREAD_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "service/admin/admin_server.h"

namespace wriftai {

// Renders one page on its own thread. Pending requests with the same query
// share one response.
//
// Threads: any. Owns: the thread; the destructor waits for the page being
// rendered and drops pending requests. The caller bounds their number.
// Fails: never.
class PageThread {
 public:
  using SharedResponse = std::shared_ptr<const AdminServer::Response>;
  // Called on the page's thread with the ids of the requests.
  using Done = std::function<void(const std::vector<uint64_t>& ids,
                                  SharedResponse response)>;

  PageThread(AdminServer::Page page, Done done);
  ~PageThread();
  PageThread(const PageThread&) = delete;
  PageThread& operator=(const PageThread&) = delete;

  void Request(uint64_t id, const std::string& query);

 private:
  void Run();

  const AdminServer::Page page_;
  const Done done_;
  std::mutex mutex_;  // std::condition_variable requires a std::mutex.
  std::condition_variable changed_;
  std::map<std::string, std::vector<uint64_t>> waiting_;  // By query.
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_PAGE_THREAD_H_
