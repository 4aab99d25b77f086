#!/usr/bin/env bash
# Makes test/fixtures/captures/basic.pcapng: a few seconds of everything a reader of packet CSVs must cope
# with (a name looked up, web pages over IPv4 and IPv6 with quotes and commas in their headers, a closed
# port, an ICMP error quoting TCP, a resent segment, a connection torn down). makeFixtures.mjs reads it.
#
# usage: makeBasicCapture.sh [OUT.pcapng]      needs root; takes about fifteen seconds
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../test/fixtures/captures/basic.pcapng}
. "$here/lab.sh"
lab_require ip tc ethtool tcpdump tshark editcap hping3 curl nc node

# First packet, UTC: 11:23:58 in New York with a one-digit day, so that the file spans two minutes.
START="2023-06-04T15:23:58Z"

LAB_IPV6=1
lab_begin
lab_host router 1
lab_host server 10
lab_host client 21
# The router answers for this network with "host unreachable", quoting what it could not deliver.
lab_in router sysctl -qw net.ipv4.ip_forward=1
lab_in router ip route add unreachable 10.77.0.0/24
lab_in client ip route add 10.77.0.0/24 via 10.20.0.1

lab_bg server node "$here/labHost.mjs" serve 10.20.0.10
sleep 1
lab_capture "$LAB_TMP/raw.pcap"

lab_in client node "$here/labHost.mjs" resolve 10.20.0.10 files.example
lab_in client curl -s -m 5 -o /dev/null -A 'Lab "quoted", agent/1.0' -H 'Referer: http://10.20.0.10/a,b' 'http://10.20.0.10/feed.xml?q="a,b"'
lab_in client curl -s -m 5 -g -o /dev/null 'http://[fd00:20::10]/small.txt'
lab_in client curl -s -m 5 -o /dev/null 'http://10.77.0.5/' || true
lab_in client curl -s -m 5 -o /dev/null 'http://10.20.0.10:81/' || true
echo hello | lab_in client nc -u -w 1 10.20.0.10 9999 || true
lab_in client hping3 -q -1 -c 1 10.20.0.10 >/dev/null 2>&1 || true

# A chat whose second line is lost behind the tap, then resent.
{ echo ls; sleep 1.2; echo "make test"; sleep 1.5; echo exit; sleep 0.5; } | lab_in client nc -N -w 5 10.20.0.10 2222 >/dev/null &
talk=$!
sleep 0.9
lab_in switch tc qdisc add dev to-server root bfifo limit 1
sleep 0.6
lab_in switch tc qdisc del dev to-server root
wait $talk || true
lab_in client curl -s -m 5 -o /dev/null -H 'Connection: close' 'http://10.20.0.10/report.json'

lab_capture_stop
lab_frame_zero "$LAB_TMP/raw.pcap" "$out" "$START"
tshark -r "$out" 2>/dev/null | wc -l
tshark -r "$out" -Y 'tcp.analysis.retransmission || icmp' 2>/dev/null
