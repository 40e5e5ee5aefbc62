#ifndef WRIFTAI_UPSTREAM_CLUSTER_RECORDS_H_
#define WRIFTAI_UPSTREAM_CLUSTER_RECORDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The values in the store: lines of NAME=VALUE. Readers ignore names that they
// do not know, so builds that differ can share a store.

namespace wriftai::cluster {

// The value of an owner whose tenure has ended in good order.
inline constexpr absl::string_view kReleased = "released";

// The protocol between replicas that this build speaks.
inline constexpr absl::string_view kProtocol = "1";

// The value of a member key. Session and lease are in the key and its entry.
struct MemberRecord {
  std::string address;          // Of the port for peers: HOST:PORT.
  std::string webhook_address;  // Of the port for webhooks; empty: off.
  std::string build;            // Such as "0.1.0+c0ffee".
  std::vector<std::string> protocols{std::string(kProtocol)};

  // Whether it serves, and whether it calls members that join: see
  // Reachability. Builds that write neither serve, and call no one.
  bool admitted = true;
  bool calls_joining = true;

  // The tags of the gateway's own tokens, the current and the previous one;
  // empty: none.
  std::vector<std::string> own_tags;

  // Whether both speak a protocol, so that one may forward calls to the other.
  bool SharesProtocol(const MemberRecord& other) const;

  // Whether one of `tags` is of an own token.
  bool HasOwnToken(const std::vector<std::string>& tags) const;

  // Whether both have own tokens that may be of one account. True if one of
  // them has none.
  bool MayShareOwnToken(const MemberRecord& other) const;
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
