#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taskwire::bench {

/// Takes the answers on one HTTP/1.1 connection apart, one after the other, however their bytes are cut. It takes no
/// memory for a piece of a body. Not thread-safe.
class HttpResponse {
 public:
  enum class State { head, body, done, broken };

  /// Reads on in `bytes`, takes off what it read, and answers the next piece of the body, which may be empty. To be
  /// repeated until `bytes` is empty, or the state is done or broken.
  std::string_view next(std::string_view& bytes);
  /// The connection has ended: what had no other end is done, everything else broken.
  void end();
  /// The next answer begins.
  void restart();

  [[nodiscard]] State state() const { return state_; }
  /// 0 before the head came.
  [[nodiscard]] int status() const { return status_; }
  /// Whether the connection takes another request afterwards.
  [[nodiscard]] bool keeps_alive() const { return keeps_alive_; }

 private:
  enum class Framing { length, chunked, to_the_end };
  enum class Chunk { size, data, after_data, trailer };

  void take_head(std::string_view& bytes);
  void read_head();
  std::string_view take(std::string_view& bytes);
  void take_chunk_line(std::string_view line);
  bool take_line(std::string_view& bytes);

  State state_ = State::head;
  int status_ = 0;
  bool keeps_alive_ = true;
  Framing framing_ = Framing::to_the_end;
  Chunk chunk_ = Chunk::size;
  std::uint64_t left_ = 0;
  std::string text_;  // of a head, or of a line between chunks, whose end has not come
};

}  // namespace taskwire::bench
