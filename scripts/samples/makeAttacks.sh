#!/usr/bin/env bash
# Makes test/fixtures/attacks/: one small capture per attack, and per innocent event that looks like one, spoken by
# real TCP stacks between namespaces (lab.sh). Nothing leaves them; every sender is bounded by a count or a time;
# forged sources come from 10.66.0.0/16 and fd00:66::/64, which the laboratory's gateway swallows. attackHost.py holds
# the servers, clients, bad cables and forgers, attackTruth.py exports the captures and works out what truly happened.
#
# usage: makeAttacks.sh [NAME...]      needs root; all of them take about ten minutes
#   KEEP=FOLDER   keeps captures and logs there, and takes what a derived capture is cut from out of it
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../test/fixtures/attacks
# shellcheck source=scripts/samples/lab.sh
. "$here/lab.sh"
lab_require ip tc ethtool tcpdump tshark editcap nmap hping3 curl python3

work=${KEEP:-$(mktemp -d)}
mkdir -p "$work" "$out"
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
# First packet of every capture, so that the files do not tell when they were made.
START="2024-06-05T09:00:00Z"

# --- how a capture is told -----------------------------------------------------------------------------------

# What is run is written down as it is run: the README quotes it.
note() {
  local command=${*//$here\//}
  echo "${command//$work\/$name./}" >>"$work/$name.commands"
}
on() {
  note "$@"
  lab_in "$@" >>"$work/$name.out" 2>&1 || true
}
meanwhile() {
  note "$@" "&"
  lab_bg "$@"
  LAST_PID=$!
}
# act HOST ROLE...: a role of attackHost.py; act_bg the same in the background.
act() {
  local host=$1
  shift
  on "$host" python3 "$here/attackHost.py" "$@"
}
act_bg() {
  local host=$1
  shift
  meanwhile "$host" python3 "$here/attackHost.py" "$@"
}
serve() {
  act_bg "$1" serve "${@:2}"
  sleep 0.7
}
forge() {
  act_bg attacker forge --log "$work/$name.log" "$@"
  sleep 0.5
}
scan() { on attacker nmap -n -Pn --disable-arp-ping "$@" -oG "$work/$name.nmap"; }
# A cable that loses, doubles, holds back or delays what passes. netem would do as well where the kernel has it, but
# does not say which segments it lost; this one writes them down.
cable() {
  act_bg "$1-cable" cable --log "$work/$name.log" "${@:2}"
  sleep 0.4
}
begin() { lab_capture "$work/$name.raw.pcap"; }
finish() {
  lab_capture_stop
  lab_frame_zero "$work/$name.raw.pcap" "$work/$name.pcapng" "$START"
  rm -f "$work/$name.raw.pcap"
}
hosts() {
  lab_begin
  local host
  for host in "$@"; do
    case $host in
      server) lab_host server 10 ;;
      client) lab_host client 21 ;;
      remote) lab_host remote 22 open ;;
      farm) lab_host farm 99; lab_addresses farm 101 140 ;;
      attacker) lab_host attacker 66; ip -n "$LAB_TAG-attacker" link set eth0 promisc on ;;
      monitor) lab_host monitor 30 ;;
      gateway)
        lab_host gateway 1
        lab_in gateway ip route add blackhole 10.66.0.0/16
        lab_in gateway sysctl -qw net.ipv4.ip_forward=1
        ;;
    esac
  done
}

# --- port scans ----------------------------------------------------------------------------------------------

