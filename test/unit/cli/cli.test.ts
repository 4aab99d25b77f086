import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "../../support/capture";
import { findIn } from "../../support/findIn";
import { zstdOf } from "../../support/zstd";

const CLI = join(ROOT, "dist", "cli.js");

function call(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
}

const CSV = `frame.number,frame.time,frame.protocols,tcp.seq,alert
1,"Jun  4, 2023 11:23:58.766804000 EDT",eth:ip:tcp,1,benign
2,"Jun  4, 2023 11:25:01.000000000 EDT",eth:ip:tcp:http,1,
3,"Jun  4, 2023 11:25:00.000000000 EDT",,1,suspicious
4,"Jun  4, 2023 11:25:02.000000000 EDT",eth:ip:udp,,benign
tcp,frame.time,frame.protocols,tcp.seq,alert
5,never,eth:ip:tcp,x,benign
`;

describe("tcp-seq", function () {
  this.timeout(20_000);
  let folder: string;
  let file: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tcp-seq-cli-"));
    file = join(folder, "small.csv");
    writeFileSync(file, CSV);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("lists the numbers with the strongest bursts, as data and for people", () => {
    const path = join(folder, "burst.csv");
    const rows = Array.from({ length: 40 }, (_, minute) => {
      const row = `2023-06-04 11:${String(minute).padStart(2, "0")}:30,1\n`;
      return row.repeat(minute === 25 ? 60 : 2) + `2023-06-04 11:${String(minute).padStart(2, "0")}:30,7\n`.repeat(5);
    });
    writeFileSync(path, `frame.time,tcp.seq\n${rows.join("")}`);
    const { bursts, sequences } = JSON.parse(call("analyze", path, "--json").stdout) as {
      bursts: { strength: number }[];
      sequences: { top: unknown };
    };
    assert.equal(bursts.length, 1);
    const [{ strength, ...burst }] = bursts;
    const [start, end] = ["2023-06-04T11:25:00", "2023-06-04T11:26:00"];
    assert.deepEqual(burst, { seq: 1, start, end, peak: start, peakCount: 60, baseline: 2, ratio: 30 });
    assert.ok(strength > 10);
    assert.deepEqual(sequences.top, [{ seq: 7, count: 200 }, { seq: 1, count: 138 }]); // prettier-ignore
    assert.match(call("analyze", path).stdout, /^ +1 +2023-06-04T11:25:00 +60 +2 +30×$/m);
    assert.deepEqual((JSON.parse(call("analyze", path, "--json", "--top", "0").stdout) as { bursts: unknown }).bursts, []);
  });

  it("prints exactly one JSON object with the documented fields", () => {
    const { status, stdout, stderr } = call("analyze", file, "--json");
    assert.equal(stderr, "");
    assert.equal(status, 0);
    const { elapsedMs, ...answer } = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(typeof elapsedMs, "number");
    assert.deepEqual(answer, {
      file,
      bytes: CSV.length,
      rows: { read: 6, tcp: 3, repeatedHeaders: 1, withoutSeq: 1, badSeq: 1, badTime: 1, extraCells: 0, missingCells: 0 },
      time: { first: "2023-06-04T11:23:58.766804000", last: "2023-06-04T11:25:01.000000000", zone: "EDT" },
      sequences: { distinct: 1, top: [{ seq: 1, count: 3 }] },
      bursts: [],
      timelines: [
        {
          seq: 1,
          bucketSeconds: 60,
          buckets: [
            { start: "2023-06-04T11:23:00", count: 1, alert: "benign", protocols: "eth:ip:tcp" },
            { start: "2023-06-04T11:24:00", count: 0, alert: null, protocols: null },
            { start: "2023-06-04T11:25:00", count: 2, alert: "suspicious", protocols: "eth:ip:tcp:http" },
          ],
        },
      ],
    });
  });

  it("analyses the first rows, or a time range, and says so", () => {
    const first = JSON.parse(call("analyze", file, "--json", "--rows", "2").stdout) as { rows: unknown; part: unknown };
    assert.deepEqual(first.rows, {
      read: 2,
      tcp: 2,
      repeatedHeaders: 0,
      withoutSeq: 0,
      badSeq: 0,
      badTime: 0,
      extraCells: 0,
      missingCells: 0,
    });
    assert.deepEqual(first.part, { rows: 2 });
    const range = ["--from", "2023-06-04 11:25:00", "--to", "2023-06-04T11:25:01.000000001"];
    const inRange = JSON.parse(call("analyze", file, "--json", ...range).stdout) as { rows: { tcp: number }; part: unknown };
    assert.equal(inRange.rows.tcp, 2);
    assert.deepEqual(inRange.part, { from: "2023-06-04T11:25:00.000000000", to: "2023-06-04T11:25:01.000000001", outsideRange: 1 });
    assert.match(call("analyze", file, "--rows", "2").stdout, /^only the first 2 rows of the file$/m);
    assert.match(call("analyze", file, ...range).stdout, /^only the rows from 2023-06-04T11:25:00\.0+ to before .*; 1 with a sequence/m);
  });

  it("says what a capture would need that does not fit, and ends with 3", () => {
    const { status, stdout, stderr } = call("analyze", file, "--memory", "80");
    assert.deepEqual([status, stdout], [3, ""]);
    assert.match(stderr, /^tcp-seq: small\.csv needs about 90\.0 MB of memory, the limit is 80\.0 MB\..*\n$/);
  });

  it("refuses parts that make no sense", () => {
    for (const args of [
      ["--rows", "0"],
      ["--rows", "2", "--from", "1", "--to", "2"],
      ["--from", "2023-06-04"],
      ["--from", "2023-02-30", "--to", "2023-06-04"],
      ["--from", "2", "--to", "2"],
    ])
      assert.equal(call("analyze", file, ...args).status, 2, args.join(" "));
  });

  it("reads a compressed file, whatever it is called", () => {
    const plain = JSON.parse(call("analyze", file, "--json").stdout) as Record<string, unknown>;
    const stored = gzipSync(CSV);
    for (const name of ["small.csv.gz", "packed.csv"]) {
      const path = join(folder, name);
      writeFileSync(path, stored);
      const { status, stdout, stderr } = call("analyze", path, "--json");
      assert.deepEqual([status, stderr], [0, ""]);
      const answer = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual(answer, { ...plain, file: path, bytes: stored.length, elapsedMs: answer.elapsedMs });
    }
    assert.match(call("analyze", join(folder, "small.csv.gz")).stdout, /^small\.csv\.gz {2}\d+ B gzip \(\d+ B of text\), 6 rows/);
    writeFileSync(join(folder, "small.csv.zst"), zstdOf(Buffer.from(CSV)));
    assert.equal(call("analyze", join(folder, "small.csv.zst"), "--json").status, 0);
  });

  it("says that a compressed file breaks off: among the problems, and on stderr when the answer is JSON", () => {
    const path = join(folder, "cut.csv.gz");
    writeFileSync(path, gzipSync(CSV).subarray(0, -1));
    assert.match(call("analyze", path).stdout, /^1 × compressed file that breaks off: what comes before is read \(line 8\)$/m);
    const { status, stdout, stderr } = call("analyze", path, "--json");
    assert.equal(status, 0);
    assert.equal((JSON.parse(stdout) as { rows: { read: number } }).rows.read, 6);
    assert.equal(stderr, "tcp-seq: warning: cut.csv.gz: compressed file that breaks off: what comes before is read\n");
  });

  it("shows the numbers, buckets and places asked for", () => {
    const answer = JSON.parse(call("analyze", file, "--json", "--seq", "0x1", "--seq", "7", "--bucket", "3600", "--top", "0").stdout) as {
      timelines: { seq: number; bucketSeconds: number; buckets: unknown[] }[];
      sequences: { top: unknown[] };
    };
    assert.deepEqual(
      answer.timelines.map(({ seq, buckets }) => [seq, buckets.length]),
      [
        [1, 1],
        [7, 0],
      ],
    );
    assert.deepEqual(answer.sequences.top, []);
  });

  it("lists and counts only packets that pass a filter, also by a column that is read for it", () => {
    const path = join(folder, "hosts.csv");
    writeFileSync(
      path,
      "frame.time,tcp.seq,http.host\n2023-06-04 11:23:00,1,a.example\n2023-06-04 11:24:00,7,\n2023-06-04 11:25:00,7,b.example\n",
    );
    const { filter, sequences, timelines } = JSON.parse(call("analyze", path, "--json", "--filter", "http.host").stdout) as {
      filter: unknown;
      sequences: unknown;
      timelines: { seq: number; buckets: unknown[] }[];
    };
    assert.deepEqual(filter, { text: "http.host", packets: 2 });
    assert.deepEqual(sequences, { distinct: 2, top: [{ seq: 1, count: 1 }, { seq: 7, count: 1 }] }); // prettier-ignore
    assert.deepEqual(
      timelines.map(({ seq, buckets }) => [seq, buckets.length]),
      [[1, 1]],
    );
    assert.match(call("analyze", path, "--filter", "tcp.seq == 7").stdout, /^filter tcp\.seq == 7: 2 packets \(66\.67 %\), 1 different/m);
    assert.match(call("analyze", path, "--filter", "tcp.seq == 9").stdout, /: 0 packets \(0\.00 %\), 0 different numbers$/m);
  });

  it("exits 2 for a filter that is none, with its error underlined", () => {
    const filterError = (filter: string): unknown[] => {
      const { status, stdout, stderr } = call("analyze", file, "--filter", filter);
      return [status, stdout, stderr];
    };
    const [status, stdout, stderr] = filterError("tcp.seq == x");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(String(stderr), /^tcp-seq: .+\n {2}tcp\.seq == x\n {13}\^\n$/);
    assert.match(String(filterError("no.such && tcp")[2]), /^tcp-seq: “no\.such” is neither .*\n {2}no\.such && tcp\n {2}\^{7}\n$/);
    assert.ok(!String(filterError("\u001b[2J")[2]).includes("\u001b"));
  });

  it("says null for what the file does not have", () => {
    writeFileSync(join(folder, "bare.csv"), "tcp.seq\n5\n");
    const answer = JSON.parse(call("analyze", join(folder, "bare.csv"), "--json").stdout) as {
      rows: { badTime: unknown };
      time: unknown;
      timelines: unknown;
    };
    assert.equal(answer.rows.badTime, null);
    assert.deepEqual(answer.time, { first: null, last: null, zone: null });
    assert.deepEqual(answer.timelines, [{ seq: 5, bucketSeconds: 60, buckets: [] }]);
  });

  it("marks a timeline of which only the filled buckets are listed", () => {
    writeFileSync(join(folder, "years.csv"), "frame.time,tcp.seq\n2014-01-01 00:00:00,1\n2023-01-01 00:00:00,1\n");
    const answer = JSON.parse(call("analyze", join(folder, "years.csv"), "--json").stdout) as {
      timelines: { sparse?: boolean; buckets: { start: string }[] }[];
    };
    assert.equal(answer.timelines[0].sparse, true);
    assert.deepEqual(
      answer.timelines[0].buckets.map(({ start }) => start),
      ["2014-01-01T00:00:00", "2023-01-01T00:00:00"],
    );
  });

  it("prints a table and a bar per bucket for people", () => {
    const { status, stdout } = call("analyze", file);
    assert.equal(status, 0);
    assert.match(stdout, /6 rows, 3 with a sequence number, 1 different/);
    assert.match(stdout, /2023-06-04T11:25:00 +2 +█{40} +suspicious +eth:ip:tcp:http/);
    assert.match(stdout, /2023-06-04T11:24:00 +0$/m);
  });

  it("keeps a capture from steering the terminal", () => {
    writeFileSync(
      join(folder, "evil.csv"),
      "frame.time,frame.protocols,tcp.seq,alert\n2023-01-01 00:00:00,\u001b[2Jx,1,\u001b]0;title\u0007\n",
    );
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    assert.doesNotMatch(call("analyze", join(folder, "evil.csv")).stdout, /[\u0000-\u0009\u000b-\u001f]/);
  });

  it("exits 2 with one sentence for a wrong call", () => {
    for (const args of [
      ["analyse", file],
      ["analyze"],
      ["analyze", file, "--seq", "-1"],
      ["analyze", file, "--seq", "x"],
      ["analyze", file, "--bucket", "0"],
      ["analyze", file, "--nope"],
      ["analyze", file, "more"],
    ]) {
      const { status, stdout, stderr } = call(...args);
      assert.equal(status, 2, args.join(" "));
      assert.equal(stdout, "");
      assert.match(stderr, /^tcp-seq: .+\n$/);
    }
    assert.equal(call().status, 2);
    assert.equal(call("--help").status, 0);
    assert.match(call("--version").stdout, /^\d+\.\d+\.\d+\n$/);
  });

  it("exits 3 with one sentence for a file that cannot be analysed", () => {
    writeFileSync(join(folder, "empty.csv"), "");
    writeFileSync(join(folder, "other.csv"), "a,b\n1,2\n");
    writeFileSync(join(folder, "other.csv.gz"), gzipSync("a,b\n1,2\n"));
    writeFileSync(join(folder, "head.csv.gz"), gzipSync(CSV).subarray(0, 12));
    mkdirSync(join(folder, "folder.csv"));
    const cases: [string, RegExp][] = [
      ["empty.csv", /is empty/],
      ["other.csv.gz", /other\.csv\.gz is not a packet CSV .* no column tcp\.seq/],
      ["head.csv.gz", /head\.csv\.gz cannot be decompressed: it is cut off or damaged\. Check it with gzip -t, or get it again\./],
      ["other.csv", /no column tcp\.seq, no column frame\.time\. Export it with: tshark /],
      ["folder.csv", /is a folder/],
      ["missing.csv", /does not exist/],
    ];
    for (const [name, sentence] of cases) {
      const { status, stdout, stderr } = call("analyze", join(folder, name), "--json");
      assert.equal(status, 3, name);
      assert.equal(stdout, "");
      assert.match(stderr, sentence);
      assert.equal(stderr.split("\n").length, 2, stderr);
    }
  });

  it("says so when it may not read a file", function () {
    const path = join(folder, "secret.csv");
    writeFileSync(path, CSV);
    chmodSync(path, 0);
    // The superuser may read everything: run as nobody, from a folder that nobody may enter.
    const isSuperuser = process.getuid?.() === 0;
    chmodSync(folder, 0o755);
    for (const name of ["cli.js", "kernel.wasm", "follower.wasm", "sorter.wasm"])
      copyFileSync(join(ROOT, "dist", name), join(folder, name));
    const args = [process.execPath, join(folder, "cli.js"), "analyze", path];
    const [command, ...rest] = isSuperuser ? ["setpriv", "--reuid=65534", "--clear-groups", ...args] : args;
    const { status, stderr, error } = spawnSync(command, rest, { encoding: "utf8" });
    if (error) return this.skip();
    assert.equal(status, 3, stderr);
    assert.match(stderr, /permission denied/);
  });

  describe("findings", () => {
    const SCAN = join(ROOT, "test", "fixtures", "attacks", "scan-syn.csv");
    interface Told {
      readonly completeness: unknown;
      readonly sensitivity: string;
      readonly findings: readonly Record<string, unknown>[];
      readonly notRun: readonly { readonly detector: string; readonly reason: string; readonly tshark: string }[];
      readonly labels: Record<string, unknown> | null;
    }
    const told = (...args: string[]): Told => {
      const { status, stdout, stderr } = call("findings", ...args, "--json");
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      return JSON.parse(stdout) as Told;
    };

    it("are what the engine finds, as one JSON object with the documented fields", async () => {
      const answer = told(SCAN);
      assert.deepEqual(Object.keys(answer), "file completeness sensitivity coverage caveats findings notRun labels".split(" "));
      assert.deepEqual(answer.completeness, { frames: 251, span: 251, share: 1 });
      assert.equal(answer.labels, null);
      const found = await findIn(SCAN);
      const { frame } = found.capture.columns;
      assert.deepEqual(
        answer.findings.map(({ detector, severity, title, frames }) => ({ detector, severity, title, frames })),
        found.report.findings.map(({ id, detector, severity, title }) => ({
          detector,
          severity,
          title,
          frames: Array.from(found.rowsOf(id), (row) => frame[row]),
        })),
      );
      const scan = answer.findings.find(({ detector }) => detector === "port-scan")!;
      assert.deepEqual(
        Object.keys(scan),
        (
          "detector kind severity confidence title explanation technique count first last streams streamCount source target " +
          "packets frames evidence"
        ).split(" "),
      );
      const { source, target, technique } = scan;
      assert.deepEqual({ source, target, technique }, { source: "10.20.0.66", target: "10.20.0.10", technique: "T1046" });
      assert.match(String(scan.first), /^2024-06-05T09:00:00\.\d{9}$/);
    });

    it("are more where the sensitivity is higher, which the answer names", () => {
      const slow = join(ROOT, "test", "fixtures", "attacks", "scan-slow.csv");
      const [low, high] = ["low", "high"].map((sensitivity) => told(slow, "--sensitivity", sensitivity));
      assert.deepEqual([low.sensitivity, high.sensitivity], ["low", "high"]);
      const hasScan = ({ findings }: Told): boolean => findings.some(({ detector }) => detector === "port-scan");
      assert.deepEqual([hasScan(low), hasScan(high)], [false, true]);
    });

    it("say which question was not judged and what tshark has to export for it, and how labels agree", () => {
      const { notRun, labels } = told(file);
      assert.ok(notRun.some(({ detector, tshark }) => detector === "rst-misfit" && tshark.includes("-e tcp.flags")));
      assert.deepEqual(labels, { field: "alert", inFindings: 0, suspiciousInFindings: 0, suspicious: 1 });
    });

    it("are printed for people, worst first, and end with 2 and 3 as the other commands do", () => {
      const { status, stdout } = call("findings", SCAN);
      assert.equal(status, 0);
      assert.match(stdout, /^scan-syn\.csv {2}3 findings, sensitivity medium\n/);
      assert.deepEqual(
        Array.from(stdout.matchAll(/^(\w+) \((\w+)\) {2}/gm), ([, severity]) => severity),
        ["warn", "warn", "chat"],
      );
      assert.equal(call("findings", SCAN, "--sensitivity", "some").status, 2);
      assert.equal(call("findings", join(folder, "missing.csv")).status, 3);
    });
  });

  describe("label", () => {
    const HEADER = "frame.number,frame.time_epoch,ip.src,ip.dst,tcp.srcport,tcp.dstport,tcp.len,tcp.seq,tcp.ack,tcp.flags,tcp.window_size";
    const ROWS = [
      "1,1.0,10.0.0.1,10.0.0.2,1000,80,0,0,0,0x0002,8192",
      "2,1.1,10.0.0.2,10.0.0.1,80,1000,0,0,1,0x0012,8192",
      "3,1.2,10.0.0.1,10.0.0.2,1000,80,0,1,1,0x0010,8192",
      "4,1.3,10.0.0.1,10.0.0.2,1000,80,100,1,1,0x0018,8192",
      "5,1.4,10.0.0.2,10.0.0.1,80,1000,0,1,101,0x0010,8192",
      "6,1.5,10.0.0.1,10.0.0.2,1000,80,100,1,1,0x0018,8192",
      "7,1.6,10.0.0.2,10.0.0.1,80,1000,0,1,101,0x0010,8192",
      "8,1.7,10.0.0.1,10.0.0.2,53,53,,,,,",
    ];
    const labelled = ["1,0,", "2,0,", "3,0,", "4,0,", "5,0,", "6,0,retransmission;spurious_retransmission", "7,0,duplicate_ack"];
    const answer = (lines: readonly string[]): string => `frame.number,tcp.stream,labels\n${lines.map((line) => `${line}\n`).join("")}`;
    const write = (name: string, header: string, rows: readonly string[]): string => {
      const path = join(folder, name);
      writeFileSync(path, `${header}\n${rows.join("\n")}\n`);
      return path;
    };

    it("prints a row per packet in the order of frames, with Wireshark's names", () => {
      const shuffled = [4, 1, 7, 0, 5, 3, 6, 2].map((i) => ROWS[i]);
      for (const path of [write("label.csv", HEADER, ROWS), write("shuffled.csv", HEADER, shuffled)]) {
        const { status, stdout, stderr } = call("label", path);
        assert.equal(stderr, "");
        assert.equal(status, 0);
        assert.equal(stdout, answer(labelled));
      }
    });

    it("takes tcp.stream where there is one, and the order of the file where there are no frames", () => {
      const rows = ROWS.map((row) => `${row},${row.startsWith("8") ? "" : "44"}`);
      const named = call("label", write("named.csv", `${HEADER},tcp.stream`, rows));
      assert.equal(named.stdout, answer(labelled.map((line) => line.replace(",0,", ",44,"))));
      const cut = (line: string): string => line.replace(/^[^,]*,/, "");
      const frameless = call("label", write("frameless.csv", cut(HEADER), ROWS.map(cut).reverse()));
      assert.equal(frameless.stdout, answer(labelled.map((line) => `,${cut(line)}`).reverse()));
    });

    it("takes some of the options, and refuses the others", () => {
      const path = write("label.csv", HEADER, ROWS);
      assert.equal(call("label", path, "--rows", "5", "--reference").stdout, answer(labelled.slice(0, 5)));
      for (const [args, sentence] of [
        [["label", path, "--json"], "tcp-seq: tcp-seq label takes no --json.\n"],
        [["label"], "tcp-seq: No file given: tcp-seq label FILE.\n"],
        [["label", path, "other"], 'tcp-seq: One file at a time: "other" is too much.\n'],
      ] as const) {
        const { status, stdout, stderr } = call(...args);
        assert.deepEqual({ status, stdout, stderr }, { status: 2, stdout: "", stderr: sentence });
      }
      const { status, stdout } = call("label", join(folder, "missing.csv"));
      assert.deepEqual({ status, stdout }, { status: 3, stdout: "" });
    });

    it("waits for a slow reader, and ends quietly when it goes away", () => {
      const rows = Array.from(
        { length: 300_000 },
        (_, i) => `${String(i + 1)},1.0,10.0.0.1,10.0.0.2,1000,80,1,${String(i + 1)},1,0x0010,8192`,
      );
      const path = write("many.csv", HEADER, rows);
      const shell = (command: string): string =>
        spawnSync("sh", ["-c", command, "sh", process.execPath, CLI, path], { encoding: "utf8" }).stdout;
      assert.equal(shell('"$1" "$2" label "$3" | (sleep 1; wc -l)').trim(), "300001");
      assert.equal(
        shell('{ "$1" "$2" label "$3" 2>&1; echo "code $?" >&2; } 2>"$3.code" | head -1; cat "$3.code"'),
        "frame.number,tcp.stream,labels\ncode 0\n",
      );
    });
  });
});
