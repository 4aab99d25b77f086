/**
 * Makes the file that benchmarks run on: a random half of a capture of about 6.2 million frames, stored
 * in shuffled order with a second header line in the middle, 61 columns, about 1 GB. No real traffic.
 *
 *   npm run bench:data [-- --rows 3000000 --out bench-data/attack-sample-3m.csv --seed 1]
 *
 * Beside OUT it writes OUT.expected.json: what a notebook (scripts/notebook.py) must find in it, counted
 * here from the frames themselves, never by reading the CSV. The same rows and seed give the same bytes.
 *
 * What is in the capture (times are wall clock, EDT, 11:23 to 12:52):
 *   short    web connections: handshake, one request, an answer of one segment or a few, both FINs
 *   viewers  long downloads in objects of 400 segments; viewers of one video walk the same numbers, which
 *            keeps the distinct values near 300,000. Lost segments bring duplicate ACKs and a resend
 *   shells   chats without TCP options, some segments resent; five times a forged segment of equal length
 *   11:25    a flood of complete web requests (this makes most of the peak of seq 1)
 *   11:31    a SYN flood from made-up sources        11:47  a port scan
 *   forged RSTs with a foreign TTL in some downloads, which go on regardless
 *   UDP DNS and ICMP, about 0.12 % of the rows, without tcp.seq
 *
 * Checksums obey the TCP sum over made-up payload, so resent segments agree and forged ones do not.
 * Cells look like an export of tshark 3.4 (0x00000018) that pandas saved again: flags and windows are
 * floats, tcp.stream and ports are floats in most blocks of rows.
 *
 * Takes about 15 seconds and 0.7 GB of memory for 3,000,000 rows.
 */
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "3000000" },
    out: { type: "string", default: path.join(root, "bench-data", "attack-sample-3m.csv") },
    seed: { type: "string", default: "1" },
  },
});
const rows = Number(options.rows);
const seed = Number(options.seed);
const out = path.resolve(options.out);
if (!Number.isSafeInteger(rows) || rows < 100 || rows > 20_000_000) throw new Error("--rows must be a whole number from 100 to 20,000,000");
if (!Number.isSafeInteger(seed)) throw new Error("--seed must be a whole number");

// ---------------------------------------------------------------------------------------------------
// Random numbers

let randomState = seed | 0;

/** A repeatable random number in [0, 2^32) (mulberry32). */
function random32() {
  randomState = (randomState + 0x6d2b79f5) | 0;
  let mixed = Math.imul(randomState ^ (randomState >>> 15), 1 | randomState);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
const random = () => random32() / 4_294_967_296;
/** A whole number in [0, n). */
const below = (/** @type {number} */ n) => Math.floor(random() * n);
const between = (/** @type {number} */ from, /** @type {number} */ to) => from + below(to - from);

/** A well-mixed function of three numbers in [0, 2^32): the same place always holds the same "payload". */
function hash(/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ c) {
  let mixed = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b ^ (b >>> 15), 0xc2b2ae35) ^ Math.imul(c, 0x27d4eb2f);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

// ---------------------------------------------------------------------------------------------------
// Names for what a frame or stream is

const TO_SERVER = 0;
const TO_CLIENT = 1;

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;

/** What Wireshark would make of the payload; index into PROTOCOLS. */
const PLAIN = 0;
const HTTP = 1;
const HTTP_TEXT = 2;
const HTTP_MEDIA = 3;
const TLS = 4;
const SSH = 5;
const DNS = 6;
const ICMP = 7;
const PROTOCOLS = [
  "eth:ethertype:ip:tcp",
  "eth:ethertype:ip:tcp:http",
  "eth:ethertype:ip:tcp:http:data-text-lines",
  "eth:ethertype:ip:tcp:http:media",
  "eth:ethertype:ip:tcp:tls",
  "eth:ethertype:ip:tcp:ssh",
  "eth:ethertype:ip:udp:dns",
  "eth:ethertype:ip:icmp:data",
];

/** Bits of a frame's `info`, above three bits of protocol. */
const IS_TO_CLIENT = 0x08;
const IS_SUSPICIOUS = 0x10;
const IS_FORGED = 0x20;

const MICROS = 1_000_000;
const MINUTE = 60 * MICROS;
/** 2023-06-04 11:23:00 EDT; frame times are microseconds since then. */
const ZERO_EPOCH = 1_685_892_180;
const LENGTH = 90 * MINUTE;
const MSS = 1_448; // 1,500 - 20 - 20 - 12 of timestamps

// ---------------------------------------------------------------------------------------------------
// Streams and frames, as columns

/** Frames in the whole capture, of which `rows` are drawn. */
const frameTarget = Math.round((rows * 6.2) / 3);
/** All counts below are for 6.2 million frames. */
const scale = frameTarget / 6_200_000;
const scaled = (/** @type {number} */ n) => Math.max(1, Math.round(n * scale));
const frameCapacity = frameTarget + 4_096;

const frames = {
  count: 0,
  /** Microseconds since ZERO_EPOCH. */
  t: new Float64Array(frameCapacity),
  /** Index into `streams`; -1 for DNS and ICMP. */
  stream: new Int32Array(frameCapacity),
  seq: new Uint32Array(frameCapacity),
  ack: new Uint32Array(frameCapacity),
  len: new Uint16Array(frameCapacity),
  flags: new Uint8Array(frameCapacity),
  info: new Uint8Array(frameCapacity),
};

const streamCapacity = scaled(140_000) + 64;
const streams = {
  count: 0,
  start: new Float64Array(streamCapacity),
  clientIp: new Uint32Array(streamCapacity),
  serverIp: new Uint32Array(streamCapacity),
  clientPort: new Uint16Array(streamCapacity),
  serverPort: new Uint16Array(streamCapacity),
  isn: new Uint32Array(streamCapacity * 2), // client, server
  hasOptions: new Uint8Array(streamCapacity),
};

const ip = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ c, /** @type {number} */ d) =>
  ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
