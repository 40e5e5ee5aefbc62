#include "service/replica/replica_flags.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/host_port.h"
#include "service/etcd/etcd_channel.h"
#include "service/peers/peer_address.h"
#include "service/server/http_url.h"
#include "service/server/tls/tls_flags.h"

namespace wriftai {
namespace {

// As long as a Kubernetes label.
constexpr size_t kMaxNameBytes = 63;

absl::Status Invalid(absl::string_view text) {
  return absl::InvalidArgumentError(text);
}

// A '/' would let one cluster's keys be part of another's.
bool IsClusterName(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  c == '-' || c == '_' || c == '.';
         });
}

FlagSet::Setter Advertised(std::string& address) {
  return [&address](absl::string_view text) {
    if (!IsPeerAddress(text) || IsWildcard(HostOf(text))) {
      return Invalid(
          "expected HOST:PORT of this replica with a port from 1 to 65535");
    }
    address = std::string(text);
    return absl::OkStatus();
  };
}

void AddEtcdFlags(FlagSet& flags, EtcdConfig& config) {
  flags.Add(
      "etcd_endpoints",
      [&config](absl::string_view text) {
        std::vector<std::string> endpoints;
        for (const absl::string_view url : absl::StrSplit(text, ',')) {
          endpoints.emplace_back(absl::StripAsciiWhitespace(url));
        }
        config.endpoints = std::move(endpoints);
        return absl::OkStatus();
      },
      [&config] { return absl::StrJoin(config.endpoints, ","); },
      "Comma-separated client URLs of an etcd cluster, 3.4 or later. If set, "
      "the replicas that use it act as one: one budget for each token, one "
      "poller for each prediction, one create for each request_id.",
      "none");
  flags.Add("etcd_ca_file", &config.ca_file,
            "PEM file with the CA certificates to trust for etcd, instead of "
            "the system's.");
  flags.Add("etcd_cert_file", &config.cert_file,
            "PEM file with the client certificate for etcd. All files for etcd "
            "and for replicas are reloaded when they change.");
  flags.Add("etcd_key_file", &config.key_file,
            "PEM file with the private key of --etcd_cert_file, without a "
            "passphrase.");
}

void AddPeerFlags(FlagSet& flags, ReplicaConfig& config) {
  flags.AddHostPort(
      "peer_address", &config.peer_address,
      "HOST:PORT to serve other replicas on. Port 0 picks a free port. "
      "Required by --etcd_endpoints.");
  flags.Add(
      "peer_advertise", Advertised(config.peer_advertise),
      [&config] { return config.peer_advertise; },
      "HOST:PORT at which other replicas reach --peer_address, such as "
      "the pod's address. Required if --peer_address is a wildcard.",
      "as --peer_address");
  PeerTlsConfig& tls = config.peer_tls;
  flags.Add("peer_ca_file", &tls.ca_file,
            "PEM file with the CA certificates of the replicas.");
  flags.Add("peer_cert_file", &tls.cert_file,
            "PEM file with this replica's certificate, as a server and as a "
            "client of other replicas. Required unless they all run on one "
            "machine.");
  flags.Add("peer_key_file", &tls.key_file,
            "PEM file with the private key of --peer_cert_file, without a "
            "passphrase.");
  AddNamePatterns(
      flags, "peer_allowed_names", tls.allowed_names,
      "Comma-separated DNS names or URIs, one of which a replica's certificate "
      "must have. Replicas receive callers' tokens. `*` as in "
      "--tls_allowed_names.",
      "none");
}

// The first flag of AddReplicaFlags() that was given; empty if none was.
std::string GivenReplicaFlag(const FlagSet& flags) {
  ReplicaConfig unused;
  FlagSet replica_flags("", "", "");
  AddReplicaFlags(replica_flags, unused);
  for (std::string& flag : replica_flags.Names()) {
    if (flags.WasGiven(flag)) return std::move(flag);
  }
  return "";
}

