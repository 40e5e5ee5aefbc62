#ifndef WRIFTAI_CLIENT_CALL_RETRY_RULES_H_
#define WRIFTAI_CLIENT_CALL_RETRY_RULES_H_

#include <grpcpp/grpcpp.h>

// Which failed calls may be repeated: the tables of docs/clients.md, which the
// packages in clients/ follow, too. CANCELLED comes from the server here: gRPC
// servers return it for calls that arrive after their shutdown begins and
// before the client notices. All functions: any thread.

namespace wriftai::client {

// A get, a list, a health check, or a cancel, which is harmless to repeat.
bool MayReadAgain(const grpc::Status& status);

// A create: only if it certainly created nothing.
bool MayCreateAgain(const grpc::Status& status);

// A wait for a prediction whose id is known.
bool MayWaitAgain(const grpc::Status& status);

// Whether a create that failed with UNAVAILABLE certainly created nothing:
// either the gateway gave its reason for rejecting it, or no gateway was
// reached. A connection that was lost may have delivered the request.
bool DefinitelyNotCreated(const grpc::Status& status);

// Whether no connection to the gateway could be made.
bool IsUnreachable(const grpc::Status& status);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_RETRY_RULES_H_
