#include "crash/disk.h"

#include <cerrno>

namespace taskwire::engine {

void Disk::start(const Plan& plan) {
  plan_ = plan;
  is_off_ = false;
  failed_just_now_ = false;
  failures_ = 0;
  calls_ = syncs_ = writes_ = 0;
}

int Disk::begin() {
  if (++calls_ == plan_.cut) is_off_ = true;
  return is_off_ ? EIO : 0;
}

int Disk::create(const std::string& name) {
  if (const int error = begin()) return error;
  files_.try_emplace(name, std::make_shared<DiskFile>());
  return 0;
}

int Disk::remove(const std::string& name) {
  if (const int error = begin()) return error;
  return files_.erase(name) == 0 ? ENOENT : 0;
}

int Disk::write(DiskFile& file, std::size_t at, std::string_view bytes) {
  if (const int error = begin()) return error;
  if (++writes_ == plan_.failed_write) {
    ++failures_;
    file.write(at, bytes.substr(0, dice_.below(bytes.size() + (plan_.is_full ? 0 : 1))));
    return plan_.is_full ? ENOSPC : EIO;
  }
  file.write(at, bytes);
  return 0;
}

int Disk::resize(DiskFile& file, std::size_t size) {
  if (const int error = begin()) return error;
  file.resize(size);
  return 0;
}

int Disk::sync(DiskFile& file) {
  if (const int error = begin()) return error;
  ++syncs_;
  if (sync_failed() && syncs_ - plan_.failed_sync < plan_.failing_syncs) {
    ++failures_;
    failed_just_now_ = true;
    if (syncs_ == plan_.failed_sync && plan_.cut_after_failed_sync > 0)
      plan_.cut = calls_ + plan_.cut_after_failed_sync;
    file.settle(dice_);
    return EIO;
  }
  if (!is_lying_) file.sync();
  return 0;
}

int Disk::sync_names() {
  if (const int error = begin()) return error;
  if (!is_lying_) durable_ = files_;
  failed_just_now_ = false;
  return 0;
}

Disk::File Disk::find(const std::string& name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : found->second;
}

void Disk::lose(const std::string& name) {
  files_.erase(name);
  durable_.erase(name);
}

void Disk::fall() {
  std::map<std::string, File> left;
  auto names = files_;
  names.insert(durable_.begin(), durable_.end());
  for (const auto& [name, any] : names) {
    const auto now = find(name);
    const auto durable = durable_.find(name);
    const auto before = durable == durable_.end() ? nullptr : durable->second;
    if (const auto file = dice_.one_in(2) ? now : before) left[name] = file;
  }
  for (const auto& [name, file] : left) {
    file->settle(dice_);
    file->forget();
  }
  files_ = durable_ = left;
}

void Disk::forget() {
  for (const auto& [name, file] : files_) {
    if (dice_.one_in(2)) file->forget();
  }
}

}  // namespace taskwire::engine
