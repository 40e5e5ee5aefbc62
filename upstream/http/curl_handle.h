#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_HANDLE_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_HANDLE_H_

#include <curl/curl.h>

#include <memory>
#include <string>

#include "absl/status/status.h"

// Thin skins over libcurl: who frees what, and options whose errors are not
// lost. This folder alone includes libcurl.

namespace wriftai {

struct CurlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct CurlEasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct CurlMultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

using CurlUrl = std::unique_ptr<CURLU, CurlDeleter>;
using CurlEasy = std::unique_ptr<CURL, CurlEasyDeleter>;

// Every easy handle must have been removed from it before it goes.
using CurlMulti = std::unique_ptr<CURLM, CurlMultiDeleter>;

// A list of header lines, as CURLOPT_HTTPHEADER wants it: the caller keeps it
// until the transfer is over.
class CurlHeaders {
 public:
  void Add(const std::string& line);
  curl_slist* get() const { return list_.get(); }

 private:
  std::unique_ptr<curl_slist, CurlDeleter> list_;
};

// What libcurl takes numbers as.
using CurlLong = long;  // NOLINT(google-runtime-int)

// Sets libcurl's globals up, once in a process however often it is called.
// They are never torn down, as other parts of the process may use libcurl.
// Any thread. INTERNAL with libcurl's reason.
absl::Status CurlGlobalInit();

// Sets options of one easy handle and keeps the first error, so that a long
// list of them needs one check. The option's name says which method: libcurl
// reads its argument unchecked as one of these types.
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
    Note(option, (curl_easy_setopt)(easy_, option, value));
  }

  const absl::Status& status() const { return status_; }

 private:
  void Note(CURLoption option, CURLcode code);

  CURL* const easy_;
  absl::Status status_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_HANDLE_H_
