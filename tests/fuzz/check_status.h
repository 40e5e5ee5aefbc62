#ifndef WRIFTAI_TESTS_FUZZ_CHECK_STATUS_H_
#define WRIFTAI_TESTS_FUZZ_CHECK_STATUS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/strip.h"
#include "base/utf8.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "tests/fuzz/check.h"

namespace wriftai {

// The limit of gRPC clients for trailers (8 KiB), minus space for the status.
inline constexpr size_t kMaxDetailBytes = 7 << 10;

// Checks that the detail `bytes` can be parsed as the type in `type_url`.
inline void CheckDetail(absl::string_view type_url, const std::string& bytes) {
  absl::ConsumePrefix(&type_url, "type.googleapis.com/");
  const auto* const type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          std::string(type_url));
  FUZZ_CHECK(type != nullptr);
  const std::unique_ptr<google::protobuf::Message> detail(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(type)
          ->New());
  FUZZ_CHECK(detail->ParseFromString(bytes));
}

// Checks that the message and all details of `status` can be sent and parsed.
inline void CheckStatus(const absl::Status& status) {
  FUZZ_CHECK(IsUtf8(status.message()));
  FUZZ_CHECK(status.message().size() <= 1024);
  size_t size = 0;
  status.ForEachPayload(
      [&](absl::string_view type_url, const absl::Cord& cord) {
        const std::string bytes(cord);
        size += bytes.size();
        CheckDetail(type_url, bytes);
      });
  FUZZ_CHECK(size > 0);
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_FUZZ_CHECK_STATUS_H_
