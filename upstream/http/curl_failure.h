#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_FAILURE_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_FAILURE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "upstream/http/curl_handle.h"
#include "upstream/http/http_message.h"
#include "upstream/http/http_options.h"

namespace wriftai {

// What was known of a transfer when libcurl gave it up.
struct CurlFailure {
  CURLcode code = CURLE_OK;
  bool maybe_sent = false;        // A connection was ready for the request.
  bool headers_complete = false;  // Of the response.
  absl::string_view text;         // CURLOPT_ERRORBUFFER; may quote the server.
};

// What that failure is, in words that are true and printable ASCII. libcurl
// 7.88 has codes that say something else than what happened: a header line
// above its limit of 100 KiB is "Out of memory", and so is a trailer above 4
// KiB; a body that it cannot decode is "Failed writing received data to
// disk/application". Any thread.
TransportFailure TransportFailureFrom(const CurlFailure& failure,
                                      const HttpOptions& options);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_FAILURE_H_
