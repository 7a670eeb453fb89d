#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace taskwire {

/// Up to eight bytes of a text, looked at together; where there are fewer, 'x' stands for the others. What asks for
/// some of them answers with marks: the highest bit of each such byte, the first byte lowest.
class EightBytes {
 public:
  static constexpr std::size_t kSize = sizeof(std::uint64_t);

  explicit EightBytes(std::string_view text) {
    if (text.size() >= kSize) {  // one load, since the size is known
      std::memcpy(&bytes_, text.data(), kSize);
    } else {
      std::memcpy(&bytes_, text.data(), text.size());
    }
    if constexpr (std::endian::native == std::endian::big) bytes_ = __builtin_bswap64(bytes_);
  }

  [[nodiscard]] std::uint64_t below(unsigned char limit) const {  // at most 0x80
    return ~(low() + kOnes * (kHigh - limit)) & ~bytes_ & kMarks;
  }
  [[nodiscard]] std::uint64_t from(unsigned char limit) const {  // at most 0x80
    return ((low() + kOnes * (kHigh - limit)) | bytes_) & kMarks;
  }
  [[nodiscard]] std::uint64_t equal(unsigned char byte) const { return zero(bytes_ ^ (kOnes * byte)); }
  /// Of both bytes, which differ in one bit.
  [[nodiscard]] std::uint64_t equal(unsigned char byte, unsigned char other) const {
    return zero((bytes_ | (kOnes * (byte ^ other))) ^ (kOnes * (byte | other)));
  }

  /// How many bytes come before the first mark.
  static std::size_t before(std::uint64_t marks) { return static_cast<std::size_t>(std::countr_zero(marks)) / kSize; }

 private:
  static constexpr unsigned kHigh = 0x80;
  static constexpr std::uint64_t kOnes = 0x0101010101010101U;
  static constexpr std::uint64_t kMarks = kOnes * kHigh;

  [[nodiscard]] std::uint64_t low() const { return bytes_ & ~kMarks; }
  static std::uint64_t zero(std::uint64_t eight) { return ~(((eight & ~kMarks) + ~kMarks) | eight) & kMarks; }

  std::uint64_t bytes_ = kOnes * 'x';
};

}  // namespace taskwire
