#ifndef WRIFTAI_SERVICE_SERVER_TLS_CLIENT_CREDENTIALS_H_
#define WRIFTAI_SERVICE_SERVER_TLS_CLIENT_CREDENTIALS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret.h"
#include "base/watched_file.h"
#include "grpcpp/security/credentials.h"

namespace wriftai {

// A file in PEM, and the flag or variable that names it. An empty path: none.
struct PemFile {
  absl::string_view setting;  // A literal.
  std::string path;
};

// TLS credentials of a client of gRPC, from files that may be replaced at run
// time. While the files are invalid, such as in the middle of a rotation, the
// last valid ones stay in use.
//
// Threads: one. Owns: the certificates and the key. Fails: see Reload().
class ClientCredentials {
 public:
  ClientCredentials(const PemFile& ca, const PemFile& cert, const PemFile& key);

  // Reads the files, at most once per WatchedFile::kReadInterval. True if
  // credentials() has changed. INVALID_ARGUMENT if what it has just read is
  // invalid; names the setting. `now`: EventLoop::Now().
  absl::StatusOr<bool> Reload(absl::Time now);

  // Null before the first successful Reload().
  const std::shared_ptr<grpc::ChannelCredentials>& credentials() const {
    return credentials_;
  }

 private:
  absl::Status Check() const;

  const absl::string_view ca_setting_;
  const absl::string_view cert_setting_;
  const absl::string_view key_setting_;
  WatchedFile ca_file_;
  WatchedFile cert_file_;
  WatchedFile key_file_;
  absl::StatusOr<std::string> ca_ = std::string();
  absl::StatusOr<std::string> cert_ = std::string();
  absl::StatusOr<Secret> key_ = Secret();
  std::shared_ptr<grpc::ChannelCredentials> credentials_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_CLIENT_CREDENTIALS_H_
