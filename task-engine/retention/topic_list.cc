#include "retention/topic_list.h"

#include <algorithm>
#include <utility>

namespace taskwire::engine {
namespace {

constexpr Sequence kEventsPerTopic = 4;  // are read in the time in which a topic is looked at

}  // namespace

TopicList::TopicList(ReadTransaction& reader, const std::vector<Range>& ranges, std::set<std::string> more) {
  Sequence events = 0;
  for (const auto& range : ranges) events += std::max<Sequence>(0, range.through - range.after);
  if (events > kEventsPerTopic * static_cast<Sequence>(reader.topic_count())) return;
  for (const auto& range : ranges) more.merge(reader.topics_between(range.after, range.through));
  only_ = std::move(more);
}

std::vector<std::string> TopicList::next(ReadTransaction& reader, const std::string& after, std::size_t most) const {
  if (!only_) return reader.topics(after, most);
  std::vector<std::string> names;
  for (auto name = only_->upper_bound(after); name != only_->end() && names.size() < most; ++name)
    names.push_back(*name);
  return names;
}

}  // namespace taskwire::engine