const clients = Array.from({ length: 400 }, (_, n) => ip(10, 20, 1 + (n >> 7), 10 + (n & 127)));
const servers = Array.from({ length: 40 }, (_, n) => ip(203, 0, 113, 10 + n));
const attackers = Array.from({ length: 20 }, (_, n) => ip(198, 51, 100, 100 + n));
const victim = servers[0];
/** @type {Map<number, number>} */
const nextPort = new Map();

/** A new stream; ports count up per client, so no 4-tuple returns. */
function openStream(
  /** @type {number} */ start,
  /** @type {number} */ clientIp,
  /** @type {number} */ serverIp,
  /** @type {number} */ serverPort,
  hasOptions = true,
) {
  const stream = streams.count++;
  const port = nextPort.get(clientIp) ?? between(32_768, 40_000);
  nextPort.set(clientIp, port === 60_999 ? 32_768 : port + 1);
  streams.start[stream] = start;
  streams.clientIp[stream] = clientIp;
  streams.serverIp[stream] = serverIp;
  streams.clientPort[stream] = port;
  streams.serverPort[stream] = serverPort;
  streams.isn[2 * stream] = random32();
  streams.isn[2 * stream + 1] = random32();
  streams.hasOptions[stream] = hasOptions ? 1 : 0;
  return stream;
}

function emit(
  /** @type {number} */ t,
  /** @type {number} */ stream,
  /** @type {number} */ direction,
  /** @type {number} */ flags,
  /** @type {number} */ seq,
  /** @type {number} */ ack,
  len = 0,
  info = PLAIN,
) {
  if (frames.count === frameCapacity || t >= LENGTH) return;
  const frame = frames.count++;
  frames.t[frame] = Math.floor(t);
  frames.stream[frame] = stream;
  frames.flags[frame] = flags;
  frames.seq[frame] = seq;
  frames.ack[frame] = ack;
  frames.len[frame] = len;
  frames.info[frame] = info | (direction === TO_CLIENT ? IS_TO_CLIENT : 0);
}

/** SYN, SYN-ACK, ACK. Returns the time after the ACK. */
function shakeHands(/** @type {number} */ t, /** @type {number} */ stream, /** @type {number} */ rtt, mark = 0) {
  emit(t, stream, TO_SERVER, SYN, 0, 0, 0, mark);
  if (random() < 0.003) emit(t + MICROS, stream, TO_SERVER, SYN, 0, 0, 0, mark);
  emit(t + rtt, stream, TO_CLIENT, SYN | ACK, 0, 1, 0, mark);
  emit(t + rtt + 40, stream, TO_SERVER, ACK, 1, 1, 0, mark);
  return t + rtt + 90;
}

/** FIN from the server, FIN from the client, last ACK; neither sends anything after. */
function sayGoodbye(
  /** @type {number} */ t,
  /** @type {number} */ stream,
  /** @type {number} */ rtt,
  /** @type {number} */ clientSeq,
  /** @type {number} */ serverSeq,
  mark = 0,
) {
  emit(t, stream, TO_CLIENT, FIN | ACK, serverSeq, clientSeq, 0, mark);
  emit(t + 60, stream, TO_SERVER, FIN | ACK, clientSeq, serverSeq + 1, 0, mark);
  emit(t + 60 + rtt, stream, TO_CLIENT, ACK, serverSeq + 1, clientSeq + 1, 0, mark);
}

