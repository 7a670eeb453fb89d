// However a program's output is cut, it folds into the same lines: bounded, UTF-8, without controls. The first byte
// says where it is cut, and whether it goes over to another process there.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "text/terminal_line.h"
#include "text/terminal_state.h"
#include "text/utf8.h"

namespace {

struct Record : taskwire::TerminalLineSink {
  explicit Record(bool is_many = false) : many(is_many) {}
  void line(std::string_view text) override {
    if (text.size() > taskwire::TerminalLine::kMaxLine || !taskwire::is_utf8(text)) std::abort();
    for (const char c : text) {
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) std::abort();
    }
    told.emplace_back("line ").append(text);
  }
  [[nodiscard]] bool takes_many() const override { return many; }
  void lines(std::string_view text) override {
    for (std::size_t size = 0; !text.empty(); text.remove_prefix(size + 1))
      line(text.substr(0, size = text.find('\n')));
  }
  void drawing(const taskwire::Drawing& drawing) override {
    if (many) return;
    if (!taskwire::is_utf8(drawing.text)) std::abort();
    told.emplace_back("drawing ").append(drawing.text).append(drawing.is_again ? "again" : "");
  }
  void command(std::string_view text) override { told.emplace_back("command ").append(text); }

  bool many;
  std::vector<std::string> told;
};

std::vector<std::string> fold(std::string_view bytes, std::size_t piece, bool goes_over = false, bool many = false) {
  Record record(many);
  taskwire::TerminalLine line;
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    line.feed(bytes.substr(i, piece), record);
    if (!goes_over) continue;
    auto next = taskwire::read_terminal(taskwire::write_terminal(line));
    if (!next) std::abort();
    line = std::move(*next);
  }
  if (line.unfinished().size() > 2 * taskwire::TerminalLine::kMaxHeld) std::abort();
  line.finish(record);
  return std::move(record.told);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (fold(bytes, bytes.size()) != fold(bytes, 1U + data[0] % 16U, data[0] >= 128)) std::abort();
  // Nor does it make a difference that lines are taken many at a time, but that drawings are not told then.
  auto lines = fold(bytes, 1);
  std::erase_if(lines, [](const std::string& told) { return told.starts_with("drawing"); });
  if (fold(bytes, bytes.size(), false, true) != lines) std::abort();
  // What is no terminal is refused, or is one that can go on.
  if (auto any = taskwire::read_terminal(bytes)) {
    Record record;
    any->feed("\x1b[2A\rtext\x1b[J\n\x1b[3Amore", record);
    any->finish(record);
  }
  return 0;
}