stealth() {
  hosts server attacker
  serve server --ports 80,2222
  begin
  scan "$1" -p 1-50,80,2222,8080 --max-retries 1 10.20.0.10
  finish
}
make_scan_syn() {
  hosts server attacker
  serve server --ports 80,2222,8080
  begin
  scan -sS -p 1-120,2222,3306,8080 --max-retries 1 10.20.0.10
  finish
}
make_scan_connect() {
  hosts server attacker
  serve server --ports 80,2222,8080
  begin
  scan -sT -p 1-100,2222,3306,8080 --max-retries 1 10.20.0.10
  finish
}
make_scan_fin() { stealth -sF; }
make_scan_null() { stealth -sN; }
make_scan_xmas() { stealth -sX; }
make_scan_ack() { stealth -sA; }
make_scan_maimon() { stealth -sM; }
make_scan_slow() {
  hosts server attacker
  serve server --ports 22,80
  begin
  scan -sS -p 20-44 --scan-delay 2.4s --max-retries 0 10.20.0.10
  finish
}
make_scan_silent() {
  hosts server attacker
  # The answers go nowhere, as behind a firewall that drops.
  on server ip route add blackhole 10.20.0.66/32
  begin
  scan -sS -p 1-60 --max-retries 1 10.20.0.10
  finish
}
make_scan_horizontal() {
  hosts farm attacker
  serve farm --addresses 10.20.0.104,10.20.0.117 --ports 445
  begin
  scan -sS -p 445 --max-retries 1 10.20.0.101-140
  finish
}
make_scan_block() {
  hosts farm attacker
  serve farm --addresses 10.20.0.103,10.20.0.111 --ports 22,80
  begin
  scan -sS -p 21,22,23,25,80,110,139,443,445,3306,3389,8080 --max-retries 1 10.20.0.101-112
  finish
}

make_scan_v6() {
  LAB_IPV6=1 hosts server attacker
  serve server --addresses :: --ports 22,80,8080
  begin
  scan -6 -sS -p 1-60,2222,3306,8080 --max-retries 1 fd00:20::10
  finish
}

# --- what looks like a scan or a flood -------------------------------------------------------------------------

make_busy_client() {
  hosts server client
  serve server --kind web --ports 8001-8025
  begin
  act client visit --ports 8001-8025 --count 30 --pause 0.01
  finish
}
make_monitoring() {
  hosts farm monitor
  serve farm --kind web --addresses 10.20.0.101,10.20.0.102,10.20.0.103,10.20.0.104,10.20.0.105,10.20.0.106,10.20.0.107,10.20.0.108 --ports 22,80,443
  serve farm --kind web --addresses 10.20.0.109 --ports 22,80
  begin
  act monitor monitor --addresses "10.20.0.101,10.20.0.102,10.20.0.103,10.20.0.104,10.20.0.105,10.20.0.106,10.20.0.107,10.20.0.108,10.20.0.109" \
    --ports 22,80,443 --rounds 2
  finish
}
make_refused_retries() {
  hosts server client
  begin
  note client "for i in 1..40: curl http://10.20.0.10:8080/"
  for _ in $(seq 40); do
    lab_in client curl -s -m 2 -o /dev/null http://10.20.0.10:8080/ || true
    sleep 0.15
  done
  finish
}
make_outage_reconnect() {
  hosts server farm
  serve server --think 5
  # Neighbours stay known, so that clients resend SYNs into the dead cable instead of asking for the address.
  lab_in farm ip neighbour add 10.20.0.10 lladdr 02:00:0a:14:00:0a dev eth0 nud permanent
  begin
  on switch ip link set to-server down
  act_bg farm reconnect --sources 101-114 --each 2
  local clients=$LAST_PID
  sleep 3.6
  on switch ip link set to-server up
  wait "$clients" || true
  finish
  cp "$LAB_TMP/farm.log" "$work/$name.out"
}

# --- SYN floods --------------------------------------------------------------------------------------------------

