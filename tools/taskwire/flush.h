#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "program/hearing.h"
#include "taskwire/asker.h"

namespace taskwire::cli {

/// Tells the output that waits by two connections, so that a report is made and sent while another is worked on. These
/// have no number and nothing but pieces, whose places say what is there already and what is missing. The first that is
/// not taken ends it: what the server lacks is still there, to be reported again. Confined to one thread.
class Flush {
 public:
  /// `most`: of a report, in JSON; later ones may have more. All of them outlive this.
  Flush(Asker& asker, Hearing& hearing, const std::string& lease, std::size_t most);

  /// Answers whether all that waited was taken.
  bool run();

 private:
  enum class Answered { taken, gap, otherwise };
  using Lock = std::unique_lock<std::mutex>;

  void tell(Asker::Way way) noexcept;
  void tell_on(Asker::Way way);
  Answered report(Asker::Way way, const std::vector<OutputPiece>& pieces, std::uint64_t end);

  Asker& asker_;
  Hearing& hearing_;
  const std::string& lease_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t most_;
  std::uint64_t taken_ = 0;  // all before was
  std::uint64_t begun_ = 0;  // all before is under way
  bool is_over_ = false;
};

}  // namespace taskwire::cli