/** Bytes of a short answer: a third need a second segment, few a third one, some are the one of 3,311. */
function drawAnswer() {
  const dice = random();
  if (dice < 0.0195) return 3_311;
  if (dice < 0.033) return between(2 * MSS + 1, 3 * MSS) + (dice < 0.0245 ? below(6) * MSS : 0);
  if (dice < 0.3395) return between(MSS + 1, 2 * MSS);
  return between(180, MSS);
}

/** One web connection: request, answer, goodbye. */
function shortConnection(/** @type {number} */ start, /** @type {number} */ clientIp, /** @type {number} */ serverIp, mark = 0) {
  const isTls = mark === 0 && random() < 0.4;
  const answer = drawAnswer();
  const hasOptions = answer > MSS || random() < 0.85;
  const stream = openStream(start, clientIp, serverIp, isTls ? 443 : 80, hasOptions);
  const rtt = between(2_000, 60_000);
  let t = shakeHands(start, stream, rtt, mark);
  const request = between(110, 1_150);
  emit(t, stream, TO_SERVER, PSH | ACK, 1, 1, request, (isTls ? TLS : HTTP) | mark);
  t += rtt;
  if (mark !== 0 || random() < 0.06) emit(t, stream, TO_CLIENT, ACK, 1, 1 + request, 0, mark);
  t += between(300, 30_000);
  for (let sent = 0; sent < answer; sent += MSS) {
    const len = Math.min(MSS, answer - sent);
    const isLast = sent + len === answer;
    const kind = isTls ? TLS : isLast ? HTTP_TEXT : PLAIN;
    emit(t, stream, TO_CLIENT, isLast ? PSH | ACK : ACK, 1 + sent, 1 + request, len, kind | mark);
    t += 25;
  }
  emit(t + 30, stream, TO_SERVER, ACK, 1 + request, 1 + answer, 0, mark);
  sayGoodbye(t + between(200, 2 * MICROS), stream, rtt, 1 + request, 1 + answer, mark);
}

const VIDEOS = 24;
const VIDEO_SEGMENTS = 14_400;
const OBJECT_SEGMENTS = 400;

/** A long download: a small answer first (its size belongs to the video), then object after object. */
function viewer(/** @type {number} */ segments) {
  const video = below(VIDEOS);
  const objects = Math.ceil(segments / OBJECT_SEGMENTS);
  const pause = between(3, 7) * MICROS;
  const start = random() * Math.max(MINUTE, LENGTH - objects * (pause + 2 * MICROS) - MINUTE);
  const stream = openStream(start, clients[below(clients.length)], servers[1 + video], 80);
  const rtt = between(4_000, 40_000);
  const request = between(250, 1_050);
  const first = 300 + 45 * video;
  let t = shakeHands(start, stream, rtt);
  emit(t, stream, TO_SERVER, PSH | ACK, 1, 1, request, HTTP);
  t += rtt;
  emit(t, stream, TO_CLIENT, PSH | ACK, 1, 1 + request, first, HTTP_TEXT);
  t += 300;
  let clientSeq = 1 + request;
  let serverSeq = 1 + first;
  const forgedAt = random() < 0.03 ? below(segments) : -1;

  for (let sent = 0; sent < segments;) {
    // Cookies and ranges make no two requests equally long, which spreads the receivers' numbers.
    const asked = request + below(200);
    emit(t, stream, TO_SERVER, PSH | ACK, clientSeq, serverSeq, asked, HTTP);
    clientSeq += asked;
    t += rtt;
    const objectEnd = Math.min(segments, sent + OBJECT_SEGMENTS);
    let window = 10;
    while (sent < objectEnd) {
      const burst = Math.min(window, objectEnd - sent);
      const lost = random() < 0.02 ? below(burst) : -1;
      const swapped = random() < 0.01 ? below(burst) : -1;
      let lostSeq = 0;
      let lostLen = 0;
      for (let n = 0; n < burst; n++, sent++) {
        const isLast = sent === objectEnd - 1;
        const len = isLast ? 700 + 13 * video : MSS;
        // Overtaken by the next one on the way to the tap.
        const late = n === swapped && n < burst - 1 ? 130 : 0;
        emit(t + late, stream, TO_CLIENT, isLast ? PSH | ACK : ACK, serverSeq, clientSeq, len, isLast ? HTTP_MEDIA : PLAIN);
        if (n === lost) {
          lostSeq = serverSeq;
          lostLen = len;
        }
        serverSeq += len;
        if (lostLen > 0) {
          if (n > lost) emit(t + 35, stream, TO_SERVER, ACK, clientSeq, lostSeq);
        } else if (n % 2 === 1 || n === burst - 1) {
          emit(t + 35, stream, TO_SERVER, ACK, clientSeq, serverSeq);
        }
        if (sent === forgedAt) {
          const mark = IS_FORGED | IS_SUSPICIOUS;
          for (let guess = 1; guess <= 6; guess++)
            emit(t + 400 + 90 * guess, stream, TO_CLIENT, RST, serverSeq + 12_500 * guess, 0, 0, mark);
        }
        t += 110;
      }
      t += rtt;
      if (lostLen > 0) {
        emit(t, stream, TO_CLIENT, ACK, lostSeq, clientSeq, lostLen);
        emit(t + 35, stream, TO_SERVER, ACK, clientSeq, serverSeq);
        t += 150;
        window = Math.max(5, window >> 1);
      } else {
        window = Math.min(80, window + 10);
      }
    }
    t += pause * (0.6 + random() * 0.8);
    if (frames.count >= frameTarget) return;
  }
  sayGoodbye(t, stream, rtt, clientSeq, serverSeq);
}

