#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "log/event_log.h"
#include "output/output_reads.h"
#include "tasks/attempt_id.h"
#include "work/output_report.h"

namespace taskwire::engine {

/// Keeps what one attempt prints, as that of workers is kept: one write after the other. Confined to who made it.
class AttemptOutput {
 public:
  /// What it works with; all of it must outlive the log's last commit.
  struct Means {
    EventLog& log;
    OutputReads& reads;
    OutputLimits limits;
  };

  AttemptOutput(const Means& means, AttemptId attempt) : means_(means), attempt_(std::move(attempt)) {}

  /// Begins to write, and calls `written` once, on another thread; not while another write is under way. What was
  /// written before is passed over.
  void write(const Outputs& outputs, std::function<void()> written);
  [[nodiscard]] bool is_writing() const { return is_writing_; }
  /// What became of the write, once: where the output goes on; `STALE_REPORT` where the attempt is over; another error
  /// where it may not have been written.
  [[nodiscard]] std::optional<Result<std::int64_t>> take_outcome();

 private:
  struct Written {
    std::mutex mutex;
    std::optional<Result<std::int64_t>> outcome;
  };

  const Means means_;
  const AttemptId attempt_;
  bool is_writing_ = false;
  std::shared_ptr<Written> written_;
};

}  // namespace taskwire::engine
