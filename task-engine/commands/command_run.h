#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/attempt_output.h"
#include "commands/command.h"
#include "commands/launched.h"
#include "program/hearing.h"
#include "program/notify_socket.h"
#include "tasks/task_type.h"

namespace taskwire::engine {

/// One attempt of a task that is a program: starts it, tells what it prints and how far it has come, stops it where the
/// attempt is to stop, and answers how it ended. Confined to its thread.
class CommandRun {
 public:
  CommandRun(const Command& command, const AttemptOutput::Means& output, TaskContext& context);

  /// Returns when the program and all that it started have ended, and what they printed is kept, or cannot be any more.
  /// `params`: those of the task, as they fit the type.
  [[nodiscard]] Result<google::protobuf::Struct> run(const google::protobuf::Struct& params);

 private:
  using Clock = std::chrono::steady_clock;
  using Struct = google::protobuf::Struct;

  [[nodiscard]] Ending attend(Launched& launched);
  void begin_turn();
  void wait(const Launched& launched);
  void read(const Descriptor& from, progress::Stream stream);
  void begin_stop(const Launched& launched);
  void go_on_stopping(const Launched& launched);
  void tell();
  void tell_progress();
  void tell_output();
  void take_outcome(const Result<std::int64_t>& outcome);
  void tell_rest();
  [[nodiscard]] bool has_rest();
  /// Nobody waits for what cannot be written now.
  [[nodiscard]] bool is_given_up() const;
  [[nodiscard]] std::vector<std::string> environment() const;
  [[nodiscard]] Result<Struct> outcome(const Ending& ending) const;

  const Command& command_;
  TaskContext& context_;
  const std::shared_ptr<Bell> bell_;  // there is news of what is heard, of a write or of a stop
  AttemptOutput output_;
  const std::optional<NotifySocket> notify_;
  std::vector<std::string> words_;
  std::optional<Hearing> hearing_;

  bool has_out_ = true, has_err_ = true;  // until nobody holds the other end
  std::size_t may_read_ = 0;              // before the turn ends
  Clock::time_point turn_ends_;
  bool has_news_ = true;
  Clock::time_point tell_at_;
  Clock::time_point write_at_;
  bool has_failed_ = false;  // the last write
  bool was_stopped_ = false;
  bool is_hurried_ = false;  // the engine stops
  std::optional<Clock::time_point> kill_at_;
  progress::Progress told_;
  v1::Progress progress_;
};

}  // namespace taskwire::engine