/** A shell session without TCP options: keystrokes, echoes, output; rarely a resend, once or so a forgery. */
function shell(/** @type {number} */ exchanges, /** @type {boolean} */ isForged) {
  const start = random() * LENGTH * 0.6;
  const stream = openStream(start, clients[below(clients.length)], servers[30 + below(10)], 22, false);
  const rtt = between(3_000, 50_000);
  let t = shakeHands(start, stream, rtt);
  let clientSeq = 1;
  let serverSeq = 1;
  for (let n = 0; n < exchanges; n++) {
    const typed = n === 0 ? 41 : 36;
    emit(t, stream, TO_SERVER, PSH | ACK, clientSeq, serverSeq, typed, SSH);
    if (random() < 0.01) emit(t + 210_000, stream, TO_SERVER, PSH | ACK, clientSeq, serverSeq, typed, SSH);
    const shown = n === 0 ? 41 : random() < 0.8 ? 36 : 36 + 8 * below(120);
    emit(t + rtt, stream, TO_CLIENT, PSH | ACK, serverSeq, clientSeq + typed, shown, SSH);
    if (isForged && n === exchanges >> 1)
      emit(t + rtt - 900, stream, TO_CLIENT, PSH | ACK, serverSeq, clientSeq + typed, shown, SSH | IS_FORGED | IS_SUSPICIOUS);
    clientSeq += typed;
    serverSeq += shown;
    emit(t + rtt + 45, stream, TO_SERVER, ACK, clientSeq, serverSeq);
    t += rtt + 250_000 + random() * 6 * MICROS;
  }
}

function synFlood(/** @type {number} */ count) {
  for (let n = 0; n < count; n++) {
    const t = 8 * MINUTE + random() * MINUTE;
    const stream = openStream(t, ip(198, 18 + below(2), below(256), below(256)), victim, 80, false);
    emit(t, stream, TO_SERVER, SYN, 0, 0, 0, IS_SUSPICIOUS);
    if (random() < 0.2) emit(t + 300, stream, TO_CLIENT, SYN | ACK, 0, 1, 0, IS_SUSPICIOUS);
  }
}

function portScan(/** @type {number} */ count) {
  for (let n = 0; n < count; n++) {
    const t = 24 * MINUTE + (n / count) * 45 * MICROS;
    const stream = openStream(t, attackers[0], servers[5], 1 + n, false);
    emit(t, stream, TO_SERVER, SYN, 0, 0, 0, IS_SUSPICIOUS);
    const isOpen = [22, 80, 443].includes(n + 1);
    emit(t + 250, stream, TO_CLIENT, isOpen ? SYN | ACK : RST | ACK, isOpen ? 0 : 1, 1, 0, IS_SUSPICIOUS);
    if (isOpen) emit(t + 330, stream, TO_SERVER, RST, 1, 0, 0, IS_SUSPICIOUS);
  }
}

/** DNS questions with answers and pings with replies; `seq` holds a random detail, `ack` the address pair. */
function withoutTcp(/** @type {number} */ count) {
  for (let n = 0; n < count / 2; n++) {
    const t = random() * (LENGTH - MICROS);
    const kind = random() < 0.85 ? DNS : ICMP;
    const detail = random32();
    const client = below(clients.length);
    emit(t, -1, TO_SERVER, 0, detail, client, 0, kind);
    emit(t + between(300, 40_000), -1, TO_CLIENT, 0, detail, client, 0, kind);
  }
}

