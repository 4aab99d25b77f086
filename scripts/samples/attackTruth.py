#!/usr/bin/env python3
"""Exports the captures of makeAttacks.sh and works out what truly happened in them.

  attackTruth.py NAME WORK OUT           NAME.csv, NAME.analysis.csv and the entry of NAME in truth.json
  attackTruth.py --readme OUT NAME...    README.md from truth.json

The truth is taken from what the makers logged (forged segments, segments a cable lost, nmap's own report) and from the
packets, with code that shares nothing with the detectors: payloads are compared byte by byte, handshakes counted.
"""
import collections
import ipaddress
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ATTACKERS = ("10.20.0.66", "fd00:20::66")
RAW_COLUMNS = ["tcp.seq_raw", "tcp.ack_raw", "tcp.hdr_len", "tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr"]
ANALYSIS = [
    "tcp.analysis." + name
    for name in (
        "retransmission fast_retransmission spurious_retransmission out_of_order lost_segment ack_lost_segment duplicate_ack "
        "keep_alive keep_alive_ack zero_window window_update window_full reused_ports"
    ).split()
]
V6_COLUMNS = ["ipv6.src", "ipv6.dst", "ipv6.hlim"]
FIN, SYN, RST, PUSH, ACK, URG = 1, 2, 4, 8, 16, 32
MODULUS = 1 << 32

