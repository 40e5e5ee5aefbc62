#include "upstream/http/curl_version.h"

#include <curl/curl.h>

namespace wriftai {

std::string CurlVersion() {
  return curl_version_info(CURLVERSION_NOW)->version;
}

std::string CurlTlsVersion() {
  const char* const tls = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return tls == nullptr ? "none" : tls;
}

}  // namespace wriftai
