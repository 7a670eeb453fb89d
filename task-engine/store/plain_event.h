#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace taskwire::engine {

/// A stored event that is on the wire as the log itself writes it, taken apart without building a message of it. All of
/// it views what was stored.
struct PlainEvent {
  struct Field {
    std::size_t at = 0;      ///< Where it begins in its message.
    std::size_t whole = 0;   ///< Bytes, with tag and length.
    std::string_view bytes;  ///< Without.
  };

  std::string_view topic;
  std::string_view key;  ///< Its task; empty: none.
  bool is_deletion = false;
  std::string_view time;      ///< A google.protobuf.Timestamp on the wire.
  std::optional<Field> task;  ///< A v1::Task on the wire, without cursor and time.
};

/// Takes `stored`, a v1::Event, apart, after a look at all of it, whatever lies within: a parser takes it too, and
/// finds the same. Nothing where that is not sure, as of a field that is unknown, that is there twice or that is
/// written otherwise than the log does it; then a parser has to say. Thread-safe.
[[nodiscard]] std::optional<PlainEvent> plain_event(std::string_view stored);

}  // namespace taskwire::engine
