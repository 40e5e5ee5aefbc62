#ifndef WRIFTAI_SANDBOX_VALIDATION_ERRORS_H_
#define WRIFTAI_SANDBOX_VALIDATION_ERRORS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sandbox/http_message.h"

namespace wriftai::sandbox {

// What is wrong with a request, in the shape that FastAPI gives it: all at
// once, each with the place, a sentence and a word for the kind.
//
// Threads: one.
class ValidationErrors {
 public:
  // `location` in words, such as {"body", "webhook", "url"}.
  void Add(const std::vector<absl::string_view>& location,
           absl::string_view message, absl::string_view type);

  // The same with each part of `location` being JSON, for indices.
  void AddRaw(const std::vector<std::string>& location,
              absl::string_view message, absl::string_view type);

  bool empty() const { return errors_.empty(); }

  // The list, as it stands under "detail".
  std::string ListJson() const;

  // 422 with the list.
  Response ToResponse() const;

 private:
  std::vector<std::string> errors_;
};

// `status` with {"detail": text}, as FastAPI answers all but validation.
Response DetailResponse(int status, absl::string_view text);

// `status` with a JSON body.
Response JsonResponse(int status, std::string body);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_VALIDATION_ERRORS_H_
