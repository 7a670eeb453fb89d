#include "http/work_json.h"

#include "http/task_json.h"
#include "text/json_writer.h"

namespace taskwire::edge {

std::string claim_json(const v1::ClaimResponse& claimed) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("assignments").begin_array();
  for (const auto& assignment : claimed.assignments()) {
    json.begin_object().member("lease", assignment.lease().lease());
    write_lease_time(json, assignment.lease());
    json.key("task").raw(task_json(assignment.task())).end_object();
  }
  json.end_array().end_object();
  return text;
}

std::string report_json(const v1::ReportResponse& reported) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_lease_time(json, reported.lease());
  json.member("cancelRequested", reported.cancel_requested());
  json.member("outputNext", reported.output_next()).end_object();
  return text;
}

}  // namespace taskwire::edge
