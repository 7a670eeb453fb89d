#pragma once

#include <span>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace taskwire {

/// An open file descriptor, closed with this; -1 for none. Not thread-safe.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

/// The ends of a new pipe, closed on exec.
struct Pipe {
  /// As large as anybody may have one: fewer turns between who writes and who reads.
  static constexpr int kRoomy = 1 << 20;

  Descriptor read_end, write_end;
  /// `size`: how many bytes it shall hold, where the system gives so much; 0 for the usual.
  [[nodiscard]] static Pipe make(int size = 0);
};

/// Whichever of the three standard descriptors is closed becomes /dev/null, so that nothing else that is opened takes
/// its place. Before anything is opened.
void open_standard_descriptors();
/// Writes all of `bytes`, however long that takes, also where the descriptor does not block. False where that fails:
/// the reader has gone. Safe between fork and exec.
bool write_all(int fd, std::string_view bytes);
/// Closes every other descriptor of this process; sorts `kept`. Safe between fork and exec.
void close_all_but(std::span<int> kept);

/// A descriptor that threads wake a poll by; never blocks.
class Bell {
 public:
  Bell();
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// Thread-safe, and safe in a signal handler.
  void ring() const;
  /// Whether it has rung since last asked.
  bool take() const;

 private:
  Descriptor fd_;
};

}  // namespace taskwire
