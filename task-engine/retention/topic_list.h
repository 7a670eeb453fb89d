#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/store.h"

namespace taskwire::engine {

/// The topics that a round looks at, in the order of their names. A value.
class TopicList {
 public:
  /// Events above `after`, up to `through`.
  struct Range {
    Sequence after = 0;
    Sequence through = 0;
  };

  /// Every topic.
  TopicList() = default;
  /// Those with events in one of `ranges`, and `more`; every topic, where it takes longer to find out which these are.
  /// If the reading fails it means nothing.
  TopicList(ReadTransaction& reader, const std::vector<Range>& ranges, std::set<std::string> more);

  /// Up to `most` that follow `after`.
  [[nodiscard]] std::vector<std::string> next(ReadTransaction& reader, const std::string& after,
                                              std::size_t most) const;

 private:
  std::optional<std::set<std::string>> only_;
};

}  // namespace taskwire::engine
