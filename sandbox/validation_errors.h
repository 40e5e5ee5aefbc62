#ifndef WRIFTAI_SANDBOX_VALIDATION_ERRORS_H_
#define WRIFTAI_SANDBOX_VALIDATION_ERRORS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sandbox/http_message.h"

namespace wriftai::sandbox {

// The errors of a request in FastAPI's format, each with a location, a message
// and a type.
//
// Threads: one.
class ValidationErrors {
 public:
  // `location`: plain strings, such as {"body", "webhook", "url"}.
  void Add(const std::vector<absl::string_view>& location,
           absl::string_view message, absl::string_view type);

  // `location`: JSON values, which may be indices.
  void AddRaw(const std::vector<std::string>& location,
              absl::string_view message, absl::string_view type);

  bool empty() const { return errors_.empty(); }

  // The list, the value of "detail".
  std::string ListJson() const;

  // 422 with the list.
  Response ToResponse() const;

 private:
  std::vector<std::string> errors_;
};

// `status` with {"detail": text}, FastAPI's format of all other errors.
Response DetailResponse(int status, absl::string_view text);

// `status` with a JSON body.
Response JsonResponse(int status, std::string body);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_VALIDATION_ERRORS_H_
