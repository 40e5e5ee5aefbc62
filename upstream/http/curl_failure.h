#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_FAILURE_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_FAILURE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "upstream/http/curl_handle.h"
#include "upstream/http/http_message.h"
#include "upstream/http/http_options.h"

namespace wriftai {

// The state of a transfer when libcurl failed it.
struct CurlFailure {
  CURLcode code = CURLE_OK;
  bool maybe_sent = false;        // A connection was ready for the request.
  bool headers_complete = false;  // Of the response.
  absl::string_view text;         // CURLOPT_ERRORBUFFER; may quote the server.
};

// Classifies the failure, with a correct message in printable ASCII. Some error
// texts of libcurl 7.88 are misleading. A header line above its limit of 100
// KiB is "Out of memory", and so is a trailer above 4 KiB. A body that cannot
// be decoded is "Failed writing received data to disk/application". Any thread.
TransportFailure TransportFailureFrom(const CurlFailure& failure,
                                      const HttpOptions& options);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_FAILURE_H_
