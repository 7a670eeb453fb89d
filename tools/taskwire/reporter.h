#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "program/hearing.h"
#include "progress/progress.h"
#include "taskwire/asker.h"

namespace taskwire::cli {

/// Reports what is heard of a command, and its end, under one lease. Output goes in pieces as large as the way to the
/// server bears, which is found by trying. Confined to one thread.
class Reporter {
 public:
  /// `on_cancel`: called when somebody asked the task to stop, perhaps several times. All of them outlive this.
  Reporter(Asker& asker, Hearing& hearing, std::string lease, const std::function<void()>& on_cancel)
      : asker_(asker), hearing_(hearing), lease_(std::move(lease)), on_cancel_(on_cancel) {}

  /// Tells what is new, and renews the lease. Answers whether there is more to tell at once.
  bool report();
  /// Tells what is left, and `outcome`: the body of a finish without the lease. Answers whether that was taken.
  bool finish(const nlohmann::json& outcome);
  /// The server takes no more under this lease.
  [[nodiscard]] bool is_lost() const { return is_lost_; }

 private:
  struct Report {  // NOLINT(bugprone-exception-escape): that of moving JSON is never thrown
    progress::Progress progress;
    nlohmann::json changes;  // of it, since what was told
    bool is_alive = false;   // and says so
    bool has_output = false;
    std::uint64_t begin = 0;  // of the output
  };

  nlohmann::json changes_of(const progress::Progress& progress) const;
  std::string body_of(Report& report) const;
  void take_answer(const client::Answer& answer, const Report& report);
  void take_place(std::optional<std::uint64_t> next, const Report& report);
  void take_refusal(const client::Answer& answer, const Report& report);
  void close_output();
  std::optional<client::Answer> send_finish(const nlohmann::json& body);

  static constexpr std::size_t kFirstOutput = std::size_t{64} << 10;

  Asker& asker_;
  Hearing& hearing_;
  const std::string lease_;
  const std::function<void()>& on_cancel_;
  std::uint64_t seq_ = 0;
  progress::Progress told_;
  std::size_t most_output_ = kFirstOutput;  // of a report, in JSON
  int in_vain_ = 0;                         // the last reports of output of which the server took nothing
  bool has_more_ = false;
  bool is_lost_ = false;
  bool takes_output_ = true;
  bool takes_progress_ = true;
};

}  // namespace taskwire::cli
