#include "upstream/http/curl_handle.h"

#include <cstddef>

#include "absl/strings/str_cat.h"

namespace wriftai {

curl_slist* CurlHeaders::Link() {
  nodes_.resize(lines_.size());
  for (size_t i = 0; i < lines_.size(); ++i) {
    nodes_[i].data = lines_[i].data();
    nodes_[i].next = i + 1 < lines_.size() ? &nodes_[i + 1] : nullptr;
  }
  return nodes_.data();
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
