#ifndef WRIFTAI_SERVICE_TELEMETRY_CALL_METADATA_H_
#define WRIFTAI_SERVICE_TELEMETRY_CALL_METADATA_H_

#include <map>

#include "grpcpp/support/string_ref.h"

namespace wriftai {

// The metadata of an RPC, in gRPC's type.
using CallMetadata = std::multimap<grpc::string_ref, grpc::string_ref>;

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_CALL_METADATA_H_
