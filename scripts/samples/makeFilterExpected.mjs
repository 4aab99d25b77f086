/**
 * Makes test/fixtures/filters/: basic.csv, an export of test/fixtures/captures/basic.pcapng with every column that filters ask for, and
 * basic.json, the frames that Wireshark itself (sharkd, its engine) lets through for each of the filters below.
 *
 *   node scripts/samples/makeFilterExpected.mjs      needs tshark and sharkd 4.0
 */
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const capture = path.join(root, "test", "fixtures", "captures", "basic.pcapng");
const target = path.join(root, "test", "fixtures", "filters");
const env = { ...process.env, TZ: "America/New_York" };

// tcp.flags.push, urg, ece, cwr and ns are left out: they follow from tcp.flags.
const FIELDS = [
  ...fs
    .readFileSync(path.join(root, "scripts", "samples", "columns.txt"), "utf8")
    .split("\n")
    .filter((name) => name !== ""),
  ...["frame.time_relative", "ipv6.src", "ipv6.dst", "ipv6.hlim", "ip.id", "tcp.seq_raw", "tcp.ack_raw", "tcp.hdr_len", "tcp.options.mss_val"],
  ...["tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr", "dns.a", "dns.resp.name", "arp.opcode", "icmpv6.type", "http.server"],
];

