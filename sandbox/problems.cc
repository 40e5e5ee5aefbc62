#include "sandbox/problems.h"

#include <utility>

#include "sandbox/json.h"

namespace wriftai::sandbox {

void Problems::Add(const std::vector<absl::string_view>& location,
                   absl::string_view message, absl::string_view type) {
  std::vector<std::string> quoted;
  quoted.reserve(location.size());
  for (absl::string_view part : location) quoted.push_back(JsonQuote(part));
  AddRaw(quoted, message, type);
}

void Problems::AddRaw(const std::vector<std::string>& location,
                      absl::string_view message, absl::string_view type) {
  problems_.push_back(JsonObject()
                          .Raw("loc", JsonArray(location))
                          .String("msg", message)
                          .String("type", type)
                          .Take());
}

std::string Problems::ListJson() const { return JsonArray(problems_); }

Reply Problems::ToReply() const {
  return JsonReply(422, JsonObject().Raw("detail", ListJson()).Take());
}

Reply DetailReply(int status, absl::string_view text) {
  return JsonReply(status, JsonObject().String("detail", text).Take());
}

Reply JsonReply(int status, std::string body) {
  Reply reply;
  reply.status = status;
  reply.headers.emplace_back("content-type", "application/json");
  reply.body = std::move(body);
  return reply;
}

}  // namespace wriftai::sandbox
