#ifndef WRIFTAI_UPSTREAM_REST_HTTP_DATE_H_
#define WRIFTAI_UPSTREAM_REST_HTTP_DATE_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace wriftai {

// Parses an HTTP-date in any of the three forms that RFC 9110, section 5.6.7,
// requires recipients to accept:
//
//   Sun, 06 Nov 1994 08:49:37 GMT    (IMF-fixdate)
//   Sunday, 06-Nov-94 08:49:37 GMT   (RFC 850)
//   Sun Nov  6 08:49:37 1994         (asctime)
//
// The name of the day is not checked against the date. A two-digit RFC 850 year
// is the latest such year that is at most 50 years after `now`. nullopt for any
// other text. Any thread.
std::optional<absl::Time> ParseHttpDate(absl::string_view text, absl::Time now);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_HTTP_DATE_H_