// `advertise` is where replicas reach `address`.
absl::Status CheckAdvertised(absl::string_view flag, const std::string& address,
                             absl::string_view advertise_flag,
                             const std::string& advertise) {
  if (!advertise.empty() || !IsWildcard(HostOf(address))) {
    return absl::OkStatus();
  }
  return Invalid(absl::StrCat(flag, "=", address, " requires ", advertise_flag,
                              ", at which other replicas reach it"));
}

// Without TLS, only this machine is reached.
absl::Status CheckPlaintext(absl::string_view flag,
                            const std::string& address) {
  if (address.empty() || IsLoopback(HostOf(address))) return absl::OkStatus();
  return Invalid(absl::StrCat(flag, "=", address,
                              " requires --peer_cert_file; without TLS, "
                              "expected an address of this machine"));
}

}  // namespace

void AddReplicaFlags(FlagSet& flags, ReplicaConfig& config) {
  AddEtcdFlags(flags, config.etcd);
  flags.Add(
      "cluster_name",
      [&config](absl::string_view text) {
        if (!IsClusterName(text)) {
          return Invalid(absl::StrCat("expected 1 to ", kMaxNameBytes,
                                      " letters, digits, '-', '_' and '.'"));
        }
        config.cluster_name = std::string(text);
        return absl::OkStatus();
      },
      [&config] { return config.cluster_name; },
      "Replicas with the same name act as one. The first part of all keys in "
      "etcd.",
      config.cluster_name);
  AddPeerFlags(flags, config);
  flags.Add(
      "webhook_advertise", Advertised(config.webhook_advertise),
      [&config] { return config.webhook_advertise; },
      "HOST:PORT at which other replicas reach --webhook_address, to "
      "post on the webhooks that they receive for this one. Required if "
      "--webhook_address is a wildcard.",
      "as --webhook_address");
  flags.Add(
      "coordination_outage",
      [&config](absl::string_view text) {
        if (text == "serve") {
          config.outage = cluster::CoordinationOutage::kServe;
        } else if (text == "pause") {
          config.outage = cluster::CoordinationOutage::kPause;
        } else {
          return Invalid("expected serve or pause");
        }
        return absl::OkStatus();
      },
      [&config] {
        return config.outage == cluster::CoordinationOutage::kServe ? "serve"
                                                                    : "pause";
      },
      "What happens while etcd does not answer. serve: a replica continues "
      "with the tokens it serves, as long as all replicas confirm that it may. "
      "pause: it sends nothing.",
      "serve");
}

absl::Status CheckReplica(const FlagSet& flags, const ReplicaConfig& config,
                          const std::string& webhook_address) {
  if (!config.enabled()) {
    const std::string given = GivenReplicaFlag(flags);
    if (given.empty()) return absl::OkStatus();
    return Invalid(absl::StrCat("--", given, " requires --etcd_endpoints"));
  }
  if (absl::Status status = ParseEtcdEndpoints(config.etcd).status();
      !status.ok()) {
    return status;
  }
  if (config.peer_address.empty()) {
    return Invalid("--etcd_endpoints requires --peer_address");
  }
  if (!config.webhook_advertise.empty() && webhook_address.empty()) {
    return Invalid("--webhook_advertise requires --webhook_address");
  }
  absl::Status status = CheckPeerTls(config.peer_tls);
  if (config.peer_tls.cert_file.empty()) {
    status.Update(CheckPlaintext("--peer_address", config.peer_address));
    status.Update(CheckPlaintext("--peer_advertise", config.peer_advertise));
  }
  status.Update(CheckAdvertised("--peer_address", config.peer_address,
                                "--peer_advertise", config.peer_advertise));
  status.Update(CheckAdvertised("--webhook_address", webhook_address,
                                "--webhook_advertise",
                                config.webhook_advertise));
  return status;
}

absl::Status CheckReplicaFiles(const ReplicaConfig& config) {
  if (!config.enabled()) return absl::OkStatus();
  const auto addresses = ParseEtcdEndpoints(config.etcd);
  if (!addresses.ok()) return addresses.status();
  if (addresses->tls) {
    const auto loaded = CredentialsFor(config.etcd)->Reload(absl::UnixEpoch());
    if (!loaded.ok()) return loaded.status();
  }
  return OpenPeerTls(config.peer_tls).status();
}

}  // namespace wriftai
