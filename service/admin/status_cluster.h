#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_CLUSTER_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_CLUSTER_H_

#include "service/admin/html_writer.h"
#include "service/admin/status_report.pb.h"
#include "service/replica/replica_numbers.h"

// The section of /statusz about the cluster of replicas. All functions: pure,
// any thread.

namespace wriftai {

void FillCluster(const ReplicaNumbers& numbers, status::Cluster& cluster);

// Nothing if this replica is alone.
void WriteCluster(const status::Report& report, HtmlWriter& html);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_CLUSTER_H_
