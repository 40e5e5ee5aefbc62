#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_VERSION_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_VERSION_H_

#include <string>

namespace wriftai {

// The version of the libcurl in use, such as "7.88.1". Any thread.
std::string CurlVersion();

// The version of its TLS library, such as "OpenSSL/3.0.11". Any thread.
std::string CurlTlsVersion();

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_VERSION_H_
