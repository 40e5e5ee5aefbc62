#ifndef WRIFTAI_SERVICE_RPC_PAGE_TOKEN_H_
#define WRIFTAI_SERVICE_RPC_PAGE_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/credential.h"
#include "upstream/prediction_params.h"
#include "wriftai/internal/page_token.pb.h"
#include "wriftai/v1/predictions.pb.h"

// Pages of AIP-158 over the upstream's cursors, which only come in pages of 5
// to 50: a smaller page is cut out of a larger one, and its token says behind
// which prediction it goes on. An anchor by id and not by position, so that
// predictions created in between neither repeat nor hide others.
//
// All functions: pure, any thread.

namespace wriftai {

// `token` for the caller's eyes: base64url, sealed with the credential's token
// (HMAC-SHA256), so that it is good on every replica and for nobody else.
std::string SealPageToken(const internal::PageToken& token,
                          const Credential& credential);

// The reverse. Empty is the first page. INVALID_ARGUMENT (page_token) for one
// that this gateway did not make for this credential.
absl::StatusOr<internal::PageToken> OpenPageToken(absl::string_view sealed,
                                                  const Credential& credential);

// What to ask the upstream for, for a page of `page_size` (1 to 50) at `token`.
ListParams FetchFor(const internal::PageToken& token, int page_size);

// The page that was asked for, cut out of what FetchFor() brought. Where the
// anchor has been pushed off the page by newer predictions, the page starts
// again at its top: something may be seen twice, nothing is missed.
v1::ListResponse CutPage(PredictionPage fetched,
                         const internal::PageToken& token, int page_size,
                         const Credential& credential);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_PAGE_TOKEN_H_
