#ifndef WRIFTAI_UPSTREAM_CREATE_CREATE_RECORDS_H_
#define WRIFTAI_UPSTREAM_CREATE_CREATE_RECORDS_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "base/call.h"
#include "base/credential.h"

namespace wriftai {

// Remembers creates with a request ID for all replicas, so that each is sent at
// most once.
//
// Threads: loop. It must outlive its handles. A callback runs on the loop,
// once, after Begin() has returned, and never after the handle is destroyed.
class CreateRecords {
 public:
  enum class Verdict {
    kSend,            // Send the create, then report its outcome.
    kCreated,         // `prediction_id` was created.
    kInProgress,      // Another attempt may still end. Ask again later.
    kOutcomeUnknown,  // It may have been sent; nobody knows what came of it.
  };
  struct Begun {
    Verdict verdict = Verdict::kSend;
    std::string attempt;        // If kSend.
    std::string fingerprint;    // Otherwise: of the create that was recorded.
    std::string prediction_id;  // If kCreated.
  };
  using BeginDone = absl::AnyInvocable<void(absl::StatusOr<Begun>)>;

  virtual ~CreateRecords() = default;

  // Records that the create is about to be sent, unless there is a record.
  // `fingerprint`: of what is sent, as hex digits. UNAVAILABLE (NOT_OWNER,
  // STORE_DOWN): nothing is to be sent.
  [[nodiscard]] virtual CallHandle Begin(const Credential& credential,
                                         const std::string& request_id,
                                         const std::string& fingerprint,
                                         BeginDone done) = 0;

  // The outcome of an attempt, once.
  virtual void OnCreated(const std::string& attempt,
                         const std::string& prediction_id) = 0;
  virtual void OnNothingCreated(const std::string& attempt) = 0;
  virtual void OnOutcomeUnknown(const std::string& attempt) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CREATE_CREATE_RECORDS_H_
