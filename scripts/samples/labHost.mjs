/**
 * The people and machines of the laboratory (lab.sh): a web, chat and name server, and the clients
 * that talk to it. Run inside a namespace; opens nothing but the ports named here.
 *
 *   node labHost.mjs serve ADDRESS            HTTP on 80, chat on 2222, DNS on 53/udp, until killed
 *   node labHost.mjs browse ADDRESS SECONDS   a person clicking through pages, one connection per click or a few
 *   node labHost.mjs chat ADDRESS SECONDS     a shell-like session: short lines, echoes, longer output now and then
 *   node labHost.mjs idle ADDRESS SECONDS     a connection that says one line and then only keeps alive
 *   node labHost.mjs resolve ADDRESS NAME...  ask the server for names
 */
import dgram from "node:dgram";
import dns from "node:dns/promises";
import http from "node:http";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const [role, address = "", ...rest] = process.argv.slice(2);

/** Pages by path: type and size in bytes. The quotes in the types are there on purpose. */
const PAGES = new Map([
  ["/", { type: 'text/html; charset="UTF-8"', size: 1_900 }],
  ["/style.css", { type: "text/css", size: 3_311 }],
  ["/logo.svg", { type: "image/svg+xml", size: 820 }],
  ["/feed.xml", { type: 'text/xml; charset="UTF-8"', size: 5_200 }],
  ["/report.json", { type: "application/json", size: 9_700 }],
  ["/photo.jpg", { type: "image/jpeg", size: 24_000 }],
  ["/small.txt", { type: "text/plain", size: 300 }],
]);

/** A repeatable random number in [0, 1), so that two runs differ only in what the network does. */
function makeRandom(/** @type {number} */ seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = makeRandom(Number(process.env.LAB_SEED ?? 1));

function serve() {
  const web = http.createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://lab").pathname;
    const page = PAGES.get(path);
    if (path === "/old") {
      response.writeHead(302, { Location: `http://${request.headers.host}/`, "Content-Length": 0 }).end();
    } else if (page) {
      response.writeHead(200, { "Content-Type": page.type, "Content-Length": page.size });
      response.end("lab ".repeat(page.size / 4 + 1).slice(0, page.size));
    } else {
      response.writeHead(404, { "Content-Length": 0 }).end();
    }
  });
  web.keepAliveTimeout = 4_000;
  web.listen(80, "::").on("error", () => web.listen(80, "0.0.0.0"));

  net
    .createServer((socket) => {
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
      socket.on("data", (line) => {
        socket.write(line); // the echo of what was typed
        if (line.length > 12) socket.write("drwxr-xr-x 2 lab lab 4096 file\n".repeat(2 + (line.length % 9)));
      });
    })
    .listen(2222, "0.0.0.0");

  const names = dgram.createSocket("udp4");
  names.on("message", (query, from) => {
    const answer = Buffer.concat([
      query.subarray(0, questionEnd(query)),
      Buffer.from("c00c00010001000000780004", "hex"),
      Buffer.from([10, 20, 0, 10]),
    ]);
    answer.writeUInt16BE(0x8580, 2);
    answer.writeUInt16BE(1, 6);
    answer.writeUInt32BE(0, 8);
    names.send(answer, from.port, from.address);
  });
  names.bind(53, "0.0.0.0");
}

/** Offset just after the one question of a DNS query. */
function questionEnd(/** @type {Buffer} */ query) {
  let at = 12;
  while (at < query.length && query[at] !== 0) at += query[at] + 1;
  return at + 5;
}

/** Fetch one page and wait for its end; a refused or reset connection is a normal event here. */
function fetchPage(/** @type {string} */ path, /** @type {http.Agent} */ agent) {
  return new Promise((resolve) => {
    const headers = {
      "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) LabBrowser/1.0",
      Referer: `http://${address}/`,
      Cookie: `visit=${Math.floor(random() * 1e6)}`,
    };
    const request = http.get({ host: address, path, agent, headers, timeout: 8_000 }, (response) =>
      response.resume().on("end", resolve).on("error", resolve),
    );
    request.on("timeout", () => request.destroy()).on("error", resolve);
  });
}

async function browse(/** @type {number} */ seconds) {
  const end = Date.now() + seconds * 1_000;
  const paths = [...PAGES.keys(), "/old", "/missing", "/small.txt", "/", "/style.css"];
  while (Date.now() < end) {
    const agent = new http.Agent({ keepAlive: random() < 0.5, maxSockets: 1 });
    const clicks = 1 + Math.floor(random() * 3);
    for (let click = 0; click < clicks; click++) await fetchPage(paths[Math.floor(random() * paths.length)] ?? "/", agent);
    agent.destroy();
    await sleep(2_000 + random() * 7_000);
  }
}

async function chat(/** @type {number} */ seconds) {
  const end = Date.now() + seconds * 1_000;
  const words = ["ls", "cd src", "make test", "git status", "less README", "grep -r needle .", "top"];
  while (Date.now() < end) {
    const socket = net.connect(2222, address).setNoDelay(true);
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("error", () => socket.destroy()).resume();
    while (Date.now() < end && !socket.destroyed) {
      socket.write(`${words[Math.floor(random() * words.length)]}\n`);
      await sleep(500 + random() * 2_500);
    }
    socket.end();
    await Promise.race([closed, sleep(1_000)]);
    await sleep(1_500);
  }
}

async function idle(/** @type {number} */ seconds) {
  const socket = net.connect(2222, address);
  socket.on("error", () => socket.destroy()).resume();
  socket.on("connect", () => socket.setKeepAlive(true, 15_000).write("wait\n"));
  await sleep(seconds * 1_000);
  socket.end();
}

async function resolveNames() {
  const resolver = new dns.Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([address]);
  for (const name of rest) await resolver.resolve4(name).catch(() => []);
}

if (role === "serve") serve();
else if (role === "browse") await browse(Number(rest[0]));
else if (role === "chat") await chat(Number(rest[0]));
else if (role === "idle") await idle(Number(rest[0]));
else if (role === "resolve") await resolveNames();
else throw new Error(`unknown role ${role}`);
// Clients may still hold sockets in a half-closed state.
if (role !== "serve") process.exit(0);
