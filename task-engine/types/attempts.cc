#include "types/attempts.h"

#include "tasks/params.h"

namespace taskwire::engine {

std::string_view Attempts::params_schema() const {
  return R"json({
    "type": "object",
    "properties": {
      "count": {"type": "integer", "minimum": 1, "maximum": 3600, "default": 10, "description": "How far it counts"},
      "intervalMs": {"type": "integer", "minimum": 0, "maximum": 3600000, "default": 1000,
                     "description": "The time between two numbers, in milliseconds"}
    },
    "additionalProperties": false
  })json";
}

Result<google::protobuf::Struct> Attempts::run(TaskContext& context) const {
  const auto& task = context.task();
  const auto count = integer_param(task.params(), "count");
  const std::chrono::milliseconds interval(integer_param(task.params(), "intervalMs"));
  v1::Progress progress;
  progress.set_total(count);
  progress.set_unit("attempts");
  for (std::int64_t done = 1; done <= count; ++done) {
    progress.set_done(done);
    progress.set_message("User '" + task.user_id() + "', attempt " + std::to_string(done) + " / " +
                         std::to_string(count));
    context.report(progress);
    if (!context.tell(progress.message())) return stopped();
    if (!context.wait_for(interval)) return stopped();
  }
  google::protobuf::Struct result;
  (*result.mutable_fields())["count"].set_number_value(static_cast<double>(count));
  return result;
}

}  // namespace taskwire::engine
