#ifndef WRIFTAI_UPSTREAM_REST_CALL_SUBJECT_H_
#define WRIFTAI_UPSTREAM_REST_CALL_SUBJECT_H_

#include <string>

namespace wriftai {

enum class Operation { kGet, kList, kCreate, kCancel };

// What a call was about, for the error's sake. A value.
struct CallSubject {
  Operation operation = Operation::kGet;

  // The prediction's id, or for a create the model: ResourceInfo's name.
  std::string resource;

  // Of a create: whether its caller gave `input`, not `input_json`.
  bool input_is_value = true;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_CALL_SUBJECT_H_
