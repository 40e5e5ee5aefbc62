#ifndef WRIFTAI_SERVICE_ENGINE_CREDENTIAL_OWNERSHIP_H_
#define WRIFTAI_SERVICE_ENGINE_CREDENTIAL_OWNERSHIP_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/credential.h"
#include "upstream/budget/grant_guard.h"

namespace wriftai {

// Loop thread. May call the ownership.
class OwnershipObserver {
 public:
  virtual ~OwnershipObserver() = default;

  // Another replica, or none, owns the credential from now on; or what its
  // guard answers has changed. May also be called without a change.
  // `owned_here`: see CredentialOwnership::IsOwnedHere().
  virtual void OnOwnershipChanged(const std::string& credential_key,
                                  bool owned_here) = 0;
};

// Which replica owns a credential, as far as this one knows. Only the owner
// sends anything to the upstream with it.
//
// Threads: loop. It must outlive the engine, and the engine its observer
// registration. Fails: only Use().
class CredentialOwnership {
 public:
  virtual ~CredentialOwnership() = default;

  // Who is notified, from the loop and never inside a method of this class.
  // Null: no observer.
  virtual void SetObserver(OwnershipObserver* observer) = 0;

  // The credential is in use here: if no replica owns it, this one claims it.
  // The engine repeats it with every call, and every minute while there are
  // waits. UNAVAILABLE (OWNER_UNAVAILABLE): too many credentials.
  virtual absl::Status Use(const Credential& credential) = 0;

  // Whether calls may run here. True also during the pause after a take-over,
  // which the budget awaits (GrantGuard), and while the tenure is uncertain.
  virtual bool IsOwnedHere(const Credential& credential) const = 0;

  // Which replica owns it: increases with each change of the owner, as far as
  // this replica knows. 0: none.
  virtual int64_t OwnerEpoch(const Credential& credential) const = 0;

  // A call or Wait has not reached the owner. Repeated while it searches; a
  // replica that is cut off then asks the others.
  virtual void Search(const Credential& credential) = 0;

  // For the credential's budget. UNAVAILABLE (NOT_OWNER) while this replica
  // does not certainly own it; OnOwnershipChanged() follows once it does.
  virtual std::unique_ptr<const GrantGuard> MakeGuard(
      const Credential& credential) = 0;

  // This replica shuts down: it grants nothing more, claims nothing more, and
  // makes other replicas the owners of what it owns. Repeating it is allowed.
  virtual void BeginDrain() = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_CREDENTIAL_OWNERSHIP_H_
