#pragma once

#include <map>

#include "browser/problem_box.h"
#include "view/notices.h"

namespace taskwire::browser {

/// The problems above the tasks. Not thread-safe.
class NoticePanel {
 public:
  NoticePanel();

  void draw(const view::Notices& notices);

 private:
  val node_;
  std::map<int, val> shown_;
};

}  // namespace taskwire::browser