# Name: (with payload column, what happens, what a detector has to make of it, findings that are allowed but not asked for).
STORIES = {
    "scan-syn": (False, "SYN scan of 123 ports of one host, three of them open; every probe carries the same initial number", "A vertical scan.", ["sequence-pattern"]),
    "scan-connect": (False, "connect scan of 103 ports: the kernel's own SYNs, full handshakes with three open ports", "A vertical scan; initial numbers are good ones.", []),
    "scan-fin": (False, "FIN probes outside any connection; closed ports answer with RST, open ones are silent", "A vertical stealth scan.", ["sequence-pattern"]),
    "scan-null": (False, "probes without any flag", "A vertical stealth scan.", ["sequence-pattern"]),
    "scan-xmas": (False, "probes with FIN, PSH and URG", "A vertical stealth scan.", ["sequence-pattern"]),
    "scan-ack": (False, "ACK probes outside any connection, every port answers with RST", "A vertical stealth scan. The RSTs answer a stray ACK and fit.", ["sequence-pattern"]),
    "scan-maimon": (False, "FIN+ACK probes outside any connection; Linux answers RST from open ports too", "A vertical stealth scan.", ["sequence-pattern"]),
    "scan-slow": (False, "SYN scan of 25 ports, one every 2.4 seconds, over a minute", "A vertical scan by Zeek's measure (15 ports in 5 minutes); Snort's 90 seconds hold it too.", ["sequence-pattern"]),
    "scan-silent": (False, "SYN scan of 60 ports of a host whose answers get lost: nothing comes back, every probe is sent twice", "A vertical scan: silence is failure too.", ["sequence-pattern"]),
    "scan-horizontal": (False, "one port on 40 hosts, open on two of them", "A horizontal scan.", ["sequence-pattern"]),
    "scan-block": (False, "12 ports on 12 hosts, two of them with two open ports", "A block scan: one finding, not 12.", ["sequence-pattern"]),
    "scan-v6": (False, "SYN scan of 63 ports of one host over IPv6, two of them open", "A vertical scan.", ["sequence-pattern"]),
    "busy-client": (False, "30 web requests to 25 ports of one server within seconds, all answered", "Nothing: every attempt succeeds.", []),
    "monitoring": (False, "a monitor asks 27 services of nine hosts, two rounds; one service is down and refuses every time", "Nothing: one port of one host fails.", []),
    "refused-retries": (False, "a client tries 40 times to reach a service that is down", "Nothing: one port of one host fails, again and again.", []),
    "outage-reconnect": (False, "the server's cable is dead for 3.6 s; 28 connections from 14 clients resend their SYNs, then all succeed", "Nothing: SYNs are resends and every handshake completes.", []),
    "flood-one-source": (False, "160 SYNs, one every 4 ms or so, from the attacker's own address; its kernel resets every SYN-ACK", "A flood on one port, no scan.", ["sequence-pattern"]),
    "flood-constant-isn": (False, "250 SYNs from one forged source, all with initial number 1000000; the backlog fills and SYN-ACKs end", "A flood; the initial numbers are one.", []),
    "flood-many-sources": (False, "300 SYNs from 50 forged sources", "A flood from many sources.", ["sequence-pattern"]),
    "flood-v6": (False, "60 SYNs over IPv6 from 20 forged sources", "A flood from many sources.", ["sequence-pattern"]),
    "reset-accepted": (True, "a forged RST with the very next number and the right TTL kills the server's end; the client talks on after \"its\" RST", "A reset whose sender talks on. The server's own RSTs answer stray segments and fit.", []),
    "reset-foreign-ttl": (True, "a forged RST with the next number but TTL 47 kills the client's end; the server ticks on", "A reset with a foreign TTL whose sender talks on.", []),
    "reset-in-window": (True, "a forged RST 1000 above the next number: the server answers with a challenge ACK, the conversation goes on", "A reset off the expected number, not accepted.", []),
    "reset-outside": (True, "a forged RST 5,000,000 above the next number: ignored, the conversation goes on", "A reset outside the window.", []),
    "reset-storm": (True, "40 forged RSTs in strides of 12,500, all beyond the window; ignored", "One finding for the storm; the strides are a pattern.", []),
    "reset-storm-hit": (True, "26 forged RSTs in strides of 12,500 from below; the last one is the next number and kills the server's end", "One finding for the storm; the strides are a pattern.", []),
    "reset-v6": (True, "a forged RST over IPv6 with the very next number and the right hop limit kills the server's end; the client talks on after \"its\" RST", "A reset whose sender talks on.", []),
    "reset-closed-port": (True, "five ports that refuse with RST+ACK", "Nothing.", []),
    "reset-abort": (True, "three clients that abort with SO_LINGER 0 in the middle of a conversation and stay silent", "Nothing.", []),
    "reset-abort-after-loss": (True, "two clients that abort; the last ask of the first one was lost before the tap, so that its RST stands above the next number the capture saw", "Nothing: an abort inside the window by a side that then stays silent (but for its kernel's RST to the challenge ACK).", []),
    "reset-stray-ack": (True, "a server that forgot its connections without a word; it answers the next segment with RST", "Nothing: the RST's number is the ACK it answers.", []),
    "inject-same-length": (True, "a forged answer of the same length arrives before the real one; right TTL, right timestamps", "A conflict, certain with the payload column. Without it the timestamps and checksums speak.", []),
    "inject-other-length": (True, "a forged answer of 77 bytes before the real one of 120", "A conflict over the bytes both hold.", []),
    "inject-longer": (True, "a forged answer of 300 bytes before the real one of 120; the client then acknowledges bytes the server never sent; the two are out of step, resend, and never agree again", "A conflict. The client's ACKs cover bytes its server never sent.", ["sequence-jump"]),
    "inject-foreign-ttl": (True, "a forged answer with TTL 57 before the real one of the same length", "A conflict, and a foreign TTL.", []),
    "inject-no-timestamps": (True, "a forged answer without TCP timestamps in a connection that has them, same length", "A conflict, and a header that breaks with its own direction.", []),
    "inject-plain-header": (True, "the same in a connection without timestamps: both copies have 20-byte headers, only the payload differs", "A conflict; without the payload column the checksums alone prove it.", []),
    "inject-stale-timestamps": (True, "a forged answer of the same length whose timestamp is older than the last one heard: the client's stack throws it away", "A conflict all the same: the bytes differ on the wire.", []),
    "inject-late": (True, "a forged answer that lost the race: it arrives after the real one was acknowledged", "A conflict.", []),
    "inject-ahead": (True, "two forged segments of the client, 20,000 and 3,000,000 bytes ahead of its number; the hole is never filled nor acknowledged", "Two unexplained jumps.", []),
    "resend-identical": (True, "two answers lost behind the tap and resent as they were", "Nothing: the bytes are equal.", []),
    "resend-repacked": (True, "small notes lost behind the tap and resent in other packets", "Nothing: the bytes are equal although lengths differ.", []),
    "keep-alive": (True, "keep-alives of an idle connection, one below the next number", "Nothing.", []),
    "zero-window": (False, "a reader that stops reading; the window closes and is probed", "Nothing.", []),
    "rough-loss": (False, "65 kB each way over a cable that loses 3 % and five chosen segments each way, on either side of the tap", "Nothing: every gap is filled.", []),
    "rough-reordering": (False, "65 kB each way, 12 % of the segments overtaken by later ones", "Nothing: every gap is filled at once.", []),
    "rough-duplicates": (False, "65 kB each way, 8 % of the segments doubled on the cable", "Nothing: the copies are equal.", []),
    "rough-delay": (False, "65 kB each way with 120 to 160 ms of delay", "Nothing.", []),
    "rough-everything": (False, "loss, reordering, duplicates and delay together; jitter lets frames overtake each other too", "Nothing: every gap is filled.", []),
    "wrap": (False, "three transfers whose raw numbers pass 2^32: in the middle, just after the SYN, and the other way", "Nothing: numbers are modulo 2^32.", []),
    "cut-midstream": (False, "rough-loss from frame 40 to 130: no SYN, no FIN", "Nothing: the stream was on its way.", []),
    "cut-one-side-transfer": (False, "rough-loss, only what the remote host sent", "Nothing: gaps cannot be judged by ACKs that are not there.", []),
    "cut-one-side-reconnect": (False, "outage-reconnect, only what the clients sent", "Nothing: the SYN-ACKs were not captured, the clients' ACKs show that they came.", []),
    "cut-one-side-scan": (False, "scan-syn, only what the scanner sent", "A vertical scan, less sure: no answer is in the file.", ["sequence-pattern"]),
    "cut-frames-dropped": (False, "wrap without every ninth data frame, as from a tap that could not keep up", "Nothing to blame the network for: the ACKs cover what is missing.", []),
}


