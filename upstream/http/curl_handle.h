#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_HANDLE_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_HANDLE_H_

#include <curl/curl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

// Thin wrappers of libcurl: ownership, and options with error handling. Only
// this folder includes libcurl.

namespace wriftai {

struct CurlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct CurlEasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct CurlMultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

using CurlUrl = std::unique_ptr<CURLU, CurlDeleter>;
using CurlEasy = std::unique_ptr<CURL, CurlEasyDeleter>;

// Every easy handle must be removed from it before it is destroyed.
using CurlMulti = std::unique_ptr<CURLM, CurlMultiDeleter>;

// A list of header lines for CURLOPT_HTTPHEADER. Must outlive the transfer.
class CurlHeaders {
 public:
  CurlHeaders() = default;
  CurlHeaders(const CurlHeaders&) = delete;
  CurlHeaders& operator=(const CurlHeaders&) = delete;

  // Before Link().
  void Add(std::string line) { lines_.push_back(std::move(line)); }

  // The list; null if it is empty. libcurl only reads it.
  curl_slist* Link();

 private:
  std::vector<std::string> lines_;
  std::vector<curl_slist> nodes_;  // Point at the lines.
};

// The type of libcurl's numeric options.
using CurlLong = long;  // NOLINT(google-runtime-int)

// Initializes libcurl once per process. It is never torn down, as other parts
// of the process may use libcurl. Any thread. INTERNAL with libcurl's reason.
absl::Status CurlGlobalInit();

// Sets options of one easy handle and keeps the first error, so a list of
// options needs one check. The method must match the option's type: libcurl
// does not check it.
//
// Threads: the handle's. `easy` must outlive this. Fails: status().
class CurlOptions {
 public:
  explicit CurlOptions(CURL* easy) : easy_(easy) {}

  void Number(CURLoption option, CurlLong value);
  void Size(CURLoption option, curl_off_t value);
  // Copied by libcurl.
  void Text(CURLoption option, const std::string& value);
  // An object or a function; not copied.
  template <typename T>
  void Pointer(CURLoption option, T* value) {
    Record(option, (curl_easy_setopt)(easy_, option, value));
  }

  const absl::Status& status() const { return status_; }

 private:
  void Record(CURLoption option, CURLcode code);

  CURL* const easy_;
  absl::Status status_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_HANDLE_H_
