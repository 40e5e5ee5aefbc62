#include "upstream/http/curl_handle.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace wriftai {

void CurlHeaders::Add(const std::string& line) {
  curl_slist* const longer = curl_slist_append(list_.get(), line.c_str());
  // Out of memory; operator new would end the process, too.
  if (longer == nullptr) std::abort();
  // The first append creates the list; later ones return the same head.
  if (list_ == nullptr) list_.reset(longer);
}

absl::Status CurlGlobalInit() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code == CURLE_OK) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("cannot initialize libcurl: ", curl_easy_strerror(code)));
}

void CurlOptions::Number(CURLoption option, CurlLong value) {
  Record(option, (curl_easy_setopt)(easy_, option, value));
}

void CurlOptions::Size(CURLoption option, curl_off_t value) {
  Record(option, (curl_easy_setopt)(easy_, option, value));
}

void CurlOptions::Text(CURLoption option, const std::string& value) {
  Record(option, (curl_easy_setopt)(easy_, option, value.c_str()));
}

void CurlOptions::Record(CURLoption option, CURLcode code) {
  if (code == CURLE_OK || !status_.ok()) return;
  const curl_easyoption* const known = curl_easy_option_by_id(option);
  status_ = absl::InternalError(
      absl::StrCat("libcurl rejected option ",
                   known != nullptr ? known->name : "of a newer version", ": ",
                   curl_easy_strerror(code)));
}

}  // namespace wriftai
