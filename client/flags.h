#ifndef WRIFTAI_CLIENT_FLAGS_H_
#define WRIFTAI_CLIENT_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/flag_set.h"
#include "proto/predictions.h"

namespace wriftai::client {

// The values of all commands' flags, before validation across flags. Each
// command adds only its own flags to a FlagSet.
struct Flags {
  std::string address = "localhost:50051";
  std::string token_file;
  bool tls = false;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string server_name;
  std::optional<absl::Duration> timeout;
  bool json = false;
  bool version = false;

  v1::PayloadFormat payload_format = v1::PAYLOAD_FORMAT_JSON;

  std::optional<absl::Duration> poll_interval;
  bool only_changes = false;

  std::string input;
  bool wait = false;
  std::string webhook;
  std::string webhook_secret_file;
  bool validate_input = false;
  std::optional<absl::Duration> server_wait;
  std::string request_id;

  int64_t page_size = 25;
  std::string page_token;
  bool all = false;

  std::string service;
};

void AddCommonFlags(Flags& flags, FlagSet& set);
void AddPayloadFlags(Flags& flags, FlagSet& set);
void AddWaitFlags(Flags& flags, FlagSet& set);
void AddCreateFlags(Flags& flags, FlagSet& set);
void AddListFlags(Flags& flags, FlagSet& set);
void AddHealthFlags(Flags& flags, FlagSet& set);

// Converts `arguments` to the spelling of FlagSet: "-" in flags' names becomes
// "_", "--no-wait" becomes "--nowait", "-h" becomes "--help". Values stay
// unchanged, even those that look like flags. INVALID_ARGUMENT: a flag with
// one dash.
absl::StatusOr<std::vector<std::string>> NormalizeSpelling(
    const std::vector<std::string>& arguments);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_FLAGS_H_
