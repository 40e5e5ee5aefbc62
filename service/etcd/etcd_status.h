#ifndef WRIFTAI_SERVICE_ETCD_ETCD_STATUS_H_
#define WRIFTAI_SERVICE_ETCD_ETCD_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/status.h"

// All functions: pure, any thread.

namespace wriftai {

// Whether the status comes from etcd itself, not from gRPC or a proxy.
bool IsFromEtcd(const grpc::Status& status);

// The status of a call to etcd, as cluster::Store defines it.
// RESOURCE_EXHAUSTED is a full store. Else only errors that etcd finds before
// it applies a request keep their code, because they are certain. All others
// become UNAVAILABLE or DEADLINE_EXCEEDED:
//
//  - "request timed out", "leader changed" and the like: the request may still
//    be applied.
//  - "too many requests": nothing was changed, but the store is not full.
//  - Codes that etcd does not map, such as UNKNOWN. They include a server that
//    stops in the middle of a request.
//  - What gRPC itself or a proxy reports, such as RESOURCE_EXHAUSTED for a
//  large
//    response: the request may have been applied.
absl::Status FromEtcd(const grpc::Status& status);

// A response that breaks etcd's API. The request may have been applied.
absl::Status MalformedResponse(absl::string_view what);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ETCD_ETCD_STATUS_H_