def tshark(pcap, fields, *more):
    command = ["tshark", "-n", "-r", pcap, "-T", "fields", *more]
    for field in fields:
        command += ["-e", field]
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode()


def export(pcap, path, fields):
    text = tshark(pcap, fields, "-E", "header=y", "-E", "separator=,", "-E", "quote=d", "-E", "occurrence=f")
    with open(path, "w") as file:
        file.write(text)
    return text.count("\n") - 1


class Packet:
    FIELDS = "frame.number frame.time_epoch tcp.stream ip.src ip.dst tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.flags tcp.len ip.ttl ip.id tcp.payload tcp.hdr_len ipv6.src ipv6.dst ipv6.hlim ipv6.flow".split()

    def __init__(self, line):
        cells = line.split("\t")
        self.frame, self.time, self.stream = int(cells[0]), float(cells[1]), int(cells[2])
        self.source, self.target, self.sport, self.dport = cells[3] or cells[15], cells[4] or cells[16], int(cells[5]), int(cells[6])
        self.seq, self.ack, self.flags = int(cells[7]), int(cells[8] or 0), int(cells[9], 16)
        self.length, self.ttl, self.id = int(cells[10]), int(cells[11] or cells[17]), int(cells[12] or cells[18], 16)
        self.payload, self.header = bytes.fromhex(cells[13]), int(cells[14])
        self.way = (self.stream, self.source, self.sport)


def read_packets(pcap):
    text = tshark(pcap, Packet.FIELDS, "-Y", "tcp && !icmp", "-E", "occurrence=f")
    return [Packet(line) for line in text.splitlines()]


