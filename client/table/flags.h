#ifndef WRIFTAI_CLIENT_TABLE_FLAGS_H_
#define WRIFTAI_CLIENT_TABLE_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "client/output/output_options.h"
#include "proto/predictions.h"

namespace wriftai::client {

// The values of all commands' flags, before validation across flags.
// flag_table.cc binds the flags to them.
struct Flags {
  std::string profile;
  std::string address = "localhost:50051";
  std::string token_file;
  bool tls = false;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string server_name;
  std::optional<absl::Duration> timeout;
  std::optional<absl::Duration> retry_for;

  OutputFormat output = OutputFormat::kText;
  bool json = false;
  std::string output_file;
  bool quiet = false;
  ColorMode color = ColorMode::kAuto;

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
  std::optional<int64_t> limit;

  std::string service;

  // Of all commands. `help` is handled by FlagSet.
  bool help = false;
  bool version = false;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_TABLE_FLAGS_H_
