#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_FINDINGS_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_FINDINGS_H_

#include "service/admin/status_report.pb.h"

namespace wriftai {

// Of what a budget allows: from here on it is what everything else waits for.
inline constexpr double kBudgetIsFull = 0.9;

// Of what a budget allows: no need to look, but not idle either.
inline constexpr double kBudgetIsBusy = 0.6;

// How much of its budget a bucket uses: what others have is not to be had.
double UseOf(const status::Bucket& bucket);

// The bucket's requests per second that are for this gateway: its share, as far
// as other consumers of the token leave it.
double OwnShareOf(const status::Bucket& bucket);

// Reads the report, and adds what a person should know first: the findings,
// the worst of them, and the summary. Pure; any thread.
void AddFindings(status::Report& report);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_FINDINGS_H_
