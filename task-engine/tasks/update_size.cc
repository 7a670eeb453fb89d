#include "tasks/update_size.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "resume/limits.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kOtherBytes = 2048;  // keys, ids, times and numbers
constexpr std::size_t kStepBytes = 100;    // the same of a step

std::size_t json_bytes_of(std::string_view character) {
  constexpr std::size_t kEscaped = 6;  // \u1234
  if (character.size() > 1)
    return character == "\xE2\x80\xA8" || character == "\xE2\x80\xA9" || character == "\xC2\x85" ? kEscaped
                                                                                                 : character.size();
  if (static_cast<unsigned char>(character[0]) < 0x20 || character[0] == '\x7f') return kEscaped;
  return character[0] == '"' || character[0] == '\\' ? 2 : 1;
}

/// As much of the beginning of `text` as takes `most` bytes.
std::string_view cut(std::string_view text, std::size_t most) {
  std::size_t bytes = 0;
  for (std::size_t end = 0; end < text.size();) {
    const auto character = text.substr(end, utf8_length(text.substr(end)));
    bytes += json_bytes_of(character);
    if (bytes > most) return text.substr(0, end);
    end += character.size();
  }
  return text;
}

}  // namespace

std::size_t json_bytes(std::string_view text) {
  std::size_t bytes = 0;
  while (!text.empty()) {
    const auto length = utf8_length(text);
    bytes += json_bytes_of(text.substr(0, length));
    text.remove_prefix(length);
  }
  return bytes;
}

void fit_update(v1::Task& task) {
  if (!task.has_progress()) return;
  auto& progress = *task.mutable_progress();
  std::size_t others = kOtherBytes;
  for (const auto* const text : {&task.user_id(), &task.name(), &task.type(), &task.error().reason(),
                                 &task.error().message(), &progress.unit(), &progress.stage(), &task.worker()})
    others += json_bytes(*text);
  for (const auto& step : progress.steps()) others += kStepBytes + json_bytes(step.name());
  const auto left = kMostPayloadBytes - std::min(others, kMostPayloadBytes);
  const auto message = cut(progress.message(), left);
  if (message.size() < progress.message().size()) progress.set_message(std::string(message));
}

}  // namespace taskwire::engine
