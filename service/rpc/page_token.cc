#include "service/rpc/page_token.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

constexpr int kMinFetch = 5;

// Divisible by 1, 2, 3 and 4, the page sizes below the upstream's minimum.
constexpr int kEvenFetch = 48;

// Half of the HMAC, 128 bits, keeps the token short.
constexpr size_t kSealBytes = 16;

// Separates this use of the token as a key from other uses.
constexpr absl::string_view kSealContext = "wriftai page token 1:";

std::string Seal(absl::string_view payload, const Secret& token) {
  return HmacSha256(token, absl::StrCat(kSealContext, payload))
      .substr(0, kSealBytes);
}

// Also accepts the previous token, so paging survives a rotation.
bool IsSealedBy(const Credential& credential, absl::string_view payload,
                absl::string_view seal) {
  if (ConstantTimeEquals(Seal(payload, credential.token()), seal)) return true;
  const Secret previous = credential.previous_token();
  return !previous.empty() && ConstantTimeEquals(Seal(payload, previous), seal);
}

PageToken TokenAt(absl::string_view cursor, absl::string_view anchor,
                  bool backward) {
  PageToken token;
  token.set_cursor(std::string(cursor));
  token.set_anchor_id(std::string(anchor));
  token.set_backward(backward);
  return token;
}

// The half-open range of the fetched predictions that forms the page.
std::pair<int, int> PageRange(const std::vector<v1::Prediction>& fetched,
                              const PageToken& token, int page_size) {
  const int count = static_cast<int>(fetched.size());
  const auto anchor =
      std::find_if(fetched.begin(), fetched.end(), [&](const auto& prediction) {
        return prediction.id() == token.anchor_id();
      });
  const int at = static_cast<int>(anchor - fetched.begin());
  if (token.backward()) {
    return {std::max(0, at - page_size), at};
  }
  const int begin = at == count ? 0 : at + 1;
  return {begin, std::min(begin + page_size, count)};
}

// Drops the cursor `next` if it leads back to the page of `current`: following
// it would never end.
void DropCycle(absl::string_view current, absl::string_view name,
               std::string& next, PredictionPage& page) {
  if (next.empty() || next != current) return;
  next.clear();
  page.inexact_fields.emplace_back(name);
}

}  // namespace

std::string SealPageToken(const PageToken& token,
                          const Credential& credential) {
  const std::string payload = token.SerializeAsString();
  return absl::WebSafeBase64Escape(
      absl::StrCat(Seal(payload, credential.token()), payload));
}

absl::StatusOr<PageToken> OpenPageToken(absl::string_view sealed,
                                        const Credential& credential) {
  PageToken token;
  if (sealed.empty()) return token;
  std::string bytes;
  if (absl::WebSafeBase64Unescape(sealed, &bytes) &&
      bytes.size() >= kSealBytes) {
    const std::string payload = bytes.substr(kSealBytes);
    if (IsSealedBy(credential, payload, bytes.substr(0, kSealBytes)) &&
        token.ParseFromString(payload)) {
      return token;
    }
  }
  return FieldError("page_token",
                    "a token from an earlier List with the same credential, "
                    "unchanged");
}

ListParams FetchFor(const PageToken& token, int page_size) {
  ListParams params;
  params.cursor = token.cursor();
  params.page_size = token.anchor_id().empty() && page_size >= kMinFetch
                         ? page_size
                         : std::max(page_size, kEvenFetch);
  return params;
}

v1::ListResponse CutPage(PredictionPage fetched, const PageToken& token,
                         int page_size, const Credential& credential) {
  DropCycle(token.cursor(), "next_cursor", fetched.next_cursor, fetched);
  DropCycle(token.cursor(), "previous_cursor", fetched.previous_cursor,
            fetched);
  std::vector<v1::Prediction>& all = fetched.predictions;
  const auto [begin, end] = PageRange(all, token, page_size);
  v1::ListResponse response;
  const auto seal = [&](const PageToken& next) {
    return SealPageToken(next, credential);
  };
  if (end > begin && end < static_cast<int>(all.size())) {
    response.set_next_page_token(
        seal(TokenAt(token.cursor(), all[end - 1].id(), false)));
  } else if (!fetched.next_cursor.empty()) {
    response.set_next_page_token(seal(TokenAt(fetched.next_cursor, "", false)));
  }
  if (end > begin && begin > 0) {
    response.set_previous_page_token(
        seal(TokenAt(token.cursor(), all[begin].id(), true)));
  } else if (!fetched.previous_cursor.empty()) {
    response.set_previous_page_token(
        seal(TokenAt(fetched.previous_cursor, "", true)));
  }
  for (const std::string& name : fetched.inexact_fields) {
    // The cursor is not needed if the page token was made from an anchor.
    const bool has_token =
        (name == "next_cursor" && !response.next_page_token().empty()) ||
        (name == "previous_cursor" && !response.previous_page_token().empty());
    if (!has_token) response.add_inexact_fields(name);
  }
  for (int i = begin; i < end; ++i) {
    *response.add_predictions() = std::move(all[i]);
  }
  return response;
}

}  // namespace wriftai