victim() {
  hosts server gateway attacker
  on server ip route add 10.66.0.0/16 via 10.20.0.1
  # A small backlog without SYN cookies lets the flood bite; one retry keeps the file small.
  on server sysctl -qw net.ipv4.tcp_syncookies=0 net.ipv4.tcp_max_syn_backlog=128 net.core.somaxconn=128 net.ipv4.tcp_synack_retries=1
  serve server --kind web --ports 80
}
make_flood_one_source() {
  victim
  begin
  on attacker timeout 10 hping3 -q -S -p 80 -c 160 -i u4000 10.20.0.10
  finish
}
make_flood_constant_isn() {
  victim
  begin
  on attacker timeout 10 hping3 -q -S -p 80 -c 250 -i u3000 -M 1000000 -a 10.66.7.7 10.20.0.10
  finish
}
make_flood_many_sources() {
  victim
  begin
  note attacker "for a in 0..4, b in 1..10: hping3 -q -S -p 80 -c 6 -i u40000 -a 10.66.a.(16b+a) 10.20.0.10"
  local batch number senders pid
  for batch in 0 1 2 3 4; do
    senders=()
    for number in $(seq 10); do
      lab_in attacker timeout 6 hping3 -q -S -p 80 -c 6 -i u40000 -a "10.66.$batch.$((number * 16 + batch))" 10.20.0.10 >/dev/null 2>&1 &
      senders+=($!)
    done
    for pid in "${senders[@]}"; do wait "$pid" || true; done
  done
  finish
}

make_flood_v6() {
  LAB_IPV6=1 hosts server gateway attacker
  lab_in gateway ip -6 route add blackhole fd00:66::/64
  lab_in gateway sysctl -qw net.ipv6.conf.all.forwarding=1
  on server ip -6 route add fd00:66::/64 via fd00:20::1
  on server sysctl -qw net.ipv4.tcp_syncookies=0 net.ipv4.tcp_max_syn_backlog=128 net.core.somaxconn=128 net.ipv4.tcp_synack_retries=1
  serve server --kind web --addresses :: --ports 80
  begin
  act attacker flood --count 60
  finish
}

# --- forged and honest resets --------------------------------------------------------------------------------------

# overheard SERVE -- FORGE -- TALK: a conversation on port 2222, with a forger beside it.
conversation() {
  hosts server client attacker
  [ -z "${PLAIN_HEADERS:-}" ] || for host in server client; do on $host sysctl -qw net.ipv4.tcp_timestamps=0; done
  # shellcheck disable=SC2086
  serve server $1
  begin
  # shellcheck disable=SC2086
  [ -z "$2" ] || forge $2
  # shellcheck disable=SC2086
  act client talk $3
  finish
}
make_reset_accepted() { conversation "--tick 0.5" "--forged client --at 4 --after 250 --ttl 64" "--lines 10"; }
make_reset_foreign_ttl() { conversation "--tick 0.3" "--forged server --at 4 --after 250 --ttl 47" "--lines 10"; }
make_reset_in_window() { conversation "" "--forged client --at 4 --after 250 --offsets 1000 --ttl 64" "--lines 10"; }
make_reset_outside() { conversation "" "--forged client --at 4 --after 250 --offsets 5000000 --ttl 64" "--lines 10"; }
make_reset_storm() { conversation "" "--forged client --at 4 --after 150 --ttl 64 --gap 10 --offsets $(seq -s, 200000 12500 687500)" "--lines 12"; }
make_reset_storm_hit() { conversation "--tick 0.5" "--forged client --at 4 --after 250 --ttl 64 --gap 4 --offsets=$(seq -s, -312500 12500 0)" "--lines 12"; }
make_reset_v6() { LAB_IPV6=1 conversation "--addresses :: --tick 0.5" "--forged client --at 4 --after 250 --ttl 64" "--address fd00:20::10 --lines 10"; }
make_reset_closed_port() {
  hosts server client
  begin
  note client "for port in 81 82 83 8443 9000: curl http://10.20.0.10:PORT/"
  local port
  for port in 81 82 83 8443 9000; do lab_in client curl -s -m 2 -o /dev/null "http://10.20.0.10:$port/" || true; done
  finish
}
make_reset_abort() {
  hosts server client
  serve server --tick 0.05
  begin
  for _ in 1 2 3; do act client talk --lines 4 --pause 0.23 --abort; done
  finish
}
make_reset_abort_after_loss() {
  hosts server remote
  # The last ask is lost before the tap, the abort comes before it is resent.
  cable remote --only from-host --lose-data 4
  serve server --think 20
  begin
  for _ in 1 2; do act remote talk --lines 4 --pause 0.12 --abort; done
  finish
}
make_reset_stray_ack() {
  hosts server client
  act_bg server vanish --lines 3
  sleep 0.7
  begin
  for _ in 1 2; do act client talk --lines 6 --pause 0.3; done
  finish
}