function makeCapture() {
  const anyTime = () => 2 * MICROS + random() * (LENGTH - 6 * MICROS);
  for (let n = scaled(76_600); n > 0; n--) shortConnection(anyTime(), clients[below(clients.length)], servers[below(30)]);
  for (let n = scaled(16_020); n > 0; n--) {
    shortConnection(2 * MINUTE + MICROS + random() * 57 * MICROS, attackers[below(attackers.length)], victim, IS_SUSPICIOUS);
  }
  synFlood(scaled(19_500));
  portScan(scaled(3_000));
  withoutTcp(scaled(7_711));
  for (let n = scaled(60); n > 0; n--) shell(Math.min(200, scaled(200_000)), n <= 5);
  const longest = Math.min(VIDEO_SEGMENTS, Math.max(20, Math.ceil((frameTarget - frames.count) / 40)));
  while (frames.count < frameTarget && streams.count < streamCapacity) {
    const wanted = random() < 0.1 ? longest * (0.5 + random() / 2) : -Math.log(1 - random()) * 0.13 * longest;
    viewer(Math.max(5, Math.min(longest, Math.floor(wanted))));
  }
}

// ---------------------------------------------------------------------------------------------------
// Frame numbers, stream numbers, and the draw

/** Number of every frame, from 1, in order of time; equal times keep the order of making. */
function numberFrames() {
  const keys = new BigUint64Array(frames.count);
  const halves = new Uint32Array(keys.buffer); // little-endian on every machine Node runs on
  for (let frame = 0; frame < frames.count; frame++) {
    // 33 bits of time above 25 bits of index.
    const t = frames.t[frame];
    halves[2 * frame] = (((t % 128) << 25) | frame) >>> 0;
    halves[2 * frame + 1] = Math.floor(t / 128);
  }
  keys.sort();
  const numbers = new Uint32Array(frames.count);
  for (let rank = 0; rank < frames.count; rank++) numbers[halves[2 * rank] & 0x1ffffff] = rank + 1;
  return numbers;
}

/** tcp.stream of every stream: by its first frame's time. */
function numberStreams() {
  const order = Array.from({ length: streams.count }, (_, stream) => stream);
  const start = streams.start;
  order.sort((a, b) => start[a] - start[b] || a - b);
  const numbers = new Uint32Array(streams.count);
  for (let rank = 0; rank < order.length; rank++) numbers[order[rank]] = rank;
  return numbers;
}

/** `rows` different frames in random order (Fisher-Yates, stopped early). */
function drawFrames() {
  const deck = new Uint32Array(frames.count);
  for (let frame = 0; frame < deck.length; frame++) deck[frame] = frame;
  for (let n = 0; n < rows; n++) {
    const other = n + below(deck.length - n);
    const card = deck[n];
    deck[n] = deck[other];
    deck[other] = card;
  }
  return deck.subarray(0, rows);
}

// ---------------------------------------------------------------------------------------------------
// Rows

const HEADER =
  "frame.number,frame.len,frame.time,frame.time_epoch,frame.protocols,eth.src,eth.dst,eth.type,ip.src,ip.dst,ip.len,ip.ttl,ip.flags," +
  "ip.frag_offset,ip.proto,ip.version,ip.dsfield,ip.checksum,tcp.srcport,tcp.dstport,tcp.len,tcp.seq,tcp.ack,tcp.flags,tcp.flags.syn," +
  "tcp.flags.ack,tcp.flags.fin,tcp.flags.reset,tcp.window_size,tcp.checksum,tcp.stream,udp.srcport,udp.dstport,udp.length,udp.checksum," +
  "icmp.type,icmp.code,icmp.checksum,http.request.method,http.request.uri,http.request.version,http.request.full_uri,http.response.code," +
  "http.user_agent,http.content_length_header,http.content_type,http.cookie,http.host,http.referer,http.location,http.authorization," +
  "http.connection,dns.qry.name,dns.qry.type,dns.qry.class,dns.flags.response,dns.resp.type,dns.a,tls.handshake.type,tls.record.content_type,alert\n";

