#include "types/countdown.h"

#include "resume/limits.h"
#include "tasks/params.h"

namespace taskwire::engine {

std::string_view Countdown::params_schema() const {
  return R"json({
    "type": "object",
    "properties": {
      "from": {"type": "integer", "minimum": 1, "maximum": 3600, "default": 5, "description": "Where it begins"},
      "intervalMs": {"type": "integer", "minimum": 0, "maximum": 3600000, "default": 1000,
                     "description": "The time between two numbers, in milliseconds"},
      "result": {"type": "object", "default": {"Name": "Victor", "Age": 30, "Country": "Spain", "IsActive": true},
                 "description": "The object"}
    },
    "additionalProperties": false
  })json";
}

Result<google::protobuf::Struct> Countdown::run(TaskContext& context) const {
  const auto& task = context.task();
  const auto from = integer_param(task.params(), "from");
  const std::chrono::milliseconds interval(integer_param(task.params(), "intervalMs"));
  const auto& object = task.params().fields().at("result").struct_value();
  const auto object_json = to_json(object);
  if (object_json.size() > kMostPayloadBytes)
    return refuse(Reason::payload_too_large,
                  "the object is larger as JSON than the 61,440 bytes of a message; send less");
  v1::Progress progress;
  progress.set_total(from);
  progress.set_unit("steps");
  for (std::int64_t left = from; left > 0; --left) {
    progress.set_done(from - left);
    progress.set_message("Object sent to user '" + task.user_id() + "' in " + std::to_string(left) + "...");
    context.report(progress);
    if (!context.tell(progress.message())) return stopped();
    if (!context.wait_for(interval)) return stopped();
  }
  if (!context.tell(object_json)) return stopped();
  return object;
}

}  // namespace taskwire::engine
