/** Question 4: scans of all shapes and kinds, and what only looks like one. */
import assert from "node:assert/strict";
import { portScan } from "../../../../src/engine/detectors/portScan";
import { attempt, numbered, runDetector, sample, type Ending } from "../../../support/detectors";
import type { Packet } from "../../../support/packets";

const SCANNER = "10.0.0.66";
const HOST = "10.0.0.2";

/** Attempts at pairs of host and port, one every `step` seconds. */
function tries(
  pairs: readonly (readonly [host: string, port: number])[],
  {
    ending = "refused",
    step = 0.01,
    source = SCANNER,
    first = 0,
    time = 0,
  }: Partial<{ ending: Ending; step: number; source: string; first: number; time: number }> = {},
): Packet[] {
  return pairs.flatMap(([host, port], i) =>
    attempt(first + i, `${source}:${40000 + first + i}`, `${host}:${port}`, time + i * step, ending),
  );
}

const range = (count: number, from = 1): number[] => Array.from({ length: count }, (_, i) => from + i);
const ports = (count: number, from = 1): [string, number][] => range(count, from).map((port) => [HOST, port]);
const hosts = (count: number, port = 445): [string, number][] => range(count).map((n) => [`10.1.0.${n}`, port]);
const grid = (hostCount: number, portCount: number): [string, number][] =>
  range(hostCount).flatMap((n) => range(portCount).map((port): [string, number] => [`10.1.0.${n}`, port]));

/** An answered conversation elsewhere, so that the file is no capture of one direction. */
const ORDINARY = range(5).flatMap((n) => attempt(90000 + n, `10.9.0.${n}:5000`, "10.9.1.1:443", n, "used"));

const probes = (flags: string, count: number, isAnswered: boolean, sourcePort = (i: number) => 50000 + (i % 2)): Packet[] =>
  range(count).flatMap((port, i): Packet[] => {
    const [from, to] = [`${SCANNER}:${sourcePort(i)}`, `${HOST}:${port}`];
    const probe: Packet = { stream: i, from, to, seq: 1, flags, time: i * 0.01, ...(flags.includes("A") ? { ack: 1 } : {}) };
    return isAnswered
      ? [probe, { stream: i, from: to, to: from, seq: 1, ack: flags.includes("F") ? 2 : 1, flags: "RA", time: i * 0.01 + 0.001 }]
      : [probe];
  });

