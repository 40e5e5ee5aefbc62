#include "upstream/webhook/webhook_signature.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/digest.h"

namespace wriftai {
namespace {

// A key rotation during a change of scheme needs four. Each v1 is compared with
// each secret.
constexpr size_t kMaxItems = 16;

// Unix seconds have ten digits until the year 2286.
constexpr size_t kMaxTimeDigits = 10;

constexpr size_t kV1Digits = 64;

bool IsTimestamp(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxTimeDigits &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
           (c >= 'a' && c <= 'f');
  });
}

// For future schemes only the format is known.
bool IsWord(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '=';
  });
}

}  // namespace

std::variant<WebhookSignature, WebhookOutcome> ParseWebhookSignature(
    absl::string_view header) {
  const std::vector<absl::string_view> items =
      absl::StrSplit(header, absl::MaxSplits(',', kMaxItems));
  if (items.size() > kMaxItems) return WebhookOutcome::kMalformedSignature;
  WebhookSignature signature;
  for (size_t i = 0; i < items.size(); ++i) {
    const size_t equals = items[i].find('=');
    if (equals == absl::string_view::npos) {
      return WebhookOutcome::kMalformedSignature;
    }
    const absl::string_view key = items[i].substr(0, equals);
    const absl::string_view value = items[i].substr(equals + 1);
    bool good = (i == 0) == (key == "t");
    if (key == "t") {
      good = good && IsTimestamp(value);
      signature.timestamp = std::string(value);
    } else if (key == "v1") {
      good = good && value.size() == kV1Digits && IsLowerHex(value);
      signature.v1.emplace_back(value);
    } else {
      good = good && IsWord(key) && IsWord(value);
    }
    if (!good) return WebhookOutcome::kMalformedSignature;
  }
  if (items.size() < 2) return WebhookOutcome::kMalformedSignature;
  if (signature.v1.empty()) return WebhookOutcome::kUnsupportedSignature;
  return signature;
}

WebhookOutcome CheckWebhookTime(const WebhookSignature& signature,
                                absl::Time now) {
  int64_t seconds = 0;
  const bool near = absl::SimpleAtoi(signature.timestamp, &seconds) &&
                    absl::AbsDuration(now - absl::FromUnixSeconds(seconds)) <=
                        kWebhookTolerance;
  return near ? WebhookOutcome::kAccepted : WebhookOutcome::kStale;
}

bool MatchesWebhookSignature(const WebhookSignature& signature,
                             absl::string_view body,
                             const std::vector<Secret>& secrets) {
  const std::string message = absl::StrCat(signature.timestamp, ".", body);
  bool matches = false;
  for (const Secret& secret : secrets) {
    const std::string expected =
        absl::BytesToHexString(HmacSha256(secret, message));
    for (const std::string& v1 : signature.v1) {
      // Compares all of them, so that timing does not reveal which one matched.
      matches |= ConstantTimeEquals(v1, expected);
    }
  }
  return matches;
}

}  // namespace wriftai