/** Filters by what they are about. */
const GROUPS = {
  existence: [
    ...["frame", "eth", "ip", "ipv6", "tcp", "udp", "icmp", "icmpv6", "arp", "dns", "http", "data", "xml", "json", "data-text-lines"],
    ...["tls", "smb2", "frame.number", "ip.src", "ipv6.dst", "tcp.port", "udp.port", "ip.addr", "ipv6.addr", "eth.addr", "http.host", "http.request.method"],
    ...["http.user_agent", "dns.qry.name", "tcp.flags.syn", "tcp.flags.urg", "tcp.seq_raw", "tcp.options.timestamp.tsval", "tcp.options.mss_val", "ip.ttl"],
    ...["icmp.type", "arp.opcode", "dns.a", "frame.time", "frame.time_epoch", "frame.time_relative", "frame.protocols", "!ip", "not tcp", "!http.host"],
  ],
  numbers: [
    ...["frame.number == 1", "frame.number eq 82", "frame.number != 1", "frame.number ne 1", "frame.number < 10", "frame.number lt 10", "frame.number <= 10"],
    ...["frame.number le 10", "frame.number > 70", "frame.number gt 70", "frame.number >= 70", "frame.number ge 70", "frame.number == 0x10"],
    ...["frame.number == 012", "frame.number == 0b101", "frame.number === 5", "frame.number !== 5", "frame.number ~= 5", "frame.len > 100"],
    ...["frame.len == 54", "frame.len != 54", "frame.len in {54, 66, 74}", "tcp.seq == 0", "tcp.seq == 1", "tcp.seq != 1", "tcp.seq > 1000"],
    ...["tcp.ack == 1", "tcp.len == 0", "tcp.len > 0", "tcp.len != 0", "!(tcp.len == 0)", "tcp.window_size < 1000", "tcp.window_size == 0"],
    ...["tcp.stream == 0", "tcp.stream in {1, 3, 5..7}", "tcp.hdr_len == 20", "tcp.hdr_len > 20", "tcp.checksum > 0x8000", "tcp.seq_raw > 2000000000"],
    ...["tcp.flags == 0x02", "tcp.flags == 0x0012", "tcp.flags != 0x10", "ip.ttl == 64", "ip.ttl != 64", "ip.ttl < 64", "!(ip.ttl == 64)", "ip.proto == 6"],
    ...["ip.proto in {1, 17}", "ip.len > 100", "ip.len != 40", "ip.version == 4", "ip.id == 0", "ip.dsfield == 0", "ip.flags == 0x02", "eth.type == 0x0800"],
    ...["eth.type == 0x86dd", "udp.length > 20", "icmp.type == 3", "icmp.type != 3", "icmp.code == 3", "icmpv6.type == 135", "arp.opcode == 1"],
    ...["http.response.code == 200", "http.response.code >= 300", "dns.qry.type == 1", "ipv6.hlim == 64", "tcp.options.mss_val > 1000"],
    ...["tcp.options.timestamp.tsecr == 0", "frame.number == 'A'", "frame.number == 5 or frame.number == '\\x06'"],
  ],
  ports: [
    ...["tcp.port == 80", "tcp.port != 80", "tcp.port !== 80", "tcp.port === 80", "!(tcp.port == 80)", "tcp.srcport == 80", "tcp.dstport == 80"],
    ...["tcp.port in {80, 443}", "tcp.port in {80,443,1000..2000}", "tcp.dstport in {1..1023}", "not tcp.port in {80}", "tcp.port > 50000", "tcp.port < 100"],
    ...["any tcp.port > 1000", "all tcp.port > 1000", "all tcp.port != 80", "any tcp.port != 80", "tcp.port any_eq 80", "tcp.port all_eq 80"],
    ...["tcp.port any_ne 80", "tcp.port all_ne 80", "udp.port == 53", "udp.port != 53", "udp.dstport == 53", "tcp.srcport == tcp.dstport", "tcp.srcport > tcp.dstport"],
    ...["udp.port in {50..60}", "tcp.dstport == 80 || udp.dstport == 53"],
  ],
  addresses: [
    ...["ip.src == 10.20.0.10", "ip.src == 10.0.0.0/8", "ip.dst == 10.77.0.0/16", "ip.addr == 10.77.0.5", "ip.addr != 10.20.0.10", "ip.src != 10.20.0.10"],
    ...["ip.addr in {10.0.0.0/8}", "ip.src in {10.0.0.1..10.255.255.255}", "ip.src < 128.0.0.0", "ip.src >= 10.20.0.21", "ip.src > 10.20.0.0/28"],
    ...["ip.src == ip.dst", "ip.src != ip.dst", "ip.src < ip.dst", "ip.addr === 10.20.0.0/28", "ip.addr !== 10.20.0.10", "ipv6.src == fd00:20::21", "ipv6.addr == fd00::/8"],
    ...["ipv6.src == fe80::/10", "ipv6.addr == ff02::/16", "ipv6.addr != fd00:20::10", "ipv6.src in {fd00:20::10, fe80::/10}", "eth.src == ff:ff:ff:ff:ff:ff"],
    ...["eth.dst == ff:ff:ff:ff:ff:ff", "eth.dst != FF-FF-FF-FF-FF-FF", "eth.addr == ff:ff:ff:ff:ff:ff", "eth.src == eth.dst", "dns.a == 10.0.0.0/8"],
    ...["!ip.addr == 10.20.0.10", "ip.src == 10.20.0.10 && ip.dst == 10.20.0.21", "eth.src[0:2] == 02:00", "eth.dst[0] == 33", "eth.src[3:2] == 14:00"],
  ],
  text: [
    ...['http.request.method == "GET"', "http.request.method == GET", 'http.request.method == "get"', 'http.request.method != "GET"', "http.request.method in {GET, POST}"],
    ...['http.request.method in {"POST"}', 'http.request.uri contains "/"', 'http.request.uri contains "index"', "http.request.uri contains \"json\"", 'http.host contains "10"'],
    ...['http.host matches "^10"', 'http.host ~ "10"', 'http.user_agent matches "CURL"', 'http.user_agent matches "(?-i)CURL"', 'http.user_agent contains "CURL"'],
    ...['http.user_agent matches "curl/[0-9]+\\\\.[0-9]"', 'http.content_type contains "html"', 'http.content_type matches "json|xml"', 'http.content_type matches "charset=\\"?utf-8"'],
    ...['dns.qry.name == "files.example"', 'dns.qry.name contains "."', 'dns.qry.name matches "^[a-z]+\\\\."', 'dns.qry.name matches "EXAMPLE$"', 'http.request.uri == ""'],
    ...['frame.protocols contains "http"', 'frame.protocols matches "tcp$"', 'frame.protocols == "eth:ethertype:arp"', 'frame.protocols contains "icmp:ip"'],
    ...['http.request.method > "GET"', 'http.request.method < "H"', 'http.request.version == "HTTP/1.1"', 'http.request.full_uri contains "http://"'],
    ...['!(http.user_agent contains "curl")', 'not http.user_agent contains "curl"', 'http.host == "\\x31\\x30.20.0.10"', 'http.host matches r"\\d+\\.\\d+"'],
    ...['upper(http.request.method) == "GET"', 'lower(http.request.method) == "get"', 'lower(http.user_agent) contains "curl"', "len(http.host) > 8", "len(http.request.uri) == 1"],
    ...['http.host[0:2] == "10"', 'http.request.method[0] == "G"', 'http.request.uri[0:1] == "/"', 'string(frame.number) matches "^1"', 'string(ip.src) contains "10."'],
    ...['string(tcp.dstport) matches "80$"', "count(ip.addr) > 2", "count(tcp.port) == 2"],
  ],
  flags: [
    ...["syn", "ack", "fin", "reset", "push", "urg"].flatMap((flag) => [`tcp.flags.${flag} == 1`, `tcp.flags.${flag} == 0`, `tcp.flags.${flag} != 1`]),
    ...["tcp.flags.syn == True", "tcp.flags.syn == False", 'tcp.flags.syn == "Set"', "tcp.flags.ece == 1", "tcp.flags.cwr == 1", "tcp.flags & 0x02", "tcp.flags & 0x11"],
    ...["tcp.flags & 0x02 == 2", "tcp.flags & 0x12 == 0x12", "tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp.flags.syn == 1 and not tcp.flags.ack == 1"],
    ...["tcp.flags.reset == 1 || tcp.flags.fin == 1", "dns.flags.response == 1", "dns.flags.response == 0", "ip.flags & 2", "!(tcp.flags & 0x10)"],
  ],
  time: [
    ...['frame.time >= "2023-06-04 11:24:00"', 'frame.time < "2023-06-04 11:24:00"', 'frame.time > "2023-06-04 11:23:59.5"', 'frame.time >= "2023-06-04 15:24:00Z"'],
    ...['frame.time >= "2023-06-04 15:24:00 UTC"', 'frame.time >= "2023-06-04T15:24:00+00:00"', 'frame.time >= "2023-06-04T17:24:00+0200"', 'frame.time >= "Jun 4, 2023 11:24:00"'],
    ...['frame.time >= "2023-06-04"', 'frame.time < "2023-06-04"', 'frame.time >= "2023-06-04 11:24"', 'frame.time <= "Jun  4, 2023 11:24:01.25"'],
    ...['frame.time == "2023-06-04 11:24:00"', 'frame.time != "2023-06-04 11:24:00"', "frame.time_epoch >= 1685892240", "frame.time_epoch >= 1685892240.5"],
    ...["frame.time_epoch < 1685892240.123456789", "frame.time_relative > 2", "frame.time_relative <= 1.5", "frame.time_relative == 0", "frame.time_relative < 0.001"],
    ...['frame.time >= "2023-06-04 11:23:59" && frame.time < "2023-06-04 11:24:01"'],
  ],
  analysis: [
    ...["retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "lost_segment", "ack_lost_segment", "duplicate_ack"],
    ...["keep_alive", "keep_alive_ack", "zero_window", "window_update", "window_full", "reused_ports", "flags"],
  ].map((name) => `tcp.analysis.${name}`),
  logic: [
    ...["tcp && udp", "tcp || udp", "tcp or udp and icmp", "(tcp or udp) and icmp", "frame.number == 1 || frame.number == 2 && frame.number == 3", "not tcp and not udp"],
    ...["!tcp && !udp", "!(tcp || udp)", "!tcp || udp", "not not tcp", "!!tcp", "((tcp))", "tcp&&http", "tcp||udp", "!tcp.flags.syn==1", "tcp.port==80&&ip.ttl==64"],
    ...["not tcp.port == 80", "not tcp or http", "tcp and not (http or tcp.len == 0)", "ip and (tcp.port == 80 or udp.port == 53) and frame.len < 200"],
    ...["ip.src == 10.0.0.0/8 && tcp.dstport in {80, 443} && tcp.flags.reset == 1", "frame.number == 1 or frame.number == 3 or frame.number == 5 or frame.number in {7..9}"],
    ...["http && !(http.request.method == \"GET\")", "tcp.len > 0 and tcp.port != 80", "icmp or icmpv6 or arp", "frame.number > 10 && frame.number < 20 || frame.number == 40"],
  ],
  arithmetic: [
    ...["tcp.srcport + 1 == tcp.dstport", "tcp.seq + tcp.len > 100", "tcp.len * 2 > 100", "frame.len - 54 == 0", "frame.number % 2 == 0", "frame.number / 10 == 3"],
    ...["frame.number & 1 == 1", "frame.len == tcp.len + 54", "max(tcp.srcport) == 80", "min(tcp.dstport) < 100"],
  ],
}; // prettier-ignore

/** tshark's answer. @returns {string} */
const tshark = (/** @type {string[]} */ ...args) =>
  execFileSync("tshark", ["-n", "-r", capture, ...args], { env, stdio: ["ignore", "pipe", "pipe"] }).toString();

const version = execFileSync("tshark", ["--version"], { stdio: ["ignore", "pipe", "ignore"] }).toString().split("\n")[0] ?? "";
if (!/ 4\.0\./.test(version)) throw new Error(`the filters are answered by tshark 4.0, this is ${version}`);

fs.mkdirSync(target, { recursive: true });
const options = ["-T", "fields", "-E", "header=y", "-E", "separator=,", "-E", "quote=d", "-E", "occurrence=a"];
fs.writeFileSync(path.join(target, "basic.csv"), tshark(...options, ...FIELDS.flatMap((name) => ["-e", name])));
const filters = [...new Set(Object.values(GROUPS).flat())];
const requests = [
  { jsonrpc: "2.0", id: filters.length + 1, method: "load", params: { file: capture } },
  ...filters.map((filter, i) => ({ jsonrpc: "2.0", id: i + 1, method: "frames", params: { filter, column0: "frame.number:1" } })),
];
const { stdout } = spawnSync("sharkd", ["-"], { env, input: requests.map((request) => `${JSON.stringify(request)}\n`).join(""), maxBuffer: 1e9 });
/** @type {Map<number, { result?: { num: number }[], error?: { message: string } }>} */
const replies = new Map();
for (const line of stdout.toString().split("\n")) {
  if (!line.startsWith("{")) continue;
  const reply = JSON.parse(line);
  replies.set(reply.id, reply);
}
/** @type {string[]} */
const wrong = [];
/** @type {{ filter: string, frames: number[] }[]} */
const answers = [];
filters.forEach((filter, i) => {
  const reply = replies.get(i + 1);
  if (reply?.result) answers.push({ filter, frames: reply.result.map(({ num }) => num) });
  else wrong.push(`${filter}: ${reply?.error?.message ?? "no answer"}`);
});
const lines = answers.map((answer) => `    ${JSON.stringify(answer)}`).join(",\n");
fs.writeFileSync(path.join(target, "basic.json"), `{\n  "by": ${JSON.stringify(version.replace(/ \(Git.*$/, ""))},\n  "answers": [\n${lines}\n  ]\n}\n`);
console.log(`${answers.length} filters, ${answers.filter(({ frames }) => frames.length > 0).length} with frames`);
if (wrong.length > 0) throw new Error(`Wireshark refuses:\n${wrong.join("\n")}`);
