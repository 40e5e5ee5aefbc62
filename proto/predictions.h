#ifndef WRIFTAI_PROTO_PREDICTIONS_H_
#define WRIFTAI_PROTO_PREDICTIONS_H_

#include "wriftai/predictions/v1/predictions.pb.h"

namespace wriftai {

// The messages and enums of the contract, as v1::Prediction.
namespace v1 = predictions::v1;

}  // namespace wriftai

#endif  // WRIFTAI_PROTO_PREDICTIONS_H_
