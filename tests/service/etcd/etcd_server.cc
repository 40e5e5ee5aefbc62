#include "tests/service/etcd/etcd_server.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/support/free_port.h"

namespace wriftai {
namespace {

constexpr char kEtcd[] = WRIFTAI_TOOLS "/etcd";
constexpr char kEtcdctl[] = WRIFTAI_TOOLS "/etcdctl";

std::string MakeFolder() {
  std::string folder = absl::StrCat(::testing::TempDir(), "etcd_XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) abort();
  return folder;
}

std::string PeerUrl(int port) {
  return absl::StrCat("http://127.0.0.1:", port);
}

[[noreturn]] void Die(const std::string& output) {
  fprintf(stderr, "%s\n%s did not start. scripts/install.sh test unpacks it.\n",
          output.c_str(), kEtcd);
  abort();
}

}  // namespace

EtcdServer::EtcdServer(Options options)
    : options_(std::move(options)), folder_(MakeFolder()), port_(FreePort()) {
  Start();
}

EtcdServer::~EtcdServer() {
  Kill();
  std::filesystem::remove_all(folder_);
}

std::string EtcdServer::endpoint() const {
  return absl::StrCat(options_.tls ? "https" : "http", "://127.0.0.1:", port_);
}

void EtcdServer::Start() {
  std::vector<int> peer_ports = options_.peer_ports;
  if (peer_ports.empty()) peer_ports.push_back(FreePort());
  std::vector<std::string> cluster;
  for (const int port : peer_ports) {
    cluster.push_back(absl::StrCat("m", cluster.size(), "=", PeerUrl(port)));
  }
  const std::string peer_url = PeerUrl(peer_ports[options_.index]);
  Child::Strings arguments = {
      kEtcd,
      absl::StrCat("--name=m", options_.index),
      absl::StrCat("--data-dir=", folder_),
      absl::StrCat("--listen-client-urls=", endpoint()),
      absl::StrCat("--advertise-client-urls=", endpoint()),
      absl::StrCat("--listen-peer-urls=", peer_url),
      absl::StrCat("--initial-advertise-peer-urls=", peer_url),
      absl::StrCat("--initial-cluster=", absl::StrJoin(cluster, ",")),
      "--heartbeat-interval=30",
      "--election-timeout=300",
  };
  arguments.insert(arguments.end(), options_.flags.begin(),
                   options_.flags.end());
  child_.emplace(Child::WithOnePipe(arguments, {}));
}

void EtcdServer::WaitUntilReady() {
  if (!child_->ReadUntil("ready to serve client requests")) Die(child_->out());
  // It would stop if nobody read its log.
  drain_ = std::thread([this] { child_->ReadToEnd(1 << 16); });
}

void EtcdServer::Kill() {
  if (!child_.has_value()) return;
  child_->Signal(SIGKILL);
  if (drain_.joinable()) drain_.join();
  child_.reset();
}

void EtcdServer::Stop() {
  child_->Signal(SIGSTOP);
  siginfo_t info = {};
  EXPECT_EQ(waitid(P_PID, static_cast<id_t>(child_->pid()), &info, WSTOPPED),
            0);
}

void EtcdServer::Restart() {
  Start();
  WaitUntilReady();
}

int EtcdServer::Control(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(),
                   {kEtcdctl, absl::StrCat("--endpoints=", endpoint())});
  return Child::WithPipes(arguments, {"ETCDCTL_API=3"}).Finish();
}

std::vector<std::unique_ptr<EtcdServer>> StartEtcdCluster(size_t size) {
  EtcdServer::Options options;
  while (options.peer_ports.size() < size) {
    options.peer_ports.push_back(FreePort());
  }
  std::vector<std::unique_ptr<EtcdServer>> members;
  for (; options.index < size; ++options.index) {
    members.push_back(std::make_unique<EtcdServer>(options));
  }
  for (const auto& member : members) member->WaitUntilReady();
  return members;
}

}  // namespace wriftai
