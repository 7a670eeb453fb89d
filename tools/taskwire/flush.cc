#include "taskwire/flush.h"

#include <algorithm>
#include <system_error>
#include <thread>

#include "taskwire/json_member.h"
#include "taskwire/output_json.h"
#include "taskwire/problem.h"

namespace taskwire::cli {
namespace {

constexpr std::size_t kMost = std::size_t{512} << 10;  // one is worked on while the next is made

}  // namespace

Flush::Flush(Asker& asker, Hearing& hearing, const std::string& lease, std::size_t most)
    : asker_(asker), hearing_(hearing), lease_(lease), most_(std::min(most, kMost)) {
  taken_ = begun_ = hearing_.with_output([](OutputQueue& output) { return output.begin(); });
}

bool Flush::run() {
  std::thread beside;
  try {
    beside = std::thread([this] { tell(Asker::Way::beside); });
  } catch (const std::system_error&) {  // the system has no more
    return false;
  }
  tell(Asker::Way::own);
  beside.join();
  return !is_over_;
}

void Flush::tell(Asker::Way way) noexcept {
  try {
    tell_on(way);
  } catch (const std::exception&) {  // of memory
    const Lock lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
}

void Flush::tell_on(Asker::Way way) {
  Lock lock(mutex_);
  while (!is_over_) {
    const auto pieces = hearing_.with_output([&](OutputQueue& output) { return output.next(most_, begun_); });
    if (pieces.empty()) return;
    const auto begin = pieces.front().offset;
    const auto end = begun_ = pieces.back().offset + pieces.back().text.size();
    most_ = std::min(2 * most_, kMost);
    lock.unlock();
    auto answered = report(way, pieces, end);
    lock.lock();
    if (answered == Answered::gap) {  // it came before the one before it
      changed_.wait(lock, [&] { return is_over_ || taken_ >= begin; });
      if (is_over_) return;
      lock.unlock();
      answered = report(way, pieces, end);
      lock.lock();
    }
    if (answered != Answered::taken) {
      is_over_ = true;
    } else if (end > taken_) {
      taken_ = end;
      hearing_.with_output([&](OutputQueue& output) { output.taken(end); });
    }
    changed_.notify_all();
  }
}

Flush::Answered Flush::report(Asker::Way way, const std::vector<OutputPiece>& pieces, std::uint64_t end) {
  std::string body;
  body.reserve(kMost + kMost / 4);
  JsonWriter writer(body);
  writer.begin_object().member("lease", lease_);
  write_output(writer, pieces);
  writer.end_object();
  const auto answer = asker_.ask_once(way, posting("/api/work/report", std::move(body)));
  if (!answer) return Answered::otherwise;
  if (answer->is_success()) {
    const auto next = whole_member(json_of(*answer), "outputNext");
    return next && *next >= end ? Answered::taken : Answered::otherwise;
  }
  return problem_of(*answer).reason == "OUTPUT_GAP" ? Answered::gap : Answered::otherwise;
}

}  // namespace taskwire::cli
