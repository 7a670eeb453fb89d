#include "browser/tasks/output_panel.h"

#include <string>

namespace taskwire::browser {
namespace {

using view::Output;

constexpr double kNearEnd = 8;  // pixels

const char* name_of(Output::Kind kind) {
  if (kind == Output::Kind::note) return "note";
  return kind == Output::Kind::err ? "err" : "out";
}

double number_of(const val& object, const char* property) {
  return get(object, property).as<double>();
}

}  // namespace

OutputPanel::OutputPanel(const val& details)
    : hidden_(part(details, "output-box"), "hidden"),
      status_(part(details, "output-status")),
      above_(part(details, "output-above")),
      link_(part(details, "output-link"), "href"),
      text_(part(details, "output")),
      line_out_(part(details, "line-out")),
      line_err_(part(details, "line-err")) {}

void OutputPanel::draw(const view::OutputFeed& feed) {
  const auto& output = feed.output;
  hidden_.toggle(output.is_empty() && feed.problem.empty() && !feed.is_waiting);
  status_.set_or_hide(feed.status());
  link_.set(relative(feed.text_url()));
  above_.set_or_hide(feed.above());
  if (revision_ == output.revision()) return;
  revision_ = output.revision();
  const bool follows = is_at_end();
  write(output);
  if (follows) set(text_, "scrollTop", get(text_, "scrollHeight"));
}

void OutputPanel::write(const Output& output) {
  const auto& blocks = output.blocks();
  while (!shown_.empty() && (blocks.empty() || shown_.front().number < blocks.front().number)) {
    call(shown_.front().node, "remove");
    shown_.pop_front();
  }
  write_blocks(output);
  line_out_.set_or_hide(output.unfinished(Output::Kind::out));
  line_err_.set_or_hide(output.unfinished(Output::Kind::err));
}

void OutputPanel::write_blocks(const Output& output) {
  std::size_t at = 0;
  for (const auto& block : output.blocks()) {
    if (at == shown_.size()) {
      const val node = new_element("span");
      set_attribute(node, "data-kind", name_of(block.kind));
      call(line_out_.node(), "before", node);
      shown_.push_back({block.number, node});
    }
    auto& shown = shown_[at++];
    if (shown.written == block.text.size()) continue;
    // Added to, not written anew, so that what a reader has selected stays so.
    call(shown.node, "append", std::string_view(block.text).substr(shown.written));
    shown.written = block.text.size();
  }
}

bool OutputPanel::is_at_end() const {
  return number_of(text_, "scrollTop") + number_of(text_, "clientHeight") + kNearEnd >=
         number_of(text_, "scrollHeight");
}

}  // namespace taskwire::browser
