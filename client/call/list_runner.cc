#include "client/call/list_runner.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "client/call/retry_rules.h"
#include "client/exit_code.h"
#include "client/output/text.h"

namespace wriftai::client {
namespace {

// Removes the predictions beyond `left` from `page`. Its token then skips them,
// so it has none.
void Truncate(int64_t left, v1::ListResponse& page) {
  const int size = page.predictions_size();
  if (size <= left) return;
  page.mutable_predictions()->DeleteSubrange(static_cast<int>(left),
                                             size - static_cast<int>(left));
  page.clear_next_page_token();
}

}  // namespace

int RunList(const ListCommand& command, CallRunner& calls, Printer& printer) {
  v1::ListRequest request = command.request;
  const bool one_page = !command.all && !command.limit.has_value();
  int64_t left = command.limit.value_or(std::numeric_limits<int64_t>::max());
  while (true) {
    if (left < request.page_size()) {
      request.set_page_size(static_cast<int32_t>(left));
    }
    v1::ListResponse page;
    const grpc::Status status = calls.Call<v1::ListRequest, v1::ListResponse>(
        &v1::Predictions::Stub::AsyncList, request, page, MayReadAgain);
    if (!status.ok()) return calls.Fail(status);
    Truncate(left, page);
    if (const int exit_code = printer.ShowPage(page);
        exit_code != kExitSuccess) {
      return exit_code;
    }
    if (calls.host().console.out.fail()) {
      return kExitCallFailed;  // main() reports why.
    }
    left -= page.predictions_size();
    const std::string& next = page.next_page_token();
    if (next.empty() || left == 0) return kExitSuccess;
    if (one_page) {
      // JSON has the token.
      if (!printer.json()) {
        printer.Note(absl::StrCat("Next page: wriftctl list --page_token ",
                                  PrintableLine(next)));
      }
      return kExitSuccess;
    }
    if (next == request.page_token()) {
      return calls.Fail(
          grpc::Status(grpc::StatusCode::INTERNAL,
                       "the next page has the token of this page"));
    }
    request.set_page_token(next);
  }
}

}  // namespace wriftai::client