describe("engine/detectors/portScan", () => {
  it("finds 15 refused ports of one host, and not 14", async () => {
    const { findings, framesOf } = await runDetector(portScan, numbered([...tries(ports(15)), ...ORDINARY]));
    assert.equal(findings.length, 1);
    const [scan] = findings;
    assert.equal(scan.kind, "vertical");
    assert.equal(scan.source, SCANNER);
    assert.equal(scan.target, HOST);
    assert.equal(scan.count, 15);
    assert.equal(scan.severity, "warn");
    assert.equal(scan.confidence, "high");
    assert.equal(scan.technique, "T1046");
    assert.equal(scan.title, `${SCANNER} tried 15 ports of ${HOST} with SYN probes in 0.140 s: 15 refused`);
    const frames = framesOf(scan);
    assert.equal(frames.length, 30);
    assert.deepEqual(
      frames,
      [...frames].sort((a, b) => a - b),
    );
    assert.ok(scan.rows.includes(scan.strongest));
    const less = await runDetector(portScan, numbered([...tries(ports(14)), ...ORDINARY]));
    assert.deepEqual(less.findings, []);
  });

  it("finds 25 hosts refusing at one port, and not 24", async () => {
    const { findings } = await runDetector(portScan, numbered([...tries(hosts(25)), ...ORDINARY]));
    assert.deepEqual(
      findings.map(({ kind, count, target }) => [kind, count, target]),
      [["horizontal", 25, null]],
    );
    assert.match(findings[0].title, /tried port 445 of 25 hosts/);
    assert.deepEqual((await runDetector(portScan, numbered([...tries(hosts(24)), ...ORDINARY]))).findings, []);
  });

  it("finds a block of which neither side is long enough alone, once; and not one of 49 pairs", async () => {
    const { findings } = await runDetector(portScan, numbered([...tries(grid(5, 10)), ...ORDINARY]));
    assert.deepEqual(
      findings.map(({ kind, count }) => [kind, count]),
      [["block", 50]],
    );
    assert.match(findings[0].title, /tried 10 ports of 5 hosts/);
    assert.deepEqual((await runDetector(portScan, numbered([...tries(grid(7, 7)), ...ORDINARY]))).findings, []);
  });

  it("says a scan of many ports of many hosts once, as a block", async () => {
    const { findings } = await runDetector(portScan, numbered([...tries(grid(30, 20)), ...ORDINARY]));
    assert.deepEqual(
      findings.map(({ kind, count, rows }) => [kind, count, rows.length]),
      [["block", 600, 1200]],
    );
  });

  it("says each source's scan", async () => {
    const packets = [...tries(ports(20)), ...tries(ports(20), { source: "10.0.0.67", first: 100 }), ...ORDINARY];
    const { findings } = await runDetector(portScan, numbered(packets));
    assert.deepEqual(findings.map(({ source }) => source).sort(), [SCANNER, "10.0.0.67"]);
  });

  it("counts silence as failure, and is less sure of it", async () => {
    const { findings } = await runDetector(portScan, numbered([...tries(ports(20), { ending: "silent" }), ...ORDINARY]));
    assert.deepEqual(
      findings.map(({ count, confidence }) => [count, confidence]),
      [[20, "medium"]],
    );
  });

  it("counts open ports among those tried, and their packets, not as failures", async () => {
    const open = tries(ports(3, 100), { ending: "reset", first: 50, time: 0.05 });
    const { findings } = await runDetector(portScan, numbered([...tries(ports(15)), ...open, ...ORDINARY]));
    assert.equal(findings[0].count, 18);
    assert.match(findings[0].title, /15 refused, 3 open$/);
    const less = await runDetector(portScan, numbered([...tries(ports(14)), ...open, ...ORDINARY]));
    assert.deepEqual(less.findings, []);
  });

  it("does not count a port twice: retries from other source ports, and SYNs sent again", async () => {
    const again = tries(ports(14), { first: 100, time: 1, ending: "silent" });
    const resent = again.map((packet) => ({ ...packet, time: (packet.time ?? 0) + 1 }));
    const { findings } = await runDetector(portScan, numbered([...tries(ports(14)), ...again, ...resent, ...ORDINARY]));
    assert.deepEqual(findings, []);
  });

  it("finds slow scans: 15 ports within 5 minutes, 30 within an hour", async () => {
    const at = (count: number, step: number) => runDetector(portScan, numbered([...tries(ports(count), { step }), ...ORDINARY]));
    assert.equal((await at(15, 21)).findings.length, 1);
    assert.equal((await at(15, 22)).findings.length, 0);
    assert.equal((await at(30, 120)).findings.length, 1);
    assert.equal((await at(29, 120)).findings.length, 0);
    // To the millisecond: the last begins at the end of the window, or behind it.
    assert.equal((await at(15, 299.999 / 14)).findings.length, 1);
    assert.equal((await at(15, 300.001 / 14)).findings.length, 0);
    assert.equal((await at(30, 3599.999 / 29)).findings.length, 1);
    assert.equal((await at(30, 3600.001 / 29)).findings.length, 0);
  });

  it("needs half of what a source tries to fail", async () => {
    const mixed = (used: number): Packet[] => [
      ...tries(ports(20)),
      ...tries(ports(used, 100), { ending: "used", first: 100 }),
      ...ORDINARY,
    ];
    assert.equal((await runDetector(portScan, numbered(mixed(20)))).findings.length, 1);
    assert.equal((await runDetector(portScan, numbered(mixed(21)))).findings.length, 0);
  });

  it("moves with the presets and with a threshold set alone", async () => {
    const packets = numbered([...tries(ports(10)), ...ORDINARY]);
    assert.equal((await runDetector(portScan, packets, { sensitivity: "high" })).findings.length, 1);
    assert.equal((await runDetector(portScan, packets, { thresholds: { "port-scan.minPorts": 10 } })).findings.length, 1);
    const more = numbered([...tries(ports(24)), ...ORDINARY]);
    assert.equal((await runDetector(portScan, more, { sensitivity: "low" })).findings.length, 0);
  });

  for (const [name, flags] of [
    ["FIN", "F"],
    ["NULL", ""],
    ["Xmas", "FPU"],
    ["ACK", "A"],
    ["Maimon (FIN+ACK)", "FA"],
  ] as const) {
    it(`finds ${name} probes outside a connection`, async () => {
      const { findings } = await runDetector(portScan, numbered([...probes(flags, 15, true), ...ORDINARY]));
      assert.deepEqual(
        findings.map(({ kind, count, confidence }) => [kind, count, confidence]),
        [["vertical", 15, "high"]],
      );
      assert.ok(findings[0].title.includes(`with ${name} probes`));
      assert.deepEqual((await runDetector(portScan, numbered([...probes(flags, 14, true), ...ORDINARY]))).findings, []);
    });
  }

  it("counts silent FIN probes, but no silent ACKs and FIN+ACKs: those are ends of what began before the capture", async () => {
    assert.equal((await runDetector(portScan, numbered([...probes("F", 15, false), ...ORDINARY]))).findings.length, 1);
    assert.deepEqual((await runDetector(portScan, numbered([...probes("A", 50, false), ...ORDINARY]))).findings, []);
    assert.deepEqual((await runDetector(portScan, numbered([...probes("FA", 50, false), ...ORDINARY]))).findings, []);
  });

  it("is quiet on a server that closes forgotten connections of one client, and on a client that does so at many servers", async () => {
    const ends = (from: (i: number) => string, to: (i: number) => string): Packet[] =>
      range(60).flatMap((i): Packet[] => [
        { stream: i, from: from(i), to: to(i), seq: 1, ack: 1, flags: "FA", time: i },
        { stream: i, from: to(i), to: from(i), seq: 1, flags: "R", time: i + 0.01 },
      ]);
    const server = ends(
      () => `${HOST}:443`,
      (i) => `${SCANNER}:${50000 + i}`,
    );
    assert.deepEqual((await runDetector(portScan, numbered([...server, ...ORDINARY]))).findings, []);
    const client = ends(
      (i) => `${SCANNER}:${50000 + i}`,
      (i) => `10.1.0.${i}:443`,
    );
    assert.deepEqual((await runDetector(portScan, numbered([...client, ...ORDINARY]))).findings, []);
    const services = ends(
      (i) => `${SCANNER}:${50000 + i}`,
      (i) => `10.1.0.${i % 8}:${100 + (i >> 3)}`,
    );
    assert.deepEqual((await runDetector(portScan, numbered([...services, ...ORDINARY]))).findings, []);
  });

  it("is quiet on a busy client that mostly succeeds, also behind NAT", async () => {
    const packets = [...tries(hosts(100, 443), { ending: "used" }), ...tries(hosts(140, 443).slice(100), { first: 200 })];
    assert.deepEqual((await runDetector(portScan, numbered(packets))).findings, []);
    // The same failures without the successes are a scan.
    assert.equal((await runDetector(portScan, numbered([...tries(hosts(40, 443)), ...ORDINARY]))).findings.length, 1);
  });

  it("is quiet on monitoring of known services when they go away", async () => {
    const before = tries(ports(30), { ending: "used" });
    const after = tries(ports(30), { ending: "refused", first: 100, time: 10000 });
    assert.deepEqual((await runDetector(portScan, numbered([...before, ...after]))).findings, []);
  });

  it("is less sure of ports asked again and again, as by a monitor of a host that is down", async () => {
    const rounds = range(5).flatMap((round) => tries(ports(20), { first: round * 100, time: round * 60 }));
    const { findings } = await runDetector(portScan, numbered([...rounds, ...ORDINARY]));
    assert.deepEqual(
      findings.map(({ count, confidence }) => [count, confidence]),
      [[20, "medium"]],
    );
    assert.match(findings[0].explanation, /again and again/);
  });

  it("is quiet on a server that went away: many sources, or many attempts at one port", async () => {
    const many = range(200).flatMap((n) => attempt(n, `10.2.${n >> 7}.${n & 127}:5000`, `${HOST}:443`, n * 0.1, "refused"));
    assert.deepEqual((await runDetector(portScan, numbered([...many, ...ORDINARY]))).findings, []);
    const one = tries(range(200).map((): [string, number] => [HOST, 443]));
    assert.deepEqual((await runDetector(portScan, numbered([...one, ...ORDINARY]))).findings, []);
  });

  it("is quiet on peers that went away, each at a port of its own", async () => {
    const peers = range(200).map((n): [string, number] => [`10.1.0.${n}`, 20000 + n]);
    assert.deepEqual((await runDetector(portScan, numbered([...tries(peers), ...ORDINARY]))).findings, []);
  });

  it("is the same with raw numbers at the wrap: used connections stay used, resent SYNs stay resent", async () => {
    const most = 0xffffffff;
    const failed = range(20).flatMap((port, i) => attempt(i, `${SCANNER}:40000`, `${HOST}:${port}`, i, "refused", most - (i % 2)));
    assert.equal((await runDetector(portScan, numbered([...failed, ...ORDINARY]))).findings[0].count, 20);
    const used = range(20).flatMap((port, i) => attempt(i, `${SCANNER}:40000`, `${HOST}:${port}`, i, "used", most - 50));
    assert.deepEqual((await runDetector(portScan, numbered(used))).findings, []);
  });

  it("does not take streams for attempts that were under way when the capture began", async () => {
    const midstream = range(60).flatMap((port, i): Packet[] => [
      { stream: i, from: `${SCANNER}:40000`, to: `${HOST}:${port}`, seq: 1000, ack: 1, len: 10, flags: "PA", time: i },
      { stream: i, from: `${HOST}:${port}`, to: `${SCANNER}:40000`, seq: 1, flags: "R", time: i + 0.1 },
    ]);
    assert.deepEqual((await runDetector(portScan, numbered([...midstream, ...ORDINARY]))).findings, []);
    const cut = numbered([...tries(ports(40)), ...ORDINARY]).slice(11);
    assert.ok((await runDetector(portScan, cut)).findings[0].count >= 30);
  });

  for (const seed of [1, 2, 3]) {
    it(`finds a scan in a shuffled half of its packets and is less sure, seed ${seed}`, async () => {
      const half = sample(numbered([...tries(ports(40)), ...ORDINARY]), seed);
      const { findings, framesOf } = await runDetector(portScan, half);
      assert.deepEqual(
        findings.map(({ kind }) => kind),
        ["vertical"],
      );
      assert.ok(["low", "medium"].includes(findings[0].confidence));
      assert.ok(findings[0].count >= 10 && findings[0].count < 40);
      const frames = framesOf(findings[0]);
      assert.deepEqual(
        frames,
        [...frames].sort((a, b) => a - b),
      );
      const busy = sample(numbered(tries(hosts(200, 443), { ending: "used" })), seed);
      assert.deepEqual((await runDetector(portScan, busy)).findings, []);
    });
  }

  it("says that silence cannot be judged in a small sample, and still counts refusals", async () => {
    const packets = numbered([...tries(ports(40), { ending: "silent" }), ...ORDINARY]);
    const silent = await runDetector(portScan, packets, { coverage: { share: 0.2 } });
    assert.deepEqual(silent.findings, []);
    assert.match(silent.unjudged[0].reason, /less than a quarter/);
    const refused = await runDetector(portScan, numbered([...tries(ports(40)), ...ORDINARY]), { coverage: { share: 0.2 } });
    assert.equal(refused.findings.length, 1);
  });

  it("is least sure where a file holds no answers at all, unless it is far beyond the threshold", async () => {
    const of = async (pairs: [string, number][]) => (await runDetector(portScan, numbered(tries(pairs, { ending: "silent" })))).findings[0];
    assert.deepEqual([(await of(hosts(100))).severity, (await of(hosts(100))).confidence], ["note", "low"]);
    assert.equal((await of(hosts(250))).confidence, "medium");
    assert.equal((await of(ports(44))).confidence, "low");
    assert.equal((await of(ports(45))).confidence, "medium");
  });

  it("is less sure in captures of one side, and in tunnels", async () => {
    const packets = numbered([...tries(ports(20)), ...ORDINARY]);
    const oneSided = await runDetector(portScan, packets, { coverage: { oneSided: 0.9 } });
    assert.equal(oneSided.findings[0].confidence, "medium");
    const tunnelled = await runDetector(
      portScan,
      packets.map((packet) => ({ ...packet, protocols: "eth:ethertype:ip:gre:ip:tcp" })),
    );
    assert.deepEqual([tunnelled.findings[0].severity, tunnelled.findings[0].confidence], ["note", "low"]);
  });

  it("finds scans of IPv6 hosts, and says which attempts have no addresses", async () => {
    const v6 = range(15).flatMap((port) => attempt(port, `fd00::66:${40000 + port}`, `fd00::2:${port}`, port * 0.01, "refused"));
    const { findings } = await runDetector(portScan, numbered([...v6, ...ORDINARY]));
    assert.deepEqual([findings[0].source, findings[0].target], ["fd00::66", "fd00::2"]);
    const without = range(15).flatMap((port) => attempt(port, `:${40000 + port}`, `:${port}`, port * 0.01, "refused"));
    const nobody = await runDetector(portScan, numbered([...without, ...ORDINARY]));
    assert.deepEqual(nobody.findings, []);
    assert.deepEqual(nobody.unjudged, [
      { reason: "15 connection attempts have no addresses and are left out.", tshark: "-e ipv6.src -e ipv6.dst" },
    ]);
  });
});
