#include "scrape/engine_metrics.h"

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "metrics/exposition.h"
#include "metrics/process_metrics.h"
#include "tasks/transitions.h"

namespace taskwire::scrape {
namespace {

void collect_tasks(Exposition& out, engine::Scheduler& scheduler) {
  for (const auto& [type, count] : scheduler.census()) {
    for (int i = v1::TASK_STATE_QUEUED; i < v1::TaskState_ARRAYSIZE; ++i) {
      const auto state = static_cast<v1::TaskState>(i);
      const Exposition::Labels labels = {{"type", type}, {"state", std::string(engine::state_name(state))}};
      if (engine::has_ended(state)) {
        out.counter("taskwire_engine_tasks_ended_total", "Tasks that have ended, and how, since the engine started.",
                    count.ended[static_cast<std::size_t>(i)], labels);
      } else {
        out.gauge("taskwire_engine_tasks", "Tasks that have not ended.",
                  static_cast<double>(count.open[static_cast<std::size_t>(i)]), labels);
      }
    }
  }
}

void collect_log(Exposition& out, engine::EventLog& log) {
  const auto& metrics = log.metrics();
  out.counter("taskwire_engine_events_committed_total", "Events that were committed.", metrics.events.value());
  out.histogram("taskwire_engine_commit_writes", "Writes that went into one commit.", metrics.writes.value());
  out.histogram("taskwire_engine_commit_events", "Events that one commit appended.", metrics.events_of_one.value());
  out.time_histogram("taskwire_engine_commit_duration_seconds", "How long a commit took.", metrics.duration.value());
  out.counter("taskwire_engine_commits_failed_total", "Commits that failed.", metrics.failed.value());
  out.time_histogram("taskwire_engine_write_latency_seconds",
                     "From the asking for a write, such as a publication, until it was committed.",
                     metrics.latency.value());
  const auto waiting = log.waiting();
  out.gauge("taskwire_engine_writes_waiting", "Writes that wait for the next commit.",
            static_cast<double>(waiting.writes));
  out.gauge("taskwire_engine_writes_waiting_bytes", "About what they hold.", static_cast<double>(waiting.bytes));
}

void collect_calls(Exposition& out, const rpc::CallLimits& calls) {
  const auto add = [&out](std::string_view kind, rpc::CallLimits::Use use) {
    out.gauge("taskwire_engine_calls", "Calls of gRPC that are under way.", static_cast<double>(use.now),
              {{"kind", std::string(kind)}});
  };
  add("unary", calls.calls());
  add("claim", calls.claims());
  add("output", calls.outputs());
  out.gauge("taskwire_engine_watches", "Watches that are under way.", static_cast<double>(calls.watches().now));
}

void collect_limits(Exposition& out, engine::Engine& engine, const rpc::CallLimits& calls) {
  const auto add = [&out](std::string_view limit, std::uint64_t hits) {
    out.counter("taskwire_engine_limit_hits_total", "Times that something was refused for a limit, and which.", hits,
                {{"limit", std::string(limit)}});
  };
  add("calls", calls.calls().refused);
  add("watches", calls.watches().refused);
  add("claims", calls.claims().refused);
  add("outputs", calls.outputs().refused);
  add("writes", engine.log().metrics().refused.value());
  add("reads", engine.reads().refused());
  add("queue", engine.scheduler().refused());
}

void collect_store(Exposition& out, engine::Engine& engine) {
  const auto add = [&out](std::string_view file, const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    out.gauge("taskwire_engine_store_size_bytes", "Size of the store's files.", error ? 0 : static_cast<double>(size),
              {{"file", std::string(file)}});
  };
  add("database", engine.store_path());
  add("wal", engine.store_path() + "-wal");
  const auto retention = engine.retention().figures();
  constexpr auto kForgotten = "taskwire_engine_forgotten_total";
  constexpr auto kForgottenHelp = "What was forgotten since it was too old or too much.";
  out.counter(kForgotten, kForgottenHelp, retention.events, {{"what", "events"}});
  out.counter(kForgotten, kForgottenHelp, retention.tasks, {{"what", "tasks"}});
  out.counter(kForgotten, kForgottenHelp, retention.topics, {{"what", "topics"}});
  out.gauge("taskwire_engine_retention_longest_batch_seconds",
            "The longest that writers were held up for a batch of what is forgotten.",
            std::chrono::duration<double>(retention.longest_batch).count());
  out.gauge("taskwire_engine_reads_waiting", "Reads of the store that wait.",
            static_cast<double>(engine.reads().waiting()));
}

}  // namespace

std::string engine_metrics(engine::Engine& engine, const rpc::CallLimits& calls) {
  Exposition out;
  collect_tasks(out, engine.scheduler());
  collect_log(out, engine.log());
  collect_store(out, engine);
  collect_calls(out, calls);
  collect_limits(out, engine, calls);
  collect_process(out);
  return out.text();
}

}  // namespace taskwire::scrape
