#ifndef WRIFTAI_BASE_CALL_H_
#define WRIFTAI_BASE_CALL_H_

#include <memory>

namespace wriftai {

// A call in progress. Destroying it cancels the call: its callback then never
// runs. It may be destroyed inside that callback, or later. Loop thread only.
class Call {
 public:
  virtual ~Call() = default;
};

using CallHandle = std::unique_ptr<Call>;

}  // namespace wriftai

#endif  // WRIFTAI_BASE_CALL_H_
