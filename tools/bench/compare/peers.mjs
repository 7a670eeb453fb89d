// The servers, each started as its own documentation advises for one core, in a folder and on ports of the moment.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const listens = (port) => () => new Promise((resolve, reject) => {
  const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() && true));
  socket.on('error', reject);
});

const isReady = (port) => async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;

/** What nginx needs in a folder of its own. The worker may be another user, who has to get through. */
function nginxFolder(folder, main, http) {
  chmodSync(folder, 0o755);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ');
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, `${main}
daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
worker_processes 1;
worker_rlimit_nofile 20000;
events { worker_connections 16000; }
http {
  access_log off;
  ${temporary}
  tcp_nodelay on;
  keepalive_timeout 1h;
  keepalive_requests 100000000;
${http}
}
`);
  return file;
}

const taskwire = {
  title: 'taskwire',
  told: 'an engine and an edge, two processes on the one core, with --shards 1. It commits each event to SQLite, durably, before it answers its publisher.',
  kind: 'taskwire', packages: [], streams: 10_000, mostRate: 40, can: () => true,
  async start({ programs, folder, places, ports: [grpc, http] }) {
    const engine = programs.start(places.serverCore, join(places.bin, 'taskwire-engine'), '--listen', `127.0.0.1:${grpc}`,
      '--data-dir', join(folder, 'data'), '--demo-sources=false');
    const edge = programs.start(places.serverCore, join(places.bin, 'taskwire-edge'), '--listen', `127.0.0.1:${http}`,
      '--engine', `127.0.0.1:${grpc}`, '--shards', '1');
    await programs.waitUntil(isReady(http));
    return { url: `http://127.0.0.1:${http}`, pids: [engine, edge] };
  },
};

const floor = {
  title: 'floor',
  told: 'one process that does one send() for a delivery and nothing else. It keeps the last 1,000 events of a channel in memory, and cuts a reader whose socket is full.',
  kind: 'floor', packages: [], streams: 10_000, mostRate: 40, can: (key) => key !== 'polling',
  async start({ programs, places, ports: [http] }) {
    const pid = programs.start(places.serverCore, join(places.bench, 'taskwire-bench-floor'), String(http));
    await programs.waitUntil(listens(http));
    return { url: `http://127.0.0.1:${http}`, pids: [pid] };
  },
};

const nchan = {
  title: 'Nchan',
  told: 'one worker of nginx. It keeps the last 1,000 events of a channel in shared memory only (512 MiB), and answers without having stored anything on disk.',
  kind: 'nchan', packages: ['nginx', 'libnginx-mod-nchan'], streams: 10_000, mostRate: 40, can: (key) => key !== 'polling',
  async start({ programs, folder, places, ports: [http] }) {
    const file = nginxFolder(folder, 'load_module /usr/lib/nginx/modules/ngx_nchan_module.so;', `  nchan_shared_memory_size 512M;
  server {
    listen 127.0.0.1:${http} backlog=4096;
    location ~ ^/sub/(.+)$ {
      nchan_subscriber eventsource;
      nchan_channel_id $1;
      nchan_subscriber_first_message newest;
    }
    location ~ ^/pub/(.+)$ {
      nchan_publisher;
      nchan_channel_id $1;
      nchan_message_buffer_length 1000;
      nchan_message_timeout 1h;
    }
  }`);
    const pid = programs.start(places.serverCore, '/usr/sbin/nginx', '-p', folder, '-c', file, '-e', join(folder, 'error.log'));
    await programs.waitUntil(listens(http));
    return { url: `http://127.0.0.1:${http}`, pids: [pid] };
  },
};

// It keeps no history, so it replays nothing. It opens about 800 streams a second by its own account, so it gets fewer. Deliveries above
// message_rate a second wait, and of those more than message_hwm are dropped; both are raised. Asked for 100
// streams at a time it answers some with 502, so it is asked for 20. The program behind it is nginx, on
// the core of the client, and is not counted.
const pushpin = {
  title: 'Pushpin',
  told: 'four processes on the one core, with an origin (nginx) on the core of the client, which is not counted. It keeps nothing, so nothing can be caught up on. It gets fewer streams, opened 20 at a time, a lower first rate, and limits raised above its defaults (message_rate, message_hwm).',
  kind: 'pushpin', packages: ['nginx', 'pushpin'], streams: 2_000, mostRate: 3, can: (key) => !['polling', 'replay', 'interference'].includes(key),
  async start({ programs, folder, places, ports: [http, publish, push, subscribe, command, origin] }) {
    for (const name of ['run', 'log', 'origin']) mkdirSync(join(folder, name));
    const file = nginxFolder(join(folder, 'origin'), '', `  server {
    listen 127.0.0.1:${origin} backlog=4096;
    location ~ ^/stream/(.+)$ {
      default_type text/event-stream;
      add_header Grip-Hold stream;
      add_header Grip-Channel $1;
      return 200 "";
    }
  }`);
    chmodSync(folder, 0o755);
    // Debian has zurl, its client of HTTP, as a service of the system; here it is one of its own.
    const internal = readFileSync('/usr/lib/pushpin/internal.conf', 'utf8').replaceAll('/var/run/zurl/', '{rundir}/{ipc_prefix}');
    writeFileSync(join(folder, 'internal.conf'), internal);
    writeFileSync(join(folder, 'routes'), `* 127.0.0.1:${origin}\n`);
    writeFileSync(join(folder, 'pushpin.conf'), `[global]
include=${folder}/internal.conf
rundir=${folder}/run
ipc_prefix=compare-
port_offset=0
stats_connection_ttl=600

[runner]
services=condure,zurl,pushpin-proxy,pushpin-handler
http_port=127.0.0.1:${http}
logdir=${folder}/log
log_level=1
client_buffer_size=4096
client_maxconn=12000
condure_bin=condure
zurl_bin=zurl

[proxy]
routesfile=${folder}/routes
updates_check=off

[handler]
push_in_spec=tcp://127.0.0.1:${push}
push_in_sub_specs=tcp://127.0.0.1:${subscribe}
push_in_http_addr=127.0.0.1
push_in_http_port=${publish}
command_spec=tcp://127.0.0.1:${command}
stats_spec=ipc://{rundir}/{ipc_prefix}stats
message_rate=1000000
message_hwm=1000000
connection_subscription_max=20
`);
    programs.start(places.clientCore, '/usr/sbin/nginx', '-p', join(folder, 'origin'), '-c', file, '-e', join(folder, 'origin', 'error.log'));
    const pid = programs.start(places.serverCore, '/usr/bin/pushpin', '--config', join(folder, 'pushpin.conf'), '--merge-output');
    await programs.waitUntil(listens(http));
    await programs.waitUntil(listens(publish));
    return { url: `http://127.0.0.1:${http}`, args: ['--at-once', '20', '--publish-url', `http://127.0.0.1:${publish}/publish/`], pids: [pid] };
  },
};

export const peers = { taskwire, floor, nchan, pushpin };
