#include "sandbox/faults.h"

// POSIX instead of std::regex, which recurses for every character: the threads
// have small stacks.
#include <regex.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "sandbox/validation_errors.h"

namespace wriftai::sandbox {
namespace {

void SetHeader(absl::string_view name, absl::string_view value,
               Headers* headers) {
  for (auto& header : *headers) {
    if (absl::EqualsIgnoreCase(header.first, name)) {
      header.second = std::string(value);
      return;
    }
  }
  headers->emplace_back(name, value);
}

void CorruptRateHeaders(Fault::RateHeaders how, Headers* headers) {
  const auto set = [headers](absl::string_view limit,
                             absl::string_view remaining,
                             absl::string_view reset) {
    SetHeader("x-ratelimit-limit", limit, headers);
    SetHeader("x-ratelimit-remaining", remaining, headers);
    SetHeader("x-ratelimit-reset", reset, headers);
  };
  switch (how) {
    case Fault::RateHeaders::kUnchanged:
      return;
    case Fault::RateHeaders::kMissing:
      headers->erase(std::remove_if(headers->begin(), headers->end(),
                                    [](const auto& header) {
                                      return absl::StartsWith(header.first,
                                                              "x-ratelimit-");
                                    }),
                     headers->end());
      return;
    case Fault::RateHeaders::kZero:
      return set("0", "0", "0");
    case Fault::RateHeaders::kNegative:
      return set("-3", "-1", "-60");
    case Fault::RateHeaders::kAbsurd:
      return set("99999999999999999999", "many", "1e400");
  }
}

}  // namespace

void ApplyFault(const Fault& fault, Response* response) {
  if (fault.close_without_response || fault.close_after_processing) {
    response->delivery = Delivery::kNone;
    return;
  }
  if (fault.status.has_value()) {
    if (fault.process) {
      response->status = *fault.status;
      response->body = fault.body;
    } else {
      *response = JsonResponse(*fault.status, fault.body);
    }
  } else if (fault.huge_body > 0 && !fault.process) {
    *response = JsonResponse(200, "");
  }
  for (const auto& [name, value] : fault.headers) {
    SetHeader(name, value, &response->headers);
  }
  CorruptRateHeaders(fault.rate_headers, &response->headers);
  if (fault.bad_json) response->body = R"({"id": "no end)";
  if (fault.huge_body > 0) {
    response->delivery = Delivery::kHuge;
    response->huge_bytes = fault.huge_body;
  } else if (fault.cut_body) {
    response->delivery = Delivery::kCut;
  }
}

class FaultScript::Entry {
 public:
  explicit Entry(Fault fault) : fault_(std::move(fault)) {}
  ~Entry() {
    if (compiled_) regfree(&regex_);
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  absl::Status Compile() {
    if (fault_.path_regex.empty()) return absl::OkStatus();
    const int error =
        regcomp(&regex_, fault_.path_regex.c_str(), REG_EXTENDED | REG_NOSUB);
    if (error != 0) {
      char text[128];
      regerror(error, &regex_, text, sizeof(text));
      return absl::InvalidArgumentError(absl::StrCat("path_regex: ", text));
    }
    compiled_ = true;
    return absl::OkStatus();
  }

  bool Matches(absl::string_view method, absl::string_view path) {
    if (!fault_.method.empty() && fault_.method != method) return false;
    if (!absl::StartsWith(path, fault_.path_prefix)) return false;
    if (compiled_ &&
        regexec(&regex_, std::string(path).c_str(), 0, nullptr, 0) != 0) {
      return false;
    }
    const int64_t index = matched_++ - fault_.after;
    return index >= 0 && (!fault_.times.has_value() || index < *fault_.times);
  }

  const Fault& fault() const { return fault_; }

 private:
  const Fault fault_;
  regex_t regex_ = {};
  bool compiled_ = false;
  int64_t matched_ = 0;
};

FaultScript::FaultScript() = default;
FaultScript::~FaultScript() = default;

absl::Status FaultScript::Add(Fault fault) {
  auto entry = std::make_unique<Entry>(std::move(fault));
  if (absl::Status status = entry->Compile(); !status.ok()) return status;
  MutexLock lock(mutex_);
  entries_.push_back(std::move(entry));
  return absl::OkStatus();
}

void FaultScript::Clear() {
  MutexLock lock(mutex_);
  entries_.clear();
}

bool FaultScript::has_delay() {
  MutexLock lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) {
    return entry->fault().delay > absl::ZeroDuration();
  });
}

std::optional<Fault> FaultScript::Match(absl::string_view method,
                                        absl::string_view path) {
  MutexLock lock(mutex_);
  for (const auto& entry : entries_) {
    if (entry->Matches(method, path)) return entry->fault();
  }
  return std::nullopt;
}

}  // namespace wriftai::sandbox