# --- injected data -------------------------------------------------------------------------------------------------

make_inject_same_length() { conversation "" "--what data --forged server --at 4 --stamps" "--lines 8"; }
make_inject_other_length() { conversation "" "--what data --forged server --at 4 --stamps --bytes 77" "--lines 8"; }
make_inject_longer() { conversation "" "--what data --forged server --at 4 --stamps --bytes 300" "--lines 8"; }
make_inject_foreign_ttl() { conversation "" "--what data --forged server --at 4 --stamps --ttl 57" "--lines 8"; }
make_inject_no_timestamps() { conversation "" "--what data --forged server --at 4 --ttl 64" "--lines 8"; }
make_inject_plain_header() { PLAIN_HEADERS=1 conversation "" "--what data --forged server --at 4 --ttl 64" "--lines 8"; }
make_inject_stale_timestamps() { conversation "" "--what data --forged server --at 4 --stamps --stale" "--lines 8"; }
make_inject_late() { conversation "--think 20" "--what data --forged server --at 4 --stamps --after 150 --offsets=-120" "--lines 8"; }
make_inject_ahead() { conversation "" "--what data --forged client --at 4 --after 250 --stamps --offsets 20000,3000000" "--lines 8"; }

# --- the same bytes again ------------------------------------------------------------------------------------------

make_resend_identical() {
  hosts server remote
  # Lost behind the tap: the capture holds both copies.
  cable remote --only to-host --lose-data 3,6
  serve server
  begin
  act remote talk --lines 10
  finish
}
make_resend_repacked() {
  hosts server remote client
  # The remote server hears too little; the client packs its small notes anew when it sends them again.
  cable remote --only to-host --lose-data 7-12,16-21
  serve remote
  begin
  act client talk --address 10.20.0.22 --lines 3 --burst 24 --linger 3
  finish
}
make_keep_alive() {
  hosts server client
  serve server
  begin
  act client talk --lines 3 --keepalive --linger 9
  finish
}
make_zero_window() {
  hosts server client
  serve server --kind swallow --ports 5001 --think 5000
  begin
  act client transfer --bytes 60000
  finish
}

# --- a bad network without an attack -------------------------------------------------------------------------------

rough() {
  hosts server remote
  # shellcheck disable=SC2086
  cable remote $1
  serve server --kind bulk --ports 5001
  begin
  act remote transfer --way up --bytes 65000
  act remote transfer --way down --bytes 65000
  finish
}
make_rough_loss() { rough "--loss 0.03 --lose-data 9,17-18,33,41 --delay 5 --seed 3"; }
make_rough_reordering() { rough "--hold 0.12 --hold-ms 6 --delay 2 --overtake --seed 4"; }
make_rough_duplicates() { rough "--double 0.08 --delay 3 --seed 5"; }
make_rough_delay() { rough "--delay 120 --jitter 40 --seed 6"; }
make_rough_everything() { rough "--loss 0.07 --double 0.05 --hold 0.07 --hold-ms 8 --delay 10 --jitter 4 --overtake --seed 7"; }
make_wrap() {
  hosts server client
  serve server --kind bulk --ports 5001
  serve client --kind bulk --ports 5001
  begin
  # One wraps in the middle, one exactly after its SYN, one with its FIN far behind; the other way too.
  act client transfer --bytes 150000 --isn $((4294967296 - 75000))
  act client transfer --bytes 20000 --isn 4294967295
  act server transfer --address 10.20.0.21 --bytes 100000 --isn $((4294967296 - 50001))
  finish
}

