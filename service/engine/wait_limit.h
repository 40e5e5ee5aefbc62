#ifndef WRIFTAI_SERVICE_ENGINE_WAIT_LIMIT_H_
#define WRIFTAI_SERVICE_ENGINE_WAIT_LIMIT_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace wriftai {

// How many waits there may be at the same time: each takes memory for as long
// as it lasts. A credential may have kShare times as many as are still free
// (Choudhury and Hahne's dynamic threshold, 1998): four fifths of all where it
// is alone, and who comes new finds room, whatever others have.
//
// Threads: loop. Shares: the counts with the places. Fails: never.
class WaitLimit {
  struct Taken;

 public:
  static constexpr size_t kShare = 4;

  // Room for one wait, given back with it. It may outlive the limit.
  class Place {
   public:
    Place(Place&& other) noexcept = default;
    Place& operator=(Place&& other) = delete;
    ~Place();

   private:
    friend class WaitLimit;
    Place(std::shared_ptr<Taken> taken, std::string credential_key)
        : taken_(std::move(taken)),
          credential_key_(std::move(credential_key)) {}

    std::shared_ptr<Taken> taken_;  // Null where it has moved on.
    std::string credential_key_;
  };

  explicit WaitLimit(size_t most);

  // None where there is no room for the credential.
  std::optional<Place> Take(const std::string& credential_key);

  // How many the credential has.
  size_t taken_by(const std::string& credential_key) const;

 private:
  const size_t most_;
  const std::shared_ptr<Taken> taken_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_WAIT_LIMIT_H_
