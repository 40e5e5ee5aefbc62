#ifndef WRIFTAI_UPSTREAM_CLUSTER_RECORDS_H_
#define WRIFTAI_UPSTREAM_CLUSTER_RECORDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The values in the store: lines of NAME=VALUE. Readers ignore names that they
// do not know, so builds that differ can share a store.

namespace wriftai::cluster {

// The value of an owner whose tenure has ended in good order.
inline constexpr absl::string_view kReleased = "released";

// The value of a member key. Session and lease are in the key and its entry.
struct MemberRecord {
  std::string address;  // Of the port for peers: HOST:PORT.
};

std::string Encode(const MemberRecord& record);
// INVALID_ARGUMENT without an address.
absl::StatusOr<MemberRecord> DecodeMember(absl::string_view text);

// What is known of a create with a request ID.
struct RequestRecord {
  enum class State {
    kSending,   // The POST may have been sent.
    kAnswered,  // `result` is known.
  };
  State state = State::kSending;
  std::string session;      // That began it.
  std::string attempt;      // Unique: NODE.N.
  std::string fingerprint;  // Of the create, in hex digits.
  std::string result;       // If answered: one line, chosen by the caller.
};

std::string Encode(const RequestRecord& record);
// INVALID_ARGUMENT if a field is missing or the state is unknown.
absl::StatusOr<RequestRecord> DecodeRequest(absl::string_view text);

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_RECORDS_H_
