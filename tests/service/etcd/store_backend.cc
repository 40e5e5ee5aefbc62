#include "tests/service/etcd/store_backend.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/etcd/etcd_store.h"
#include "tests/service/etcd/etcd_server.h"
#include "tests/support/status_matchers.h"
#include "upstream/cluster/in_memory_store.h"

namespace wriftai {
namespace {

class InMemoryBackend : public StoreBackend {
 public:
  InMemoryBackend() {
    client_ = std::make_unique<StoreClient>([this](EventLoop& event_loop) {
      auto store = std::make_unique<cluster::InMemoryStore>(event_loop);
      store_ = store.get();
      return store;
    });
  }
  void Compact(int64_t revision) override {
    RunOnLoop(client_->loop(), [&] { store_->state().Compact(revision); });
  }
  void Fill() override {
    RunOnLoop(client_->loop(), [&] { store_->state().set_full(true); });
  }

 private:
  cluster::InMemoryStore* store_ = nullptr;
};

class EtcdBackend : public StoreBackend {
 public:
  EtcdBackend() : server_(Options()) {
    server_.WaitUntilReady();
    client_ = std::make_unique<StoreClient>([this](EventLoop& event_loop) {
      auto store =
          EtcdStore::Open(event_loop, {{server_.endpoint()}, "", "", ""});
      EXPECT_THAT(store, IsOk());
      return *std::move(store);
    });
  }
  void Compact(int64_t revision) override {
    EXPECT_EQ(server_.Control({"compaction", absl::StrCat(revision)}), 0);
  }
  void Fill() override {
    const std::string value(100'000, 'x');
    while (client_->Put("zz/filler", value).ok()) {
    }
  }

 private:
  static EtcdServer::Options Options() {
    EtcdServer::Options options;
    options.flags = {"--quota-backend-bytes=1000000"};
    return options;
  }

  EtcdServer server_;
};

}  // namespace

std::unique_ptr<StoreBackend> MakeInMemoryBackend() {
  return std::make_unique<InMemoryBackend>();
}

std::unique_ptr<StoreBackend> MakeEtcdBackend() {
  return std::make_unique<EtcdBackend>();
}

}  // namespace wriftai
