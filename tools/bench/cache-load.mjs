/**
 * `npm run bench:cache`: the cache server under load beside nginx, which serves and accepts the same files as they are:
 * without tokens, tiers, digests or flushing them to the disk. Both take turns on this machine, with 64 connections of
 * wrk. The table is printed and, with `--write`, goes into docs/benchmarks-cache.md.
 *
 * BENCH_TURNS is how many turns are counted, BENCH_SECONDS how long each lasts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../build.mjs';
import { need } from '../set-up.mjs';
import { isMain, root } from '../workspace.mjs';
import { median } from './turns.mjs';

const TURNS = Number(process.env.BENCH_TURNS ?? 5);
/** Each turn begins with 64 new connections; what that takes is to be less than a hundredth of what p99 is taken of. */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
/** A round of all connections is 3 GB, and with uploads that go on evenly none ends long before the others. */
const LARGE_PUT_SECONDS = 30;
/** Some ten thousand requests, until which code that is compiled while it runs is not what it stays. */
const WARM_UP_SECONDS = 5;
const CONNECTIONS = 64;
const KIB = 1024;
const MIB = 1024 * KIB;
const BODIES = { small: KIB, large: 50 * MIB };
/** What is to be reached: p99 and bytes a second as ours divided by nginx's, memory in bytes. */
const BARS = { p99: 3, rate: 0.8, memory: 200 * MIB };
const COMMAND = join(root, 'packages/cache/bin/wheelhouse-cache.js');

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a server and waits until it answers. */
async function started(command, { port, cwd }) {
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) break;
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return child;
    } catch {
      await sleep(50);
    }
  }
  child.kill();
  throw new Error(`${command.join(' ')} does not answer at port ${port}`);
}

async function stopped(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
}

/** The cache server as it is shipped, with a token that may write. */
async function ours(directory) {
  const tokens = join(directory, 'tokens');
  const create = ['token', 'create', '--tokens', tokens, '--name', 'bench', '--tier', 'trusted'];
  const { stdout, stderr, status } = spawnSync(process.execPath, [COMMAND, ...create], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const port = await freePort();
  const data = join(directory, 'data');
  const serve = ['serve', '--listen', `127.0.0.1:${port}`, '--data', data, '--tokens', tokens];
  return {
    name: 'wheelhouse-cache',
    isOurs: true,
    port,
    headers: { authorization: `Bearer ${stdout.trim()}` },
    start: () => started([process.execPath, COMMAND, ...serve, '--log-level', 'error'], { port, cwd: directory }),
    forget: () => removed(data),
  };
}

async function nginx(directory) {
  const port = await freePort();
  const at = (name) => join(directory, name);
  const files = at('nginx-files');
  writeFileSync(
    at('nginx.conf'),
    `worker_processes auto; daemon off; pid ${at('nginx.pid')}; error_log stderr error;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; default_type application/octet-stream;
  client_max_body_size 0; client_body_temp_path ${at('nginx-bodies')};
  server {
    listen 127.0.0.1:${port}; root ${files};
    location / { dav_methods PUT; create_full_put_path on; }
  }
}
`,
  );
  return {
    name: 'nginx',
    isOurs: false,
    port,
    headers: {},
    start: () => {
      mkdirSync(files, { recursive: true });
      return started(['nginx', '-e', 'stderr', '-p', directory, '-c', at('nginx.conf')], { port, cwd: directory });
    },
    forget: () => removed(files),
  };
}

/** Removes a directory, though uploads that wrk broke off may still be written to it. */
async function removed(directory) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      rmSync(directory, { recursive: true, force: true });
      return;
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' || attempt === 100) throw error;
      await sleep(200);
    }
  }
}

/** One run of wrk. @returns seconds, requests, bytes of answers, p50 and p99 in microseconds */
async function load({ port, headers }, { method, path, body, run, seconds }) {
  const script = join(root, 'tools/bench/load', `${method}.lua`);
  const head = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const args = ['-t', '2', '-c', String(CONNECTIONS), '-d', `${seconds}s`, '--timeout', '60s', '-s', script, ...head];
  const child = spawn('wrk', [...args, `http://127.0.0.1:${port}${path}`], {
    env: { ...process.env, BODY: body, RUN: run, REPORT: join(root, 'tools/bench/load/report.lua') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (piece) => (output += piece));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0 || !line.startsWith('{')) throw new Error(`wrk failed (${code}): ${output}`);
  const report = JSON.parse(line);
  if (report.requests === 0 && seconds > WARM_UP_SECONDS) throw new Error(`no request ended within ${seconds} s`);
  if (report.failed > 0) throw new Error(`${report.failed} of ${report.requests} requests failed: ${output}`);
  return report;
}

/** The most memory the process has had, in bytes. */
function peakMemory({ pid }) {
  const [, kib] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * KIB;
}

async function put({ port, headers }, path, body) {
  const { status } = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: readFileSync(body),
  });
  if (status >= 300) throw new Error(`PUT ${path}: ${status}`);
}

