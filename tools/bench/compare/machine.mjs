// What is measured on, in words.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

function version(package_) {
  const { stdout, status } = spawnSync('dpkg-query', ['-W', '-f', '${Version}', package_], { encoding: 'utf8' });
  return status === 0 ? `${package_} ${stdout}` : undefined;
}

function system() {
  try {
    return /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))[1];
  } catch {
    return 'Linux';
  }
}

export function machine() {
  const cores = cpus();
  const versions = ['nginx', 'libnginx-mod-nchan', 'pushpin'].map(version).filter(Boolean);
  return `${cores.length} cores (${cores[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${system()}, Linux ${release()}, with a load of ${loadavg()[0].toFixed(1)} before; ${versions.join(', ')}`;
}
