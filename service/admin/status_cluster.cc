#include "service/admin/status_cluster.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/sanitize.h"
#include "service/admin/number_text.h"
#include "service/admin/table_writer.h"

namespace wriftai {
namespace {

void WriteMembers(const status::Cluster& cluster, HtmlWriter& html) {
  TableWriter table(
      "members", "Replicas",
      {{"Replica"}, {"Address"}, {"Build"}, {"Tokens owned", true}}, html);
  for (const status::ClusterMember& member : cluster.members()) {
    table.Row()
        .Code(absl::StrCat(member.session(),
                           member.this_replica() ? " (this)" : ""))
        .Code(member.address())
        .Code(member.build())
        .Count(member.owned_tokens());
  }
}

void WriteOwners(const status::Cluster& cluster, HtmlWriter& html) {
  if (cluster.tokens().empty()) return;
  TableWriter table("owners", "Owners",
                    {{"Token"}, {"Owner"}, {"Since revision", true}}, html);
  for (const status::OwnedToken& token : cluster.tokens()) {
    table.Row()
        .Code(token.token())
        .Code(token.session())
        .Count(token.revision());
  }
}

}  // namespace

// Names and addresses come from the store.
void FillCluster(const ReplicaNumbers& numbers, status::Cluster& cluster) {
  cluster.set_name(numbers.cluster_name);
  cluster.set_session(numbers.session);
  cluster.set_admitted(numbers.is_admitted);
  cluster.set_certain(numbers.is_certain);
  cluster.set_certainty_age_seconds(
      absl::ToDoubleSeconds(numbers.certainty_age));
  cluster.set_owned_tokens(static_cast<double>(numbers.owned));
  cluster.set_sessions_total(static_cast<double>(numbers.sessions.begun));
  cluster.set_lapses_total(static_cast<double>(numbers.sessions.lapses));
  cluster.set_member_count(static_cast<double>(numbers.member_count));
  for (const ReplicaNumbers::Member& member : numbers.members) {
    status::ClusterMember& entry = *cluster.add_members();
    entry.set_session(SanitizeId(member.session));
    entry.set_address(SanitizeId(member.address));
    entry.set_build(SanitizeId(member.build));
    entry.set_owned_tokens(static_cast<double>(member.owned));
    entry.set_this_replica(member.is_this);
  }
  for (const ReplicaNumbers::Owned& owned : numbers.owners) {
    status::OwnedToken& entry = *cluster.add_tokens();
    entry.set_token(SanitizeId(owned.credential));
    entry.set_session(SanitizeId(owned.session));
    entry.set_revision(static_cast<double>(owned.epoch));
  }
}

void WriteCluster(const status::Report& report, HtmlWriter& html) {
  const status::Cluster& cluster = report.cluster();
  if (cluster.name().empty()) return;
  html.Markup("<section><h2>Cluster</h2><p class=\"help\">")
      .Text(absl::StrCat(
          "Replicas that act as one under the name ", cluster.name(),
          ". The owner of a token sends its requests; the others forward to "
          "it. A token is named as above if it is in use here, else by its tag "
          "in etcd. At most ",
          ReplicaNumbers::kMaxListed, " of each are listed."))
      .Markup("</p><p>")
      .Text(cluster.session().empty()
                ? std::string("This replica has no session.")
                : absl::StrCat(
                      "This replica is ", cluster.session(),
                      cluster.certain() ? ", certain" : ", not certain",
                      " of it; etcd confirmed it ",
                      SecondsText(cluster.certainty_age_seconds()), " ago. ",
                      CountText(cluster.member_count(), "replica", "replicas"),
                      "."))
      .Markup("</p>");
  WriteMembers(cluster, html);
  WriteOwners(cluster, html);
  html.Markup("</section>");
}

}  // namespace wriftai
