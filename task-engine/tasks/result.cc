#include "tasks/result.h"

#include "tasks/params.h"

namespace taskwire::engine {
namespace {

using google::protobuf::Struct;

constexpr std::size_t kMostBytes = std::size_t{2} << 20;
constexpr std::size_t kMostWireBytes = std::size_t{3} << 20;  // fits gRPC's message limit with all around it

}  // namespace

Result<Struct> check_result(Result<Struct> outcome) {
  if (!outcome) return outcome;
  if (!is_json(*outcome))
    return refuse(Reason::internal,
                  "the result holds something that JSON cannot carry; that is a fault of the task's type");
  if (nesting(*outcome) > kMostNesting)
    return refuse(Reason::result_too_large,
                  "the result is nested more than " + std::to_string(kMostNesting) + " deep; give it flatter");
  if (outcome->ByteSizeLong() > kMostWireBytes || to_json(*outcome).size() > kMostBytes)
    return refuse(Reason::result_too_large, "the result is larger than 2 MiB; give the task less to do");
  return outcome;
}

}  // namespace taskwire::engine
