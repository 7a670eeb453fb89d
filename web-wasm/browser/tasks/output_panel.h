#pragma once

#include <cstdint>
#include <deque>

#include "browser/dom.h"
#include "view/outputs.h"

namespace taskwire::browser {

/// What a task prints, in its details. Not thread-safe.
class OutputPanel {
 public:
  explicit OutputPanel(const val& details);

  void draw(const view::OutputFeed& feed);

 private:
  struct Shown {
    std::uint64_t number;
    val node;
    std::size_t written = 0;  // bytes of the block's text
  };

  void write(const view::Output& output);
  void write_blocks(const view::Output& output);
  [[nodiscard]] bool is_at_end() const;

  Attribute hidden_;
  Text status_, above_;
  Attribute link_;
  val text_;
  Text line_out_, line_err_;
  std::deque<Shown> shown_;
  int revision_ = -1;
};

}  // namespace taskwire::browser
