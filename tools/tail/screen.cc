#include "tail/screen.h"

namespace taskwire::tail {
namespace {

constexpr std::string_view kNoWrap = "\x1b[?7l";
constexpr std::string_view kWrap = "\x1b[?7h";
constexpr std::string_view kEraseRestOfLine = "\x1b[K";
constexpr std::string_view kEraseRestOfScreen = "\x1b[J";

}  // namespace

std::string Screen::draw(std::span<const std::string> above, std::span<const std::string> frame, int columns) {
  // A terminal that got narrower has broken the lines of the frame, nobody knows where: begin below.
  if (columns < columns_ && lines_ > 0) {
    lines_ = 0;
    columns_ = columns;
    return '\n' + draw(above, frame, columns);
  }
  std::string bytes = "\r";
  if (lines_ > 1) bytes += "\x1b[" + std::to_string(lines_ - 1) + 'A';
  if (!above.empty()) bytes += kEraseRestOfScreen;
  for (const auto& line : above) bytes.append(line).append("\n");
  bytes += kNoWrap;
  for (std::size_t i = 0; i < frame.size(); ++i)
    bytes.append(i == 0 ? "" : "\n").append(frame[i]).append(kEraseRestOfLine);
  bytes.append(kEraseRestOfScreen).append(kWrap);
  lines_ = frame.size();
  columns_ = columns;
  return bytes;
}

}  // namespace taskwire::tail
