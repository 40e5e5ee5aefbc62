#include "tests/bench/waits/etcd.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/free_port.h"

namespace wriftai::bench {
namespace {

std::string FreeUrl() { return absl::StrCat("http://127.0.0.1:", FreePort()); }

}  // namespace

absl::StatusOr<std::unique_ptr<Etcd>> Etcd::Start(const std::string& program) {
  if (access(program.c_str(), X_OK) != 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot run etcd: ", program,
                            "; scripts/install.sh test unpacks it"));
  }
  const char* const parent = std::getenv("TMPDIR");
  std::string folder =
      absl::StrCat(parent == nullptr ? "/tmp" : parent, "/waits-etcd-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr)
    return absl::ErrnoToStatus(errno, folder);
  auto etcd = std::unique_ptr<Etcd>(new Etcd(std::move(folder), FreeUrl()));
  const std::string peer = FreeUrl();
  auto server = Server::Start(
      {program, "--name=m0", absl::StrCat("--data-dir=", etcd->folder_),
       absl::StrCat("--listen-client-urls=", etcd->endpoint_),
       absl::StrCat("--advertise-client-urls=", etcd->endpoint_),
       absl::StrCat("--listen-peer-urls=", peer),
       absl::StrCat("--initial-advertise-peer-urls=", peer),
       absl::StrCat("--initial-cluster=m0=", peer)},
      {}, "ready to serve client requests");
  if (!server.ok()) return server.status();
  etcd->server_ = *std::move(server);
  return etcd;
}

Etcd::Etcd(std::string folder, std::string endpoint)
    : folder_(std::move(folder)), endpoint_(std::move(endpoint)) {}

Etcd::~Etcd() {
  server_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace wriftai::bench