/** One case, both servers in turns, each started anew for it. */
async function measure(contenders, { size, method, body }) {
  const seconds = method === 'put' && size === 'large' ? Math.max(SECONDS, LARGE_PUT_SECONDS) : SECONDS;
  const rows = [];
  for (const contender of contenders) {
    await contender.forget();
    rows.push({ contender, server: await contender.start(), runs: [] });
  }
  try {
    for (const { contender } of rows) if (method === 'get') await put(contender, `/v1/cache/${size}`, body);
    for (let turn = 0; turn <= TURNS; turn += 1) {
      for (const { contender, runs } of rows) {
        const run = `${size}_${turn}`;
        const path = method === 'get' ? `/v1/cache/${size}` : '/';
        const report = await load(contender, {
          method,
          path,
          body,
          run,
          seconds: turn === 0 ? WARM_UP_SECONDS : seconds,
        });
        if (turn > 0) runs.push(report);
        // What was put is in the way of nothing but the disk.
        if (method === 'put' && size === 'large' && !contender.isOurs) await contender.forget();
      }
    }
    return rows.map(({ contender, server, runs }) => {
      const of = (value) => median(runs.map(value));
      const perSecond = of(({ requests, seconds }) => requests / seconds);
      return {
        name: contender.name,
        isOurs: contender.isOurs,
        perSecond,
        // Of a large body what has come counts, though not all of it was there when the time was over.
        bytes:
          method === 'get' && size === 'large' ? of(({ bytes, seconds }) => bytes / seconds) : perSecond * BODIES[size],
        p50: of(({ p50 }) => p50 / 1e6),
        p99: of(({ p99 }) => p99 / 1e6),
        memory: contender.isOurs ? peakMemory(server) : undefined,
      };
    });
  } finally {
    for (const { server, contender } of rows) {
      await stopped(server);
      await contender.forget();
    }
  }
}

function tableOf(title, rows) {
  const [first, second] = rows;
  const ratio = (value) => (value(first) / value(second)).toFixed(2);
  const line = ({ name, perSecond, bytes, p50, p99 }) =>
    `| \`${name}\` | ${perSecond.toFixed(perSecond < 100 ? 1 : 0)} | ${(bytes / MIB).toFixed(1)} | ${milliseconds(p50)} | ${milliseconds(p99)} |`;
  return [
    `### ${title}`,
    '',
    '| server | requests/s | MiB/s | p50, ms | p99, ms |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(line),
    `| ours / nginx | ${ratio((row) => row.perSecond)} | ${ratio((row) => row.bytes)} | ${ratio((row) => row.p50)} | ${ratio((row) => row.p99)} |`,
    '',
    `The most memory the cache server had: ${(first.memory / MIB).toFixed(0)} MiB.`,
    '',
  ];
}

function milliseconds(seconds) {
  return (seconds * 1000).toFixed(seconds < 0.1 ? 2 : 0);
}

function barsOf(results) {
  const yes = (reached) => (reached ? 'yes' : 'no');
  const [smallGet, largeGet, smallPut] = results.map(({ rows: [first, second] }) => ({
    p99: first.p99 / second.p99,
    rate: first.bytes / second.bytes,
  }));
  const memory = Math.max(...results.map(({ rows: [first] }) => first.memory));
  return [
    '| measure | is | to reach | reached |',
    '| --- | --- | --- | --- |',
    `| GET of 50 MB: bytes a second, ours / nginx | ${largeGet.rate.toFixed(2)} | at least ${BARS.rate} | ${yes(largeGet.rate >= BARS.rate)} |`,
    `| GET of 1 KB: p99, ours / nginx | ${smallGet.p99.toFixed(2)} | at most ${BARS.p99} | ${yes(smallGet.p99 <= BARS.p99)} |`,
    `| PUT of 1 KB: p99, ours / nginx | ${smallPut.p99.toFixed(2)} | at most ${BARS.p99} | ${yes(smallPut.p99 <= BARS.p99)} |`,
    `| memory of the cache server, all cases | ${(memory / MIB).toFixed(0)} MiB | below ${BARS.memory / MIB} MiB | ${yes(memory < BARS.memory)} |`,
    '',
  ];
}

async function main() {
  await need({ npm: ['.'], apt: ['nginx-light', 'wrk'] });
  if ((await build()) !== 0) throw new Error('the packages do not build');
  const directory = mkdtempSync(join(tmpdir(), 'wheelhouse-cache-load-'));
  try {
    const contenders = [await ours(directory), await nginx(directory)];
    const cases = [
      { title: 'GET, 1 KB', size: 'small', method: 'get' },
      { title: 'GET, 50 MB', size: 'large', method: 'get' },
      { title: 'PUT, 1 KB', size: 'small', method: 'put' },
      { title: 'PUT, 50 MB', size: 'large', method: 'put' },
    ];
    const results = [];
    for (const each of cases) {
      const body = join(directory, each.size);
      writeFileSync(body, randomBytes(BODIES[each.size]));
      console.log(`bench: ${each.title}`);
      results.push({ title: each.title, rows: await measure(contenders, { ...each, body }) });
    }
    const text = [
      ...barsOf(results),
      ...results.flatMap(({ title, rows }) => tableOf(title, rows)),
      `Medians of ${TURNS} turns of ${SECONDS} s (${Math.max(SECONDS, LARGE_PUT_SECONDS)} s for PUT of 50 MB) after one of ${WARM_UP_SECONDS} s that is not counted, ${CONNECTIONS} connections, on`,
      `${cpus().length} processors which the load generator shares, Linux ${release().split('.').slice(0, 2).join('.')}, Node ${process.versions.node}.`,
      '',
    ].join('\n');
    process.stdout.write(text);
    if (process.argv.includes('--write')) {
      const page = join(root, 'docs/benchmarks-cache.md');
      const [head] = readFileSync(page, 'utf8').split('<!-- tables -->');
      writeFileSync(page, `${head}<!-- tables -->\n\n${text}`);
      spawnSync(join(root, 'node_modules/.bin/prettier'), ['--write', page], { cwd: root });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) await main();
