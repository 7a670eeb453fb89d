#include "types/checksum.h"

#include <cerrno>
#include <sys/stat.h>
#include <vector>

#include "base/digest.h"
#include "tasks/params.h"
#include "types/find_files.h"
#include "types/open_beneath.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kReadBytes = std::size_t{128} << 10;

/// Takes the number of bytes just read; false to stop.
using Count = std::function<bool(std::int64_t)>;

Result<std::string> hash_file(int folder, const std::string& path, const Count& count) {
  const auto fd = open_beneath(folder, path, 0);
  if (!fd) return tl::make_unexpected(fd.error());
  struct stat status {};
  // It may have been replaced since the scan.
  if (fstat(fd->get(), &status) != 0 || !S_ISREG(status.st_mode)) return file_error(path, ENOENT);
  Sha256 hash;
  std::vector<char> buffer(kReadBytes);
  for (;;) {
    const auto bytes = read(fd->get(), buffer.data(), buffer.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return file_error(path, errno);
    if (bytes == 0) return to_hex(hash.finish());
    hash.add({buffer.data(), static_cast<std::size_t>(bytes)});
    if (!count(bytes)) return stopped();
  }
}

std::string summary(std::size_t files, std::size_t skipped) {
  const auto text = std::to_string(files) + " files";
  return skipped == 0 ? text : text + ", " + std::to_string(skipped) + " skipped";
}

google::protobuf::ListValue to_list(const std::vector<SkippedPath>& skipped) {
  google::protobuf::ListValue list;
  for (const auto& [path, reason] : skipped) {
    auto& fields = *list.add_values()->mutable_struct_value()->mutable_fields();
    fields["path"].set_string_value(path);
    fields["reason"].set_string_value(std::string(info(reason).name));
  }
  return list;
}

}  // namespace

std::string_view Checksum::description() const {
  return "Computes the SHA-256 of every file below a folder; names those that cannot be read";
}

std::string_view Checksum::params_schema() const {
  return R"json({
    "type": "object",
    "properties": {
      "path": {"type": "string", "minLength": 1, "maxLength": 4096, "default": ".",
               "description": "The folder, below the engine's --files-root"}
    },
    "additionalProperties": false
  })json";
}

Result<google::protobuf::Struct> Checksum::run(TaskContext& context) const {
  const auto folder = files_.folder(string_param(context.task().params(), "path"));
  if (!folder) return tl::make_unexpected(folder.error());
  v1::Progress progress;
  progress.set_unit("bytes");
  progress.set_stage("Scanning");
  auto scan = find_files(files_, folder->get(), {}, [&](std::size_t found) {
    progress.set_message(std::to_string(found) + " files found");
    context.report(progress);
    return !context.is_stopped();
  });
  if (!scan) return tl::make_unexpected(scan.error());
  auto& [files, skipped] = *scan;

  std::int64_t total = 0;
  for (const auto& file : files) total += file.bytes;
  progress.set_stage("Hashing");
  progress.set_total(total);
  google::protobuf::Struct digests;
  std::int64_t hashed_bytes = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& file = files[i];
    progress.set_message(std::to_string(i) + " of " + std::to_string(files.size()) + " files: " + file.path);
    context.report(progress);
    if (context.is_stopped()) return stopped();
    const auto done = progress.done();
    auto digest = hash_file(folder->get(), file.path, [&](std::int64_t bytes) {
      progress.set_done(progress.done() + bytes);
      context.report(progress);
      return !context.is_stopped();
    });
    if (digest) {
      (*digests.mutable_fields())[file.path].set_string_value(std::move(*digest));
      hashed_bytes += progress.done() - done;
      continue;
    }
    if (digest.error().reason == Reason::cancelled) return tl::make_unexpected(digest.error());
    skipped.push_back({file.path, digest.error().reason});
    progress.set_total(progress.total() - file.bytes + progress.done() - done);  // what is left of it never comes
  }
  progress.set_message(summary(static_cast<std::size_t>(digests.fields_size()), skipped.size()));
  context.report(progress);

  google::protobuf::Struct result;
  auto& fields = *result.mutable_fields();
  fields["algorithm"].set_string_value("sha256");
  fields["files"].set_number_value(digests.fields_size());
  fields["bytes"].set_number_value(static_cast<double>(hashed_bytes));
  *fields["skipped"].mutable_list_value() = to_list(skipped);
  *fields["digests"].mutable_struct_value() = std::move(digests);
  return result;
}

}  // namespace taskwire::engine
