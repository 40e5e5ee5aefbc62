#include "sandbox/validation_errors.h"

#include <utility>

#include "sandbox/json.h"

namespace wriftai::sandbox {

void ValidationErrors::Add(const std::vector<absl::string_view>& location,
                           absl::string_view message, absl::string_view type) {
  std::vector<std::string> quoted;
  quoted.reserve(location.size());
  for (absl::string_view part : location) quoted.push_back(JsonQuote(part));
  AddRaw(quoted, message, type);
}

void ValidationErrors::AddRaw(const std::vector<std::string>& location,
                              absl::string_view message,
                              absl::string_view type) {
  errors_.push_back(JsonObject()
                        .Raw("loc", JsonArray(location))
                        .String("msg", message)
                        .String("type", type)
                        .Take());
}

std::string ValidationErrors::ListJson() const { return JsonArray(errors_); }

Response ValidationErrors::ToResponse() const {
  return JsonResponse(422, JsonObject().Raw("detail", ListJson()).Take());
}

Response DetailResponse(int status, absl::string_view text) {
  return JsonResponse(status, JsonObject().String("detail", text).Take());
}

Response JsonResponse(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers.emplace_back("content-type", "application/json");
  response.body = std::move(body);
  return response;
}

}  // namespace wriftai::sandbox