# --- cut from another capture --------------------------------------------------------------------------------------

# from NAME: the capture to cut from, made first when it is not there.
from() {
  [ -f "$work/$1.pcapng" ] || make "$1"
  parent=$work/$1.pcapng
}
make_cut_midstream() {
  from rough-loss
  note editcap -r rough-loss.pcapng cut-midstream.pcapng 40-130
  editcap -r "$parent" "$work/$name.pcapng" 40-130
}
make_cut_one_side_transfer() {
  from rough-loss
  note tshark -r rough-loss.pcapng -Y "ip.src == 10.20.0.22" -w cut-one-side-transfer.pcapng
  tshark -r "$parent" -Y "ip.src == 10.20.0.22" -w "$work/$name.pcapng" 2>/dev/null
}
make_cut_one_side_reconnect() {
  from outage-reconnect
  note tshark -r outage-reconnect.pcapng -Y "tcp.dstport == 2222" -w cut-one-side-reconnect.pcapng
  tshark -r "$parent" -Y "tcp.dstport == 2222" -w "$work/$name.pcapng" 2>/dev/null
}
make_cut_one_side_scan() {
  from scan-syn
  note tshark -r scan-syn.pcapng -Y "ip.src == 10.20.0.66" -w cut-one-side-scan.pcapng
  tshark -r "$parent" -Y "ip.src == 10.20.0.66" -w "$work/$name.pcapng" 2>/dev/null
}
make_cut_frames_dropped() {
  from wrap
  # A tap that could not keep up: one data frame in nine is missing from the file, none was missing on the wire.
  local missing
  missing=$(tshark -r "$parent" -Y "tcp.len > 1000" -T fields -e frame.number 2>/dev/null | awk 'NR % 9 == 4')
  note editcap wrap.pcapng cut-frames-dropped.pcapng "(every ninth data frame)"
  # shellcheck disable=SC2086
  editcap "$parent" "$work/$name.pcapng" $missing
}

ALL=(
  scan-syn scan-connect scan-fin scan-null scan-xmas scan-ack scan-maimon scan-slow scan-silent scan-horizontal scan-block scan-v6
  busy-client monitoring refused-retries outage-reconnect
  flood-one-source flood-constant-isn flood-many-sources flood-v6
  reset-accepted reset-foreign-ttl reset-in-window reset-outside reset-storm reset-storm-hit reset-v6 reset-closed-port reset-abort reset-abort-after-loss reset-stray-ack
  inject-same-length inject-other-length inject-longer inject-foreign-ttl inject-no-timestamps inject-plain-header inject-stale-timestamps inject-late inject-ahead
  resend-identical resend-repacked keep-alive zero-window
  rough-loss rough-reordering rough-duplicates rough-delay rough-everything wrap
  cut-midstream cut-one-side-transfer cut-one-side-reconnect cut-one-side-scan cut-frames-dropped
)

# make NAME: in a shell of its own, so that every capture has a laboratory of its own.
make() {
  echo "$1" >&2
  (
    name=$1
    rm -f "$work/$name".*
    : >"$work/$name.log"
    "make_${name//-/_}"
  )
}

main() {
  local each wanted=("$@")
  [ $# -gt 0 ] || wanted=("${ALL[@]}")
  for each in "${wanted[@]}"; do
    [[ " ${ALL[*]} " == *" $each "* ]] || { echo "no such capture: $each" >&2; exit 1; }
  done
  for each in "${wanted[@]}"; do
    make "$each"
    python3 "$here/attackTruth.py" "$each" "$work" "$out"
  done
  python3 "$here/attackTruth.py" --readme "$out" "${ALL[@]}"
}
main "$@"
