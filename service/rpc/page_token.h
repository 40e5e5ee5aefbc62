#ifndef WRIFTAI_SERVICE_RPC_PAGE_TOKEN_H_
#define WRIFTAI_SERVICE_RPC_PAGE_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/credential.h"
#include "proto/predictions.h"
#include "service/rpc/page_token.pb.h"
#include "upstream/prediction_params.h"

// Pagination (AIP-158) on top of the upstream's cursors, whose pages have 5 to
// 50 items. A smaller page is cut out of a larger one, and its token names the
// prediction after which to continue. The anchor is an id and not a position,
// so new predictions neither repeat nor hide others.
//
// All functions: pure, any thread.

namespace wriftai {

// Encodes `token` for the caller: base64url, sealed with the credential's token
// (HMAC-SHA256). It is valid on every replica, only for this credential.
std::string SealPageToken(const PageToken& token, const Credential& credential);

// The inverse of SealPageToken(). Empty: the first page. INVALID_ARGUMENT
// (page_token) if the token was not made for this credential.
absl::StatusOr<PageToken> OpenPageToken(absl::string_view sealed,
                                        const Credential& credential);

// The upstream request for a page of `page_size` (1 to 50) at `token`.
ListParams FetchFor(const PageToken& token, int page_size);

// Cuts the requested page out of the result of FetchFor(). If newer predictions
// have pushed the anchor off the fetched page, the page starts at its top:
// predictions may repeat but are never skipped.
v1::ListResponse CutPage(PredictionPage fetched, const PageToken& token,
                         int page_size, const Credential& credential);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_PAGE_TOKEN_H_
