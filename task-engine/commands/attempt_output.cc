#include "commands/attempt_output.h"

#include <utility>

#include "tasks/find_task.h"
#include "tasks/transitions.h"

namespace taskwire::engine {

void AttemptOutput::write(const Outputs& outputs, std::function<void()> written) {
  is_writing_ = true;
  written_ = std::make_shared<Written>();
  std::size_t bytes = 0;
  for (const auto& output : outputs) bytes += output.ByteSizeLong();
  const auto put = [attempt = attempt_, limits = means_.limits,
                    outputs](Transaction& transaction) -> Result<std::int64_t> {
    const auto task = find_task(transaction, attempt.task_id);
    if (!task || !is_under_way(*task, attempt.number))
      return refuse(Reason::stale_report, "the attempt that printed this is over");
    return fold_output(transaction, attempt, outputs, limits).map([&](const NewOutput& output) {
      put_output(transaction, attempt, output, limits);
      return output.run.next;
    });
  };
  means_.log.write<std::int64_t>(EventLog::Writer::engine, bytes, put,
                                 [state = written_, &reads = means_.reads, id = attempt_.task_id,
                                  written = std::move(written)](Result<std::int64_t> next) {
                                   if (next) reads.tell(id);
                                   {
                                     const std::lock_guard lock(state->mutex);
                                     state->outcome = std::move(next);
                                   }
                                   written();
                                 });
}

std::optional<Result<std::int64_t>> AttemptOutput::take_outcome() {
  if (!written_) return std::nullopt;
  const std::lock_guard lock(written_->mutex);
  if (!written_->outcome) return std::nullopt;
  is_writing_ = false;
  return std::exchange(written_->outcome, std::nullopt);
}

}  // namespace taskwire::engine
