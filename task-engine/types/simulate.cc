#include "types/simulate.h"

#include <functional>
#include <random>

#include "tasks/params.h"

namespace taskwire::engine {

std::string_view Simulate::description() const {
  return "Pretends to work: counts steps through named stages, for trying things out";
}

std::string_view Simulate::params_schema() const {
  return R"json({
    "type": "object",
    "properties": {
      "stages": {"type": "array", "items": {"type": "string", "maxLength": 100}, "minItems": 1, "maxItems": 100,
                 "default": ["Preparing", "Processing", "Finishing"], "description": "Names of the stages, equally long"},
      "durationMs": {"type": "integer", "minimum": 0, "maximum": 86400000, "default": 10000,
                     "description": "How long it takes, in milliseconds"},
      "steps": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 100, "description": "How far it counts"},
      "failAt": {"type": "number", "minimum": 0, "maximum": 100, "description": "The percentage at which it fails"},
      "jitter": {"type": "number", "minimum": 0, "maximum": 1, "default": 0,
                 "description": "How uneven the steps are: 0 not at all, 1 up to twice as long"}
    },
    "additionalProperties": false
  })json";
}

Result<google::protobuf::Struct> Simulate::run(TaskContext& context) const {
  const auto& task = context.task();
  const auto& params = task.params();
  const auto steps = integer_param(params, "steps");
  const auto& stages = params.fields().at("stages").list_value().values();
  const auto fail_at = params.fields().find("failAt");
  const auto fail_after =
      fail_at == params.fields().end()
          ? steps + 1
          : static_cast<std::int64_t>(fail_at->second.number_value() / 100 * static_cast<double>(steps));
  const std::chrono::duration<double, std::milli> step_time(number_param(params, "durationMs") /
                                                            static_cast<double>(steps));
  const auto jitter = number_param(params, "jitter");
  std::minstd_rand random(static_cast<std::uint32_t>(std::hash<std::string>{}(task.task_id())));
  std::uniform_real_distribution<double> stretch(1 - jitter, 1 + jitter);

  v1::Progress progress;
  progress.set_total(steps);
  progress.set_unit("items");
  for (std::int64_t done = 0;; ++done) {
    const auto stage = std::min<std::int64_t>(done * stages.size() / steps, stages.size() - 1);
    progress.set_done(done);
    progress.set_stage(stages[static_cast<int>(stage)].string_value());
    progress.set_message(progress.stage() + ": " + std::to_string(done) + " of " + std::to_string(steps));
    context.report(progress);
    if (done >= fail_after) return refuse(Reason::simulated_failure, "failed on purpose, as failAt asked for");
    if (done == steps) break;
    const auto time = std::chrono::duration_cast<std::chrono::nanoseconds>(step_time * stretch(random));
    if (!context.wait_for(time)) return stopped();
  }
  google::protobuf::Struct result;
  (*result.mutable_fields())["steps"].set_number_value(static_cast<double>(steps));
  return result;
}

}  // namespace taskwire::engine
