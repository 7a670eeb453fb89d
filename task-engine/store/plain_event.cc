#include "store/plain_event.h"

#include <array>
#include <cstdint>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/wire_format_lite.h>
#include <map>

#include "taskwire/v1/event_service.pb.h"
#include "text/utf8.h"

namespace taskwire::engine {
namespace {

using google::protobuf::internal::WireFormatLite;

constexpr std::size_t kFieldNumbers = 32;  // with one from there on nothing is plain
constexpr int kMostDepth = 16;

/// What a message of one type looks like on the wire.
struct Shape {
  struct Field {
    std::uint32_t tag = 0;  // 0: there is no such field, or not in a form that is looked at
    bool is_repeated = false;
    bool is_text = false;
    const Shape* message = nullptr;
  };
  std::array<Field, kFieldNumbers> fields;
};

/// Of each type that is met within one.
class Shapes {
 public:
  const Shape& of(const google::protobuf::Descriptor& type) {
    const auto [known, is_new] = shapes_.try_emplace(&type);
    if (is_new) fill(known->second, type);
    return known->second;
  }

 private:
  void fill(Shape& shape, const google::protobuf::Descriptor& type) {
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      if (static_cast<std::size_t>(field.number()) >= kFieldNumbers || field.is_packable()) continue;
      const auto wire = WireFormatLite::WireTypeForFieldType(static_cast<WireFormatLite::FieldType>(field.type()));
      const bool is_message = field.type() == google::protobuf::FieldDescriptor::TYPE_MESSAGE;
      shape.fields[static_cast<std::size_t>(field.number())] = {
          WireFormatLite::MakeTag(field.number(), wire), field.is_repeated(),
          field.type() == google::protobuf::FieldDescriptor::TYPE_STRING,
          is_message ? &of(*field.message_type()) : nullptr};
    }
  }

  std::map<const google::protobuf::Descriptor*, Shape> shapes_;  // where they lie does not change
};

const Shape& event_shape() {
  static Shapes shapes;
  static const auto& event = shapes.of(*v1::Event::descriptor());
  return event;
}

/// Takes what is on the wire from its front.
class Wire {
 public:
  explicit Wire(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  [[nodiscard]] const char* at() const { return at_; }
  [[nodiscard]] bool is_over() const { return at_ == end_; }

  /// Only in its shortest form: of tags and lengths parsers take none of more than five bytes.
  bool varint(std::uint64_t& value) {
    value = 0;
    for (int shift = 0; at_ != end_ && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return shift == 0 || (byte > 0 && (shift < 63 || byte == 1));
    }
    return false;
  }
  bool take(std::uint64_t size, std::string_view& bytes) {
    if (size > static_cast<std::uint64_t>(end_ - at_)) return false;
    bytes = {at_, static_cast<std::size_t>(size)};
    at_ += size;
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

/// Takes the value of a field; `bytes` is what a length-delimited one holds.
bool take_value(Wire& wire, std::uint32_t tag, std::string_view& bytes) {
  std::uint64_t value = 0;
  switch (WireFormatLite::GetTagWireType(tag)) {
    case WireFormatLite::WIRETYPE_VARINT:
      return wire.varint(value);
    case WireFormatLite::WIRETYPE_FIXED64:
      return wire.take(sizeof(std::uint64_t), bytes);
    case WireFormatLite::WIRETYPE_FIXED32:
      return wire.take(sizeof(std::uint32_t), bytes);
    case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
      return wire.varint(value) && wire.take(value, bytes);
    default:
      return false;
  }
}

/// Goes over the fields of a message. `see(number, field, shape)` is shown each; where that is a message itself, which
/// has a `shape`, it is for `see` to look within. False where something is not plain, or `see` says so.
template <class See>
bool walk(std::string_view message, const Shape& shape, const See& see) {
  std::uint32_t seen = 0;
  for (Wire wire(message); !wire.is_over();) {
    const auto* const from = wire.at();
    std::uint64_t tag = 0;
    if (!wire.varint(tag) || tag >= kFieldNumbers << 3) return false;
    const auto number = static_cast<std::size_t>(tag >> 3);
    const auto& field = shape.fields[number];
    if (tag == 0 || tag != field.tag || (!field.is_repeated && (seen >> number & 1) != 0)) return false;
    seen |= std::uint32_t{1} << number;
    std::string_view bytes;
    if (!take_value(wire, field.tag, bytes) || (field.is_text && !is_utf8(bytes))) return false;
    const PlainEvent::Field found{static_cast<std::size_t>(from - message.data()),
                                  static_cast<std::size_t>(wire.at() - from), bytes};
    if (!see(static_cast<int>(number), found, field.message)) return false;
  }
  return true;
}

/// Looks at all that lies within a field.
struct Within {
  int depth = 0;
  bool operator()(int /*number*/, const PlainEvent::Field& field, const Shape* message) const {
    return message == nullptr || (depth < kMostDepth && walk(field.bytes, *message, Within{depth + 1}));
  }
};

}  // namespace

std::optional<PlainEvent> plain_event(std::string_view stored) {
  PlainEvent event;
  int payloads = 0;  // of which a message has one, though there may be more on the wire
  bool has_time = false;
  const auto see_task = [&](int number, const PlainEvent::Field& field, const Shape* message) {
    if (number == v1::Task::kTaskIdFieldNumber) event.key = field.bytes;
    return number != v1::Task::kCursorFieldNumber && number != v1::Task::kUpdateTimeFieldNumber &&
           Within()(number, field, message);
  };
  const auto see_deletion = [&](int number, const PlainEvent::Field& field, const Shape* message) {
    if (number == v1::TaskDeleted::kTaskIdFieldNumber) event.key = field.bytes;
    return Within()(number, field, message);
  };
  const auto see = [&](int number, const PlainEvent::Field& field, const Shape* message) {
    switch (number) {
      case v1::Event::kCursorFieldNumber:
        return false;
      case v1::Event::kTopicFieldNumber:
        event.topic = field.bytes;
        return true;
      case v1::Event::kTimeFieldNumber:
        event.time = field.bytes;
        has_time = true;
        return Within()(number, field, message);
      case v1::Event::kTaskFieldNumber:
        event.task = field;
        return ++payloads == 1 && walk(field.bytes, *message, see_task);
      case v1::Event::kTaskDeletedFieldNumber:
        event.is_deletion = true;
        return ++payloads == 1 && walk(field.bytes, *message, see_deletion);
      case v1::Event::kDataFieldNumber:
        return ++payloads == 1;
      default:
        return Within()(number, field, message);
    }
  };
  if (!walk(stored, event_shape(), see) || event.topic.empty() || !has_time) return std::nullopt;
  return event;
}

}  // namespace taskwire::engine
