#ifndef WRIFTAI_TESTS_SERVICE_ETCD_STORE_BACKEND_H_
#define WRIFTAI_TESTS_SERVICE_ETCD_STORE_BACKEND_H_

#include <cstdint>
#include <memory>

#include "tests/service/etcd/store_client.h"

namespace wriftai {

// A store, and faults that every store has.
//
// Threads: the test's. Owns: the store. Fails: the test.
class StoreBackend {
 public:
  virtual ~StoreBackend() = default;

  StoreClient& client() { return *client_; }

  // Forgets the history before `revision`.
  virtual void Compact(int64_t revision) = 0;

  // Makes the store reject writes, because it is full.
  virtual void Fill() = 0;

 protected:
  std::unique_ptr<StoreClient> client_;
};

std::unique_ptr<StoreBackend> MakeInMemoryBackend();
// A real etcd, in a process of its own.
std::unique_ptr<StoreBackend> MakeEtcdBackend();

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_ETCD_STORE_BACKEND_H_
