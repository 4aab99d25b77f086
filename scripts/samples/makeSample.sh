#!/usr/bin/env bash
# Makes media/sample.csv, the capture the extension opens as its example: about four minutes of real
# TCP between namespaces (web, shell-like chat, an idle connection, a bulk transfer over a lossy link),
# a SYN scan, a SYN flood from made-up sources and forged RSTs. README.md here tells the story.
#
# usage: makeSample.sh [OUT.csv] [KEEP.pcapng]      needs root; takes about four minutes
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../media/sample.csv}
keep=${2:-}
. "$here/lab.sh"
lab_require ip tc ethtool tcpdump tshark editcap nmap hping3 iperf3 nc node

# First packet of the sample, UTC; 09:14 in New York. Fixed, so the file does not tell when it was made.
START="2024-06-04T13:14:20Z"
LENGTH=205
ATTACKER_MAC=02:00:0a:14:00:42
FORGED_RANGE=198.18.0.0/15

lab_begin
lab_host gateway 1
lab_host server 10
lab_host anna 21 bad
lab_host bert 22
lab_host attacker 66
# Answers to the forged sources go to the gateway, which swallows them, as a provider's router would.
lab_in gateway ip route add blackhole $FORGED_RANGE
lab_in gateway sysctl -qw net.ipv4.ip_forward=1
lab_in server ip route add $FORGED_RANGE via 10.20.0.1
# A small backlog without SYN cookies lets the flood bite; two retries keep the file small.
lab_in server sysctl -qw net.ipv4.tcp_syncookies=0 net.ipv4.tcp_max_syn_backlog=128 net.core.somaxconn=256 net.ipv4.tcp_synack_retries=2

lab_capture "$LAB_TMP/raw.pcap"
began=$SECONDS
until_second() { while [ $((SECONDS - began)) -lt "$1" ]; do sleep 0.2; done; }
host_run() { local name=$1; shift; lab_bg "$name" node "$here/labHost.mjs" "$@"; }

host_run server serve 10.20.0.10
sleep 1
LAB_SEED=11 host_run anna browse 10.20.0.10 $((LENGTH - 4))
LAB_SEED=12 host_run bert browse 10.20.0.10 $((LENGTH - 4))
LAB_SEED=13 host_run bert chat 10.20.0.10 $((LENGTH - 5))
LAB_SEED=14 host_run anna idle 10.20.0.10 $((LENGTH - 6))
LAB_SEED=15 host_run anna chat 10.20.0.10 60
host_run anna resolve 10.20.0.10 intranet.example files.example

until_second 20
lab_in bert hping3 -q -1 -c 3 10.20.0.10 >/dev/null 2>&1 || true
host_run bert resolve 10.20.0.10 intranet.example printer.example
until_second 55
lab_bg server iperf3 -s
sleep 0.5
lab_in anna iperf3 -c 10.20.0.10 -n 180K >/dev/null || true
lab_in anna iperf3 -c 10.20.0.10 -n 80K -R >/dev/null || true
until_second 75
echo "is anybody there" | lab_in anna nc -u -w 1 10.20.0.10 9999 || true

until_second 92
echo "scan" >&2
lab_in attacker nmap -n -Pn -sS -p 1-150,2222,3306,5201,8080 --max-rate 120 --max-retries 1 10.20.0.10 >/dev/null

until_second 118
echo "flood" >&2
# 70 forged sources with 10 SYNs each; every process is bounded by its count.
for batch in 0 1 2 3 4; do
  senders=()
  for n in $(seq 1 14); do
    lab_in attacker timeout 6 hping3 -q -S -p 80 -c 10 -i u60000 -a "198.18.$batch.$((n * 16 + batch))" 10.20.0.10 >/dev/null 2>&1 &
    senders+=($!)
  done
  for pid in "${senders[@]}"; do wait "$pid" || true; done
done

# One forged RST as if from Bert's chat; its number is what the attacker overheard, plus an offset.
overhear() {
  lab_in attacker timeout 10 tcpdump -l -n -S -c 1 -i eth0 'tcp dst port 2222 and src host 10.20.0.22 and tcp[tcpflags] & tcp-push != 0' 2>/dev/null
}
forge_reset() {
  local line port seq
  line=$(overhear) || return 0
  port=$(sed -E 's/.* 10\.20\.0\.22\.([0-9]+) >.*/\1/' <<<"$line")
  seq=$(sed -E 's/.*seq [0-9]+:([0-9]+),.*/\1/' <<<"$line")
  for offset in "$@"; do
    lab_in attacker hping3 -q -R -c 1 -a 10.20.0.22 -s "$port" -k -p 2222 -M $(((seq + offset) % 4294967296)) -t 48 10.20.0.10 >/dev/null 2>&1 &
    sleep 0.05
  done
}
until_second 150
echo "resets" >&2
forge_reset $(seq 80000 12500 330000)   # a spray beyond the window: ignored
until_second 160
forge_reset 0                           # the next expected number: the server hangs up
until_second 168
forge_reset 0

until_second $LENGTH
lab_capture_stop
lab_frame_zero "$LAB_TMP/raw.pcap" "$LAB_TMP/sample.pcapng" "$START"
[ -n "$keep" ] && cp "$LAB_TMP/sample.pcapng" "$keep"

# Ground truth: whatever the attacker's network card sent or was sent, and every answer to a forged source.
tshark -r "$LAB_TMP/sample.pcapng" -Y "eth.addr == $ATTACKER_MAC && !arp || ip.addr == $FORGED_RANGE" -T fields -e frame.number 2>/dev/null >"$LAB_TMP/suspicious"
fields=$(sed 's/^/-e /' "$here/columns.txt")
# shellcheck disable=SC2086
TZ=America/New_York tshark -r "$LAB_TMP/sample.pcapng" -T fields -E header=y -E separator=, -E quote=d -E occurrence=f $fields 2>/dev/null |
  awk -v list="$LAB_TMP/suspicious" '
    BEGIN { while ((getline frame < list) > 0) suspicious[frame] = 1 }
    NR == 1 { print $0 ",alert"; next }
    { print $0 (((NR - 1) in suspicious) ? ",\"suspicious\"" : ",\"benign\"") }' >"$out"
wc -lc "$out"
