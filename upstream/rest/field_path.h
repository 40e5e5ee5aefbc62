#ifndef WRIFTAI_UPSTREAM_REST_FIELD_PATH_H_
#define WRIFTAI_UPSTREAM_REST_FIELD_PATH_H_

#include <string>

#include "upstream/json/error_json.h"
#include "upstream/rest/call_subject.h"

namespace wriftai {

// Which field of the caller's request a violation of a 422 refers to.
struct FieldPath {
  // A field of the operation's request message, such as "webhook.url". Inside
  // an input given as a Value the path continues ("input.items[3]").
  // "authorization" for the metadata. Empty if no field corresponds. Plain text
  // of at most 256 bytes.
  std::string field;

  // The part of the upstream's location that `field` does not cover, such as
  // "prompt" inside `input_json`, or empty.
  std::string rest;
};

// Translates the upstream's location (FastAPI: a part of its request, then a
// path). The location is untrusted: known names map to our fields, and others
// never become field names. FastAPI reports invalid JSON as a position in the
// body ("body", 32). That maps to the input, since the gateway writes the rest
// of the body. Any thread.
FieldPath FieldPathOf(const UpstreamViolation& violation,
                      const CallSubject& subject);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_FIELD_PATH_H_
