#include "service/server/tls/name_pattern.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace wriftai {
namespace {

constexpr size_t kMaxPatterns = 100;
constexpr absl::string_view kSchemeEnd = "://";

// Whether a `*` matches `text`. `dots`: also matches `.`.
bool MatchesStar(absl::string_view text, bool dots) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
           c == '_' || (dots && c == '.');
  });
}

// Matches one label or segment against its pattern, which has at most one `*`.
bool Matches(absl::string_view text, absl::string_view pattern, bool dots) {
  const size_t star = pattern.find('*');
  if (star == absl::string_view::npos) return text == pattern;
  if (text == "." || text == "..") return false;
  return absl::ConsumePrefix(&text, pattern.substr(0, star)) &&
         absl::ConsumeSuffix(&text, pattern.substr(star + 1)) &&
         MatchesStar(text, dots);
}

bool AllMatch(absl::string_view text, char separator,
              const std::vector<std::string>& patterns, bool dots) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, separator);
  return std::equal(parts.begin(), parts.end(), patterns.begin(),
                    patterns.end(),
                    [dots](absl::string_view part, const std::string& pattern) {
                      return Matches(part, pattern, dots);
                    });
}

bool IsHostCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
         c == '_' || c == '.' || c == '*';
}

bool IsPathCharacter(char c) { return c > ' ' && c <= '~' && c != ','; }

}  // namespace

absl::StatusOr<NamePattern> NamePattern::Parse(absl::string_view text) {
  NamePattern pattern;
  absl::string_view authority = text;
  absl::string_view path;
  const size_t scheme_end = text.find(kSchemeEnd);
  if (scheme_end != absl::string_view::npos) {
    authority.remove_prefix(scheme_end + kSchemeEnd.size());
    pattern.scheme_ = std::string(text.substr(0, scheme_end + 1));
    const size_t slash = std::min(authority.find('/'), authority.size());
    path = authority.substr(slash);
    authority = authority.substr(0, slash);
  }
  const bool has_scheme = scheme_end != absl::string_view::npos;
  const auto at_most_one_star_each = [](const std::vector<std::string>& parts) {
    return std::all_of(parts.begin(), parts.end(), [](const auto& part) {
      return std::count(part.begin(), part.end(), '*') <= 1;
    });
  };
  pattern.authority_ = absl::StrSplit(authority, '.');
  pattern.path_ = absl::StrSplit(path, '/');
  const bool is_valid =
      !authority.empty() &&
      std::all_of(authority.begin(), authority.end(), IsHostCharacter) &&
      std::all_of(path.begin(), path.end(), IsPathCharacter) &&
      (!has_scheme || MatchesStar(text.substr(0, scheme_end), false)) &&
      at_most_one_star_each(pattern.authority_) &&
      at_most_one_star_each(pattern.path_);
  if (!is_valid) {
    return absl::InvalidArgumentError(
        "expected comma-separated DNS names or URIs with at most one `*` per "
        "label or path segment, such as spiffe://cluster.local/ns/*/sa/caller");
  }
  if (!has_scheme) {
    for (std::string& label : pattern.authority_) {
      absl::AsciiStrToLower(&label);
    }
  }
  return pattern;
}

std::string NamePattern::text() const {
  std::string authority = absl::StrJoin(authority_, ".");
  if (scheme_.empty()) return authority;
  return absl::StrCat(scheme_, "//", authority, absl::StrJoin(path_, "/"));
}

bool NamePattern::MatchesDns(absl::string_view name) const {
  return scheme_.empty() &&
         AllMatch(absl::AsciiStrToLower(name), '.', authority_, false);
}

bool NamePattern::MatchesUri(absl::string_view name) const {
  if (scheme_.empty() || !absl::StartsWith(name, scheme_)) return false;
  name.remove_prefix(scheme_.size());
  if (!absl::StartsWith(name, "//")) return false;
  name.remove_prefix(2);
  const size_t slash = std::min(name.find('/'), name.size());
  return AllMatch(name.substr(0, slash), '.', authority_, false) &&
         AllMatch(name.substr(slash), '/', path_, true);
}

absl::StatusOr<std::vector<NamePattern>> ParseNamePatterns(
    absl::string_view list) {
  std::vector<NamePattern> patterns;
  for (const absl::string_view text : absl::StrSplit(list, ',')) {
    auto pattern = NamePattern::Parse(text);
    if (!pattern.ok()) return pattern.status();
    patterns.push_back(*std::move(pattern));
  }
  if (patterns.size() > kMaxPatterns) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected at most ", kMaxPatterns, " patterns"));
  }
  return patterns;
}

std::string JoinNamePatterns(const std::vector<NamePattern>& patterns) {
  return absl::StrJoin(patterns, ",",
                       [](std::string* out, const NamePattern& pattern) {
                         out->append(pattern.text());
                       });
}

}  // namespace wriftai
