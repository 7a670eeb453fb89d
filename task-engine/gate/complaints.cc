#include "gate/complaints.h"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace taskwire::gate {

void Complaints::add(Reason reason, std::string_view what, std::string_view whose, engine::SteadyTime now) {
  const std::lock_guard lock(mutex_);
  auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& known) { return known.what == what; });
  if (entry == entries_.end()) entry = entries_.insert(entries_.end(), Entry{reason, std::string(what)});
  entry->whose = whose;
  ++entry->untold;
  ++entry->all;
  if (now >= entry->next) tell(*entry, now);
}

void Complaints::flush(engine::SteadyTime now) {
  const std::lock_guard lock(mutex_);
  for (auto& entry : entries_) {
    if (entry.untold > 0 && now >= entry.next) tell(entry, now);
  }
}

void Complaints::tell(Entry& entry, engine::SteadyTime now) {
  spdlog::warn("refused {} times, {} since the start, the last {}: {}: {}", entry.untold, entry.all, entry.whose,
               info(entry.reason).name, entry.what);
  entry.untold = 0;
  entry.next = now + kPause;
}

}  // namespace taskwire::gate