const pad3 = Array.from({ length: 1_000 }, (_, n) => String(n).padStart(3, "0"));
const hex2 = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));
/** Up to 3.4, tshark prints 16-bit fields with eight digits. */
const hex8 = (/** @type {number} */ n) => `0x0000${hex2[n >>> 8]}${hex2[n & 255]}`;
/** `"Jun  4, 2023 11:23:00.` and `1685892180.` per second of the capture. */
const clocks = Array.from({ length: 5_400 }, (_, second) => {
  const ofDay = 11 * 3_600 + 23 * 60 + second;
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `"Jun  4, 2023 ${two(Math.floor(ofDay / 3_600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)}.`;
});
/** @type {Map<number, string>} */
const ipTexts = new Map();
function ipText(/** @type {number} */ address) {
  let text = ipTexts.get(address);
  if (text === undefined)
    ipTexts.set(address, (text = `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`));
  return text;
}
const ROUTER_MAC = "02:5e:10:00:00:01";
/** Inside hosts have cards of their own, the rest of the world comes through the router. */
const macText = (/** @type {number} */ address) =>
  address >>> 24 === 10 ? `02:5e:10:14:${hex2[(address >>> 8) & 255]}:${hex2[address & 255]}` : ROUTER_MAC;
const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML; like Gecko) Chrome/113.0.0.0 Safari/537.36",
  "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/113.0",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 13_4) AppleWebKit/605.1.15 (KHTML; like Gecko) Version/16.5 Safari/605.1.15",
  "curl/7.88.1",
];
const NAMES = ["www.example.com", "cdn.example.net", "video.example.net", "mail.example.org", "intranet.example", "update.example.com"];
const TYPES = ["text/html; charset=UTF-8", "application/json", "text/css", "text/plain"];

/** Ones' complement sum, folded to 16 bits. */
function fold(/** @type {number} */ sum) {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 65_536);
  return folded;
}
const halvesOf = (/** @type {number} */ word) => (word >>> 16) + (word & 0xffff);

/** Cells from http.request.method to tls.record.content_type: 22 of them, by what the frame carries. */
function applicationCells(
  /** @type {number} */ kind,
  /** @type {boolean} */ toClient,
  /** @type {number} */ dice,
  /** @type {number} */ len,
) {
  const name = NAMES[dice % 6];
  if (kind === HTTP && !toClient) {
    const uri = `/assets/${(dice >>> 3) % 997}/${dice.toString(36)}`;
    const method = dice % 11 === 0 ? "POST" : "GET";
    return `${method},${uri},HTTP/1.1,http://${name}${uri},,${AGENTS[dice & 3]},,,sid=${hash(dice, 1, 2).toString(16)},${name},http://${name}/,,,keep-alive,,,,,,,,`;
  }
  if (kind === HTTP || kind === HTTP_TEXT || kind === HTTP_MEDIA) {
    const type = kind === HTTP_MEDIA ? "video/mp4" : TYPES[dice & 3];
    return `,,,,${dice % 40 === 0 ? "404.0" : "200.0"},,${len},${type},,,,,,keep-alive,,,,,,,,`;
  }
  if (kind === TLS) return `,,,,,,,,,,,,,,,,,,,,${toClient ? 2 : 1},22`;
  return ",,,,,,,,,,,,,,,,,,,,,";
}

