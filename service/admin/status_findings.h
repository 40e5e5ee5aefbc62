#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_FINDINGS_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_FINDINGS_H_

#include "service/admin/status_report.pb.h"

namespace wriftai {

// Utilization from which a budget counts as full: it is the bottleneck.
inline constexpr double kFullUtilization = 0.9;

// Utilization from which a budget counts as busy, without need for action.
inline constexpr double kBusyUtilization = 0.6;

// The fraction of AvailableRate() that the bucket uses.
double Utilization(const status::Bucket& bucket);

// The bucket's requests per second available to this gateway: its share, minus
// what is reserved for other consumers of the token.
double AvailableRate(const status::Bucket& bucket);

// Adds the findings, their highest level and the summary to the report. Pure;
// any thread.
void AddFindings(status::Report& report);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_FINDINGS_H_
