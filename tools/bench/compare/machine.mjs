// What is measured on, in words, and whether its cores are fit for it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';

function said(program, ...args) {
  const { stdout, status } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function version(package_) {
  const found = said('dpkg-query', '-W', '-f', '${Version}', package_);
  return found && `${package_} ${found}`;
}

function system() {
  try {
    return /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))[1];
  } catch {
    return 'Linux';
  }
}

/** The numbers of a list like `0-3,8`. */
export function numbersOf(list) {
  return list.trim().split(',').filter(Boolean).flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** The cores that this process may use. */
export function allowedCores() {
  return numbersOf(/^Cpus_allowed_list:(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

/** Whether both are threads of one core, so that each slows the other down. */
function areOne(core, other) {
  try {
    return numbersOf(readFileSync(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`, 'utf8')).includes(other);
  } catch {
    return false;
  }
}

export function machine({ serverCore, clientCore }) {
  const cores = cpus();
  const versions = ['nginx', 'libnginx-mod-nchan', 'pushpin'].map(version).filter(Boolean);
  const files = said('stat', '-f', '-c', '%T', tmpdir());
  return [
    `${cores.length} cores (${cores[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${system()}, Linux ${release()}`,
    `the server on core ${serverCore} and the client on core ${clientCore}${areOne(serverCore, clientCore) ? ', WHICH ARE TWO THREADS OF ONE CORE' : ''}`,
    files && `data in a folder on ${files}`,
    `a load of ${loadavg()[0].toFixed(1)} before`,
    versions.join(', '),
  ].filter(Boolean).join('; ');
}