function makeFormatter(/** @type {Uint32Array} */ frameNumbers, /** @type {Uint32Array} */ streamNumbers) {
  /** A row without TCP. */
  function otherRow(
    /** @type {number} */ frame,
    /** @type {string} */ head,
    /** @type {number} */ kind,
    /** @type {boolean} */ toClient,
    /** @type {string} */ label,
  ) {
    const client = clients[/** @type {number} */ (frames.ack[frame])];
    const server = servers[39];
    const detail = frames.seq[frame];
    const [from, to] = toClient ? [server, client] : [client, server];
    const length = kind === DNS ? 56 + (detail % 9) + (toClient ? 16 : 0) : 84;
    const ether = `${macText(from)},${macText(to)},0x00000800,${ipText(from)},${ipText(to)},${length},${toClient ? 57 : 64},0x00000000,0,${kind === DNS ? 17 : 1},4,0x00000000,${hex8(hash(frame, 3, detail) & 0xffff)}`;
    const noTcp = ",,,,,,,,,,,,,";
    if (kind === ICMP) {
      return `${frameNumbers[frame]},${length + 14},${head},${PROTOCOLS[kind]},${ether}${noTcp},,,,,${toClient ? "0.0" : "8.0"},0.0,${hex8(hash(detail, 4, toClient ? 1 : 0) & 0xffff)}${",".repeat(23)}${label}\n`;
    }
    const port = 40_000 + (detail % 20_000);
    const ports = toClient ? `53.0,${port}.0` : `${port}.0,53.0`;
    const dns = `${NAMES[detail % 6]},1.0,0x00000001,${toClient ? "1.0,1.0,203.0.113.10" : "0.0,,"}`;
    return `${frameNumbers[frame]},${length + 14},${head},${PROTOCOLS[kind]},${ether}${noTcp},${ports},${length - 20}.0,${hex8(hash(detail, 5, toClient ? 1 : 0) & 0xffff)},,,${",".repeat(15)}${dns},,,${label}\n`;
  }

  /** One line of the file; `row` decides whether this block's streams and ports are floats. */
  return function formatRow(/** @type {number} */ frame, /** @type {number} */ row) {
    const t = frames.t[frame];
    const second = Math.floor(t / MICROS);
    const micro = t - second * MICROS;
    const fraction = `${pad3[Math.floor(micro / 1_000)]}${pad3[micro % 1_000]}000`;
    const head = `${clocks[second]}${fraction} EDT",${ZERO_EPOCH + second}.${fraction}`;
    const info = frames.info[frame];
    const kind = info & 7;
    const toClient = (info & IS_TO_CLIENT) !== 0;
    const label = (info & IS_SUSPICIOUS) !== 0 ? "suspicious" : "benign";
    const stream = frames.stream[frame];
    if (stream < 0) return otherRow(frame, head, kind, toClient, label);

    const isForged = (info & IS_FORGED) !== 0;
    const flags = frames.flags[frame];
    const seq = frames.seq[frame];
    const ack = frames.ack[frame];
    const len = frames.len[frame];
    const side = toClient ? 1 : 0;
    const clientIp = streams.clientIp[stream];
    const serverIp = streams.serverIp[stream];
    const [from, to] = toClient ? [serverIp, clientIp] : [clientIp, serverIp];
    const clientPort = streams.clientPort[stream];
    const serverPort = streams.serverPort[stream];
    const [fromPort, toPort] = toClient ? [serverPort, clientPort] : [clientPort, serverPort];
    const isSyn = (flags & SYN) !== 0;
    const hasOptions = streams.hasOptions[stream] === 1 && !isForged;
    const headerLength = hasOptions ? (isSyn ? 40 : 32) : isSyn ? 24 : 20;
    // An idle receiver keeps one window; a busy one closes it a little.
    const rawWindow = (flags & RST) !== 0 ? 0 : isSyn ? 64_240 : toClient ? 501 : 502 + (hash(stream, seq >>> 16, 6) & 15);
    const ttl = isForged ? 44 : from >>> 24 === 10 ? 64 : 40 + (hash(from, 7, 7) % 20);

    const seqOnWire = (streams.isn[2 * stream + side] + seq) >>> 0;
    const ackOnWire = (flags & ACK) !== 0 ? (streams.isn[2 * stream + 1 - side] + ack) >>> 0 : 0;
    const payload = len === 0 ? 0 : hash(stream * 2 + side, seq, isForged ? len + 1 : len) & 0xffff;
    const opts = hasOptions ? hash(stream * 2 + side, Math.floor(t / 1_000), 8) & 0xffff : isSyn ? 0x0204 + 1_460 : 0;
    const sum =
      halvesOf(from) +
      halvesOf(to) +
      6 +
      headerLength +
      len +
      fromPort +
      toPort +
      halvesOf(seqOnWire) +
      halvesOf(ackOnWire) +
      ((headerLength >> 2) << 12) +
      flags +
      rawWindow +
      opts +
      payload;
    const checksum = ~fold(sum) & 0xffff;

    // pandas guessed types block by block, so whether these are floats changes with the block.
    const dot = hash(row >>> 16, 9, seed) % 10 < 7 ? ".0" : "";
    const cells = kind === PLAIN ? ",,,,,,,,,,,,,,,,,,,,," : applicationCells(kind, toClient, hash(stream, seq, 10), len);
    return (
      `${frameNumbers[frame]},${Math.max(60, 34 + headerLength + len)},${head},${PROTOCOLS[kind]},${macText(from)},${macText(to)},0x00000800,${ipText(from)},${ipText(to)},` +
      `${20 + headerLength + len},${ttl},0x00000002,0,6,4,0x00000000,${hex8(hash(frame, 11, stream) & 0xffff)},${fromPort}${dot},${toPort}${dot},${len},${seq},${ack},` +
      `0x000000${hex2[flags]},${isSyn ? "1.0" : "0.0"},${(flags & ACK) !== 0 ? "1.0" : "0.0"},${(flags & FIN) !== 0 ? "1.0" : "0.0"},${(flags & RST) !== 0 ? "1.0" : "0.0"},` +
      `${isSyn ? rawWindow : rawWindow * 128}.0,${hex8(checksum)},${streamNumbers[stream]}${dot},,,,,,,,${cells},${label}\n`
    );
  };
}

// ---------------------------------------------------------------------------------------------------
// The file

