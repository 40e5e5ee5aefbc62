#ifndef WRIFTAI_SERVICE_ENGINE_GATEWAY_CREDENTIAL_H_
#define WRIFTAI_SERVICE_ENGINE_GATEWAY_CREDENTIAL_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/credential.h"
#include "base/event_loop.h"
#include "base/secret.h"
#include "base/watched_file.h"

namespace wriftai {

// The gateway's own credential: a fixed token, or the token in a file, which is
// reloaded when it changes (a rotated Kubernetes secret). If the file is
// unreadable or has no token, the last valid token stays in use.
//
// State kept for this credential survives a rotation: waits continue with the
// new token, and a create under a request_id is still known. So the file must
// not receive the token of another account while the gateway runs.
//
// Threads: Open() any, the rest on the loop. `event_loop` must outlive the last
// call. Fails: only Open(); later errors are logged, without the token.
class GatewayCredential final : public Credential {
 public:
  static constexpr char kName[] = "gateway";

  // Null if both are empty. The file takes precedence. INVALID_ARGUMENT if it
  // is not a readable regular file of at most 16 KiB, or does not contain a
  // token of printable ASCII.
  static absl::StatusOr<std::shared_ptr<const GatewayCredential>> Open(
      Secret token, std::string file, const EventLoop& event_loop);

  // Whether Open() would accept the file now. Any thread.
  static absl::Status CheckFile(const std::string& path);

  // Checks the file at most once a second.
  Secret token() const override;
  // Checks the file now.
  Secret ReloadedToken() const override;
  Secret previous_token() const override { return state_->previous; }

  bool from_file() const { return state_->file.has_value(); }

  // Whether `callers` has the same token, and so shares the same budget.
  bool Matches(const Credential& callers) const;

 private:
  struct State {
    explicit State(const EventLoop& clock) : event_loop(clock) {}

    const EventLoop& event_loop;
    std::optional<WatchedFile> file;
    Secret current;
    Secret previous;
    std::string current_key;  // Credential::key() of a caller with `current`.

    absl::Status Take(absl::StatusOr<std::string> text);
    void TakeAndLog(absl::StatusOr<std::string> text);
    void Use(Secret token);
  };

  explicit GatewayCredential(const EventLoop& event_loop);

  // The token changes; the credential's identity does not.
  const std::unique_ptr<State> state_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_GATEWAY_CREDENTIAL_H_
