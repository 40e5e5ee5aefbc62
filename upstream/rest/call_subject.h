#ifndef WRIFTAI_UPSTREAM_REST_CALL_SUBJECT_H_
#define WRIFTAI_UPSTREAM_REST_CALL_SUBJECT_H_

#include <string>

namespace wriftai {

enum class Operation { kGet, kList, kCreate, kCancel };

// What a call is about, for its errors. A value.
struct CallSubject {
  Operation operation = Operation::kGet;

  // ResourceInfo.resource_name: the prediction's ID, or the model of a create.
  std::string resource;

  // For a create: whether the caller set `input` rather than `input_json`.
  bool input_is_value = true;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_CALL_SUBJECT_H_