function writeCsv(/** @type {Uint32Array} */ drawn, /** @type {(frame: number, row: number) => string} */ formatRow) {
  fs.mkdirSync(path.dirname(out), { recursive: true });
  const file = fs.openSync(out, "w");
  const buffer = Buffer.allocUnsafe(4 << 20);
  let used = buffer.write(HEADER, "latin1");
  let bytes = 0;
  const flush = () => {
    for (let at = 0; at < used;) at += fs.writeSync(file, buffer, at, used - at);
    bytes += used;
    used = 0;
  };
  const middle = rows >>> 1;
  for (let row = 0; row < rows; row++) {
    if (used > buffer.length - 8_192) flush();
    if (row === middle) used += buffer.write(HEADER, used, "latin1");
    used += buffer.write(formatRow(drawn[row], row), used, "latin1");
  }
  flush();
  fs.closeSync(file);
  return bytes;
}

/** What the notebook must find, counted from the drawn frames in file order. */
function expect(/** @type {Uint32Array} */ drawn, /** @type {number} */ bytes) {
  let seqMax = 0;
  let rowsTcp = 0;
  for (const frame of drawn) {
    if (frames.stream[frame] < 0) continue;
    rowsTcp++;
    seqMax = Math.max(seqMax, frames.seq[frame]);
  }
  const counts = new Uint32Array(seqMax + 1);
  const firstRow = new Uint32Array(seqMax + 1);
  drawn.forEach((frame, row) => {
    if (frames.stream[frame] < 0) return;
    const seq = frames.seq[frame];
    if (counts[seq] === 0) firstRow[seq] = row;
    counts[seq] = counts[seq] + 1;
  });
  /** @type {number[]} */
  const distinct = [];
  for (let seq = 0; seq <= seqMax; seq++) if (counts[seq] > 0) distinct.push(seq);
  const count = (/** @type {number} */ seq) => counts[seq];
  distinct.sort((a, b) => count(b) - count(a) || firstRow[a] - firstRow[b]);
  const top = distinct.slice(0, 20).map((seq) => ({ seq, count: count(seq) }));
  return {
    file: path.basename(out),
    rows: rows + 1,
    rowsTcp,
    distinct: distinct.length,
    top,
    timelines: top.slice(0, 3).map(({ seq }) => timeline(drawn, seq)),
    generated: { rows, seed, bytes, frames: frames.count, streams: streams.count, repeatedHeaders: 1, withoutSeq: rows - rowsTcp },
  };
}

/** One-minute buckets of one value; label and protocols are those of the latest row, of equal times the lower in the file. */
function timeline(/** @type {Uint32Array} */ drawn, /** @type {number} */ seq) {
  /** @type {{count: number, t: number, frame: number}[]} */
  const minutes = Array.from({ length: 90 }, () => ({ count: 0, t: -1, frame: -1 }));
  for (const frame of drawn) {
    if (frames.seq[frame] !== seq || frames.stream[frame] < 0) continue;
    const t = frames.t[frame];
    const minute = /** @type {{count: number, t: number, frame: number}} */ (minutes[Math.floor(t / MINUTE)]);
    minute.count++;
    if (t >= minute.t) {
      minute.t = t;
      minute.frame = frame;
    }
  }
  while (minutes.at(-1)?.count === 0) minutes.pop();
  const first = minutes.findIndex((minute) => minute.count > 0);
  const buckets = minutes.slice(first).map(({ count, frame }, n) => {
    const ofDay = 11 * 60 + 23 + first + n;
    const info = frame < 0 ? 0 : frames.info[frame];
    return {
      start: `2023-06-04T${Math.floor(ofDay / 60)}:${String(ofDay % 60).padStart(2, "0")}:00`,
      count,
      alert: frame < 0 ? null : (info & IS_SUSPICIOUS) !== 0 ? "suspicious" : "benign",
      protocols: frame < 0 ? null : PROTOCOLS[info & 7],
    };
  });
  return { seq, bucketSeconds: 60, buckets };
}

const began = process.hrtime.bigint();
makeCapture();
if (frames.count < rows) throw new Error(`only ${frames.count} frames came about`);
const drawn = drawFrames();
const bytes = writeCsv(drawn, makeFormatter(numberFrames(), numberStreams()));
const expected = expect(drawn, bytes);
fs.writeFileSync(`${out}.expected.json`, `${JSON.stringify(expected, null, 1)}\n`);
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
console.log(`${out}: ${rows} rows, ${bytes} bytes, ${expected.distinct} values, ${seconds.toFixed(1)} s`);
console.log(
  expected.top
    .slice(0, 6)
    .map(({ seq, count }) => `${seq} x ${count}`)
    .join(", "),
);
