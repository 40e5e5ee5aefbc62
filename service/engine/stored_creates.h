#ifndef WRIFTAI_SERVICE_ENGINE_STORED_CREATES_H_
#define WRIFTAI_SERVICE_ENGINE_STORED_CREATES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "base/event_loop.h"
#include "upstream/cluster/request_records.h"
#include "upstream/create/create_records.h"

namespace wriftai {

// Creates with a request ID, as records in the store that all replicas share.
// The store sees neither the token nor the ID, only digests.
//
// Threads: loop. EventLoop and records must outlive it. Fails: UNAVAILABLE
// (NOT_OWNER) without a tenure; UNAVAILABLE (STORE_DOWN) if the store does not
// answer or is full.
class StoredCreates final : public CreateRecords {
 public:
  StoredCreates(EventLoop& event_loop, absl::string_view cluster_name,
                cluster::RequestRecords& records);

  CallHandle Begin(const Credential& credential, const std::string& request_id,
                   const std::string& fingerprint, BeginDone done) override;
  void OnCreated(const std::string& attempt,
                 const std::string& prediction_id) override;
  void OnNothingCreated(const std::string& attempt) override;
  void OnOutcomeUnknown(const std::string& attempt) override;

 private:
  class Beginning;

  std::string DigestOf(const Credential& credential,
                       const std::string& request_id) const;

  EventLoop& event_loop_;
  const std::string cluster_name_;
  cluster::RequestRecords& records_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_STORED_CREATES_H_