def endpoint(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def ranges(frames):
    """[1, 2, 3, 7] -> [[1, 3], [7, 7]]"""
    out = []
    for frame in sorted(set(frames)):
        if out and out[-1][1] == frame - 1:
            out[-1][1] = frame
        else:
            out.append([frame, frame])
    return out


def ahead(a, b):
    """How far a stands above b, modulo 2^32, negative when below."""
    return (a - b + MODULUS // 2) % MODULUS - MODULUS // 2


def find_conflicts(packets):
    """Pairs of segments of one direction whose common bytes differ."""
    found, ways = [], collections.defaultdict(list)
    for packet in packets:
        if not packet.payload:
            continue
        for earlier in ways[packet.way]:
            shift = ahead(packet.seq, earlier.seq)
            start, end = max(0, shift), min(len(earlier.payload), shift + len(packet.payload))
            if start >= end:
                continue
            old, new = earlier.payload[start:end], packet.payload[start - shift : end - shift]
            if old != new:
                found.append({
                    "stream": packet.stream, "source": endpoint(packet.source, packet.sport), "target": endpoint(packet.target, packet.dport),
                    "frames": [earlier.frame, packet.frame], "seqRaw": [earlier.seq, packet.seq], "lengths": [earlier.length, packet.length],
                    "overlap": end - start, "differing": sum(a != b for a, b in zip(old, new)), "ttl": [earlier.ttl, packet.ttl],
                    "headers": [earlier.header, packet.header],
                })
        ways[packet.way].append(packet)
    return found


def group_conflicts(conflicts):
    """One finding per direction of a stream, with the pairs it rests on: resends of the true bytes conflict again."""
    groups = {}
    for conflict in conflicts:
        pair = {key: value for key, value in conflict.items() if key not in ("stream", "source", "target")}
        group = groups.setdefault((conflict["stream"], conflict["source"]),
                                  {**{key: conflict[key] for key in ("stream", "source", "target")}, "frames": [], "pairs": []})
        group["frames"] = sorted({*group["frames"], *pair["frames"]})
        group["pairs"].append(pair)
    return list(groups.values())


def count_repeats(packets):
    """Segments whose bytes were seen before, and how many of them in the same cut."""
    same = other = 0
    ways = collections.defaultdict(list)
    for packet in packets:
        if not packet.payload:
            continue
        spans = ways[packet.way]
        if (packet.seq, packet.length) in spans:
            same += 1
        elif any(ahead(packet.seq, seq) < length and ahead(seq, packet.seq) < packet.length for seq, length in spans):
            other += 1
        spans.append((packet.seq, packet.length))
    return same, other


def forged_packets(log, packets):
    """What the forger says it sent, found again in the capture by its number and IP identification."""
    found = []
    for entry in log:
        if entry["event"] != "forged":
            continue
        matches = [p for p in packets if (p.source, p.sport, p.target, p.dport, p.seq, p.id, p.ttl, p.length)
                   == tuple(entry[key] for key in ("source", "sport", "target", "dport", "seq", "id", "ttl", "len"))]
        if len(matches) != 1:
            sys.exit(f"a forged segment is {len(matches)} times in the capture: {entry}")
        found.append((entry, matches[0]))
    return found


def read_nmap(path):
    """Ports by state of nmap's own report."""
    states = collections.Counter()
    for line in open(path):
        for ports in re.findall(r"Ports: ([^\t\n]*)", line):
            for port in ports.split(", ") if "/" in ports else []:
                states[port.split("/")[1]] += 1
        for state, count in re.findall(r"Ignored State: (\S+) \((\d+)\)", line):
            states[state] += int(count)
    return dict(sorted(states.items()))


PROBES = {"scan-syn": ("syn", SYN), "scan-connect": ("connect", SYN), "scan-fin": ("fin", FIN), "scan-null": ("null", 0),
          "scan-xmas": ("xmas", FIN | PUSH | URG), "scan-ack": ("ack", ACK), "scan-maimon": ("maimon", FIN | ACK), "scan-slow": ("syn", SYN),
          "scan-silent": ("syn", SYN), "scan-horizontal": ("syn", SYN), "scan-block": ("syn", SYN), "scan-v6": ("syn", SYN), "cut-one-side-scan": ("syn", SYN)}


def judge_scan(name, packets):
    probe, flags = PROBES[name]
    probes = [p for p in packets if p.source in ATTACKERS and p.flags & 63 == flags]
    asked = {(p.target, p.dport) for p in probes}
    answers = collections.defaultdict(set)
    for p in packets:
        if p.target in ATTACKERS and (p.source, p.sport) in asked:
            answers[p.source, p.sport].add("opened" if p.flags & 63 == SYN | ACK else "refused" if p.flags & RST else "other")
    opened = sum("opened" in answers[key] for key in asked)
    refused = sum("refused" in answers[key] and "opened" not in answers[key] for key in asked)
    hosts, ports = {host for host, _ in asked}, {port for _, port in asked}
    kind = "block" if len(hosts) > 1 and len(ports) > 1 else "horizontal" if len(hosts) > 1 else "vertical"
    hit = {"detector": "port-scan", "kind": kind, "probe": probe, "source": probes[0].source, "targets": sorted(hosts, key=lambda address: int(ipaddress.ip_address(address))),
           "ports": len(ports), "attempts": len(asked), "opened": opened, "refused": refused, "silent": len(asked) - opened - refused,
           "probes": len(probes), "frames": ranges(p.frame for p in probes), "seconds": round(probes[-1].time - probes[0].time, 3)}
    return hit, {"initialNumbers": len({p.seq for p in probes})}


def judge_handshakes(packets):
    """Per target of SYNs: how many connections were asked for, answered and completed."""
    per_target = collections.defaultdict(lambda: {"syns": [], "connections": {}, "sources": set()})
    for p in packets:
        if p.flags & (SYN | ACK) == SYN:
            entry = per_target[p.target, p.dport]
            entry["syns"].append(p)
            entry["sources"].add(p.source)
            entry["connections"].setdefault((p.source, p.sport, p.seq), "asked")
    for p in packets:
        if p.flags & (SYN | ACK) == SYN | ACK and (p.source, p.sport) in per_target:
            key = (p.target, p.dport, (p.ack - 1) % MODULUS)
            connections = per_target[p.source, p.sport]["connections"]
            if connections.get(key) == "asked":
                connections[key] = "answered"
        elif p.flags & (SYN | ACK | RST) == ACK and (p.target, p.dport) in per_target:
            connections = per_target[p.target, p.dport]["connections"]
            for key in ((p.source, p.sport, (p.seq - 1) % MODULUS),):
                if key in connections:
                    connections[key] = "completed"
    return per_target


def judge_flood(packets):
    target, entry = max(judge_handshakes(packets).items(), key=lambda item: len(item[1]["syns"]))
    syns, states = entry["syns"], collections.Counter(entry["connections"].values())
    sources = sorted(entry["sources"])
    return {"detector": "syn-flood", "target": endpoint(*target), "sources": len(sources), "source": sources[0] if len(sources) == 1 else None,
            "syns": len(syns), "connections": len(entry["connections"]), "resent": len(syns) - len(entry["connections"]),
            "answered": states["answered"] + states["completed"], "completed": states["completed"],
            "initialNumbers": len({p.seq for p in syns}), "seconds": round(syns[-1].time - syns[0].time, 3), "frames": ranges(p.frame for p in syns)}


def judge_resets(forged, packets):
    first = forged[0][1]
    talked_on = [p for p in packets if p.frame > forged[-1][1].frame and p.way == first.way and not p.flags & RST]
    answers = [p for p in packets if p.frame > first.frame and p.stream == first.stream and p.source == first.target and p.flags & RST]
    goes_on = [p for p in packets if p.frame > forged[-1][1].frame and p.stream == first.stream and p.source == first.target and p.length]
    usual = collections.Counter(p.ttl for p in packets if p.way == first.way and p.frame < first.frame).most_common(1)[0][0]
    hit = {"detector": "rst-misfit", "stream": first.stream, "source": endpoint(first.source, first.sport), "target": endpoint(first.target, first.dport),
           "resets": len(forged), "frames": [p.frame for _, p in forged], "offsets": [entry["offset"] for entry, _ in forged],
           "ttl": first.ttl, "usualTtl": usual, "senderTalksOn": len(talked_on), "accepted": bool(answers) and not goes_on}
    return hit


def stream_facts(packets):
    facts = []
    streams = collections.defaultdict(list)
    for p in packets:
        streams[p.stream].append(p)
    for stream, members in sorted(streams.items()):
        for way in sorted({p.way for p in members}):
            sent = [p for p in members if p.way == way]
            base = sent[0].seq
            top = max(ahead(p.seq + p.length, base) for p in sent)
            facts.append({"stream": stream, "source": endpoint(way[1], way[2]), "frames": len(sent), "firstSeqRaw": base,
                          "wraps": base + top >= MODULUS, "bytesAbove": top})
    return facts


def make_truth(name, work, out):
    with_payload, what, verdict, allowed = STORIES[name]
    pcap = os.path.join(work, name + ".pcapng")
    columns = open(os.path.join(HERE, "columns.txt")).read().split() + RAW_COLUMNS + (V6_COLUMNS if name.endswith("-v6") else []) + (["tcp.payload"] if with_payload else [])
    rows = export(pcap, os.path.join(out, name + ".csv"), columns)
    export(pcap, os.path.join(out, name + ".analysis.csv"), ["frame.number", *ANALYSIS])
    packets = read_packets(pcap)
    log_path = os.path.join(work, name + ".log")
    log = [json.loads(line) for line in open(log_path)] if os.path.exists(log_path) else []
    forged = forged_packets(log, packets)
    conflicts = find_conflicts(packets)
    same, other = count_repeats(packets)
    hits, facts = [], {"streams": len({p.stream for p in packets}), "repeatedSegments": same, "repackedSegments": other}

    if name in PROBES:
        hit, more = judge_scan(name, packets)
        hits.append(hit)
        facts.update(more)
        if os.path.exists(report := os.path.join(work, name + ".nmap")):
            facts["nmap"] = read_nmap(report)
            if sum(facts["nmap"].values()) != hit["attempts"] or facts["nmap"].get("open", 0) != hit["opened"] and hit["probe"] in ("syn", "connect"):
                sys.exit(f"{name}: nmap says {facts['nmap']}, the packets {hit}")
    elif name.startswith("flood-"):
        hits.append(judge_flood(packets))
        if hits[0]["initialNumbers"] == 1:
            hits.append({"detector": "sequence-pattern", "kind": "constant-initial-number", "source": hits[0]["source"], "seqRaw": 1_000_000, "count": hits[0]["connections"]})
    elif name.startswith("reset-") and forged:
        hits.append(judge_resets(forged, packets))
        if len(forged) > 1:
            offsets = hits[0]["offsets"]
            hits.append({"detector": "sequence-pattern", "kind": "equal-strides", "stream": hits[0]["stream"], "source": hits[0]["source"],
                         "target": hits[0]["target"], "stride": offsets[1] - offsets[0], "count": len(offsets), "frames": hits[0]["frames"]})
    elif name == "inject-ahead":
        for entry, p in forged:
            hits.append({"detector": "sequence-jump", "stream": p.stream, "source": endpoint(p.source, p.sport), "target": endpoint(p.target, p.dport),
                         "frames": [p.frame], "jump": entry["offset"], "filled": False})
    for conflict in group_conflicts(conflicts):
        mine = [p.frame for _, p in forged if p.frame in conflict["frames"]]
        hits.append({"detector": "payload-conflict", **conflict, "forged": mine})
    if conflicts and not forged:
        sys.exit(f"{name}: payloads differ although nobody forged any: {conflicts}")

    if forged:
        facts["forged"] = [p.frame for _, p in forged]
    for entry, forgery in forged:
        if entry["what"] == "data":
            reply = next((p for p in packets if p.frame > forgery.frame and p.stream == forgery.stream and p.source == forgery.target), None)
            covered = reply is not None and ahead(reply.ack, forgery.seq + forgery.length) >= 0
            late = any(p.way == forgery.way and p.frame < forgery.frame and ahead(p.seq + p.length, forgery.seq) > 0 for p in packets)
            facts.setdefault("forgedDataAccepted", []).append(covered and not late)
    for entry in log:
        if entry["event"] in ("lost", "doubled", "held"):
            where = "beforeTap" if entry["way"] == "from-host" else "behindTap"
            counts = facts.setdefault("cable", {}).setdefault(entry["event"], {})
            key = where + ("Data" if entry["len"] else "Acks")
            counts[key] = counts.get(key, 0) + 1
    handshakes = judge_handshakes(packets)
    if name in ("busy-client", "monitoring", "refused-retries", "outage-reconnect", "cut-one-side-reconnect"):
        states = collections.Counter(state for entry in handshakes.values() for state in entry["connections"].values())
        syns = sum(len(entry["syns"]) for entry in handshakes.values())
        facts["handshakes"] = {"services": len(handshakes), "syns": syns, "resent": syns - sum(states.values()), **states}
    if name in ("wrap", "cut-frames-dropped"):
        facts["directions"] = stream_facts(packets)
    if os.path.exists(said := os.path.join(work, name + ".out")):
        for line in open(said):
            if line.startswith('{"event"'):
                facts["said"] = json.loads(line)
    labels = collections.Counter()
    header, *lines = open(os.path.join(out, name + ".analysis.csv")).read().splitlines()
    for line in lines:
        for column, cell in zip(header.split(",")[1:], line.split(",")[1:]):
            if cell:
                labels[column.removeprefix("tcp.analysis.")] += 1
    commands = []
    for line in open(os.path.join(work, name + ".commands")):
        line = re.sub(r"(?: --log \S+| -oG \S+|timeout \d+ )", lambda m: " " if m[0].startswith("timeout") else "", line.strip())
        commands.append(re.sub(r" +", " ", line.replace("python3 attackHost.py", "attackHost.py")))
    return {"rows": rows, "tcpRows": len(packets), "payloadColumn": with_payload, "what": what, "verdict": verdict, "made": commands,
            "hits": hits, "allowed": allowed, "facts": facts, "labels": dict(sorted(labels.items()))}


def first_line(*command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return run.stdout.decode().splitlines()[0]


def dump(truth, path):
    """JSON with one line per short list or hit, to be read in a diff."""
    text = json.dumps(truth, indent=1)
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: "[" + re.sub(r"\s*\n\s*", " ", m[1]) + "]" if '"made"' not in m[0] and len(m[1]) < 4000 else m[0], text)
    text = re.sub(r"\[\s*(\[\d+, \d+\](?:,\s*\[\d+, \d+\])*)\s*\]", lambda m: "[" + re.sub(r",\s*\[", ", [", m[1]) + "]", text)
    with open(path, "w") as file:
        file.write(text + "\n")


def write_readme(out, order):
    truth = json.load(open(os.path.join(out, "truth.json")))
    captures = truth["captures"]
    lines = ["# Attacks, and innocent events that look like them", "", README_HEAD.strip().replace("{tools}", ", ".join(truth["tools"])), "",
             "| Capture | Rows | What happens | What to make of it | Findings asked for |", "| --- | --- | --- | --- | --- |"]
    names = [name for name in order if name in captures]
    for name in names:
        entry = captures[name]
        hits = collections.Counter(hit["detector"] for hit in entry["hits"])
        asked = ", ".join(detector + (f" x {count}" if count > 1 else "") for detector, count in hits.items()) or "none"
        lines.append(f"| {name} | {entry['rows']} | {entry['what']} | {entry['verdict']} | {asked} |")
    lines += ["", "## How each was made, and what is in it", "",
              "`HOST command`, in the order run; `&` runs beside the rest. Facts are counted by `attackTruth.py` from the packets and the logs."]
    for name in names:
        entry = captures[name]
        lines += ["", f"### {name}", "", "```", *entry["made"], "```", ""]
        for hit in entry["hits"]:
            parts = [f"{key} {json.dumps(value)}" for key, value in hit.items() if key not in ("detector", "frames", "offsets", "targets") and value is not None]
            frames = hit.get("frames", [])
            flat = frames if all(isinstance(each, int) for each in frames) else [f"{a}-{b}" if a != b else str(a) for a, b in frames]
            if frames:
                parts.append("frames " + ", ".join(str(each) for each in flat[:6]) + (", ..." if len(flat) > 6 else ""))
            lines.append(f"- **{hit['detector']}**: {'; '.join(parts)}".replace('"', ""))
        lines.append("- Facts: " + json.dumps({k: v for k, v in entry["facts"].items() if k != "directions"}).replace('"', ""))
        for each in entry["facts"].get("directions", []):
            lines.append("- Direction: " + json.dumps(each).replace('"', ""))
        lines.append("- tshark's labels: " + (", ".join(f"{count} {label}" for label, count in entry["labels"].items()) or "none"))
    with open(os.path.join(out, "README.md"), "w") as file:
        file.write("\n".join(lines) + "\n")


README_HEAD = """
Small captures of real TCP stacks (Linux, between network namespaces without a way out), made by
`scripts/samples/makeAttacks.sh`, exported as users export theirs. Written by `scripts/samples/attackTruth.py`, this text too.
Made with {tools}.

- `NAME.csv`: the columns of `scripts/samples/columns.txt`, then `tcp.seq_raw`, `tcp.ack_raw`, `tcp.hdr_len` and the two TCP
  timestamps; with `tcp.payload` where payloads matter. `tshark -T fields -E header=y -E separator=, -E quote=d -E occurrence=f`,
  TZ=UTC. Those over IPv6 (`-v6`) have `ipv6.src`, `ipv6.dst` and `ipv6.hlim` too. The times were moved so that every capture
  starts on 2024-06-05 at 09:00:00.
- `NAME.analysis.csv`: tshark's thirteen verdicts per frame. They are labels to agree with, not input.
- `truth.json`: per capture `hits` (findings a detector has to report, with `source`, `target`, `stream`, `frames`; frames of
  scans and floods as ranges, all others one by one), `allowed` (detectors that may speak too), counted `facts`. A detector in
  neither list has to stay silent.

Where the truth comes from: forged segments from the forger's log, found again by raw number and IP identification; scans from
the packets, checked against nmap's own report; payload conflicts by comparing all bytes of overlapping segments in every
capture, also those without a payload column; what a bad cable lost, doubled or held back from its log.

tshark's labels are no truth: after a forged RST above the next number it calls the true segments that follow retransmissions
(reset-in-window, reset-outside, reset-storm), and a forged answer makes the real one a retransmission.

Hosts: server 10.20.0.10, client .21, remote .22 (behind the bad cable), monitor .30, attacker .66, farm .101 to .140, gateway
.1. The tap is the switch, a hub; the attacker overhears what it forges. Forged frames carry the attacker's Ethernet address,
as on any local network; forged sources of floods are 10.66.0.0/16. Over IPv6 the hosts are fd00:20::10 and so on, forged
sources fd00:66::/64, and a flow label stands for the identification. Numbers, ports and timings differ from run to run; what
is committed are the captures of a few runs, each with the truth of its own.
"""


def main():
    if sys.argv[1] == "--readme":
        write_readme(sys.argv[2], sys.argv[3:])
        return
    name, work, out = sys.argv[1:4]
    path = os.path.join(out, "truth.json")
    truth = json.load(open(path)) if os.path.exists(path) else {"captures": {}}
    truth["tools"] = [re.sub(r" \(Git.*", "", first_line("tshark", "--version")).rstrip("."), re.sub(r" \(.*", "", first_line("nmap", "--version")),
                      re.sub(r" \(.*", "", first_line("hping3", "--version")), "Linux " + ".".join(os.uname().release.split(".")[:2])]
    truth["captures"][name] = make_truth(name, work, out)
    truth["captures"] = {each: truth["captures"][each] for each in STORIES if each in truth["captures"]}
    dump({"tools": truth["tools"], "captures": truth["captures"]}, path)


if __name__ == "__main__":
    main()
