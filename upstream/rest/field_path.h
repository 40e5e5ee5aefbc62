#ifndef WRIFTAI_UPSTREAM_REST_FIELD_PATH_H_
#define WRIFTAI_UPSTREAM_REST_FIELD_PATH_H_

#include <string>

#include "upstream/json/error_json.h"
#include "upstream/rest/call_subject.h"

namespace wriftai {

// Where in the caller's request an entry of a 422 belongs.
struct FieldPath {
  // A field of the operation's request message, such as "webhook.url"; inside
  // of an input that was given as a Value the path goes on ("input.items[3]").
  // "authorization" for the metadata. Empty where no field corresponds. Plain
  // text of at most 256 bytes.
  std::string field;

  // What of the upstream's location `field` does not say, such as "prompt"
  // inside of `input_json`; empty where it says all.
  std::string rest;
};

// The location is the upstream's word (FastAPI: the part of its request, then
// the way down), so that it is only ever translated: nothing in it becomes a
// name of a field. A position in the body ("body", 32), which FastAPI gives for
// JSON that it cannot read, is the input's: the rest of the body is the
// gateway's own. Any thread.
FieldPath FieldPathOf(const UpstreamViolation& violation,
                      const CallSubject& subject);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_FIELD_PATH_H_
