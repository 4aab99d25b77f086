# A small network laboratory made of Linux network namespaces, sourced by the makeSample.sh and
# makeBasicCapture.sh next to it. Every host is a namespace with one cable to a bridge that lives in
# a namespace of its own. Nothing touches the machine's own interfaces, and no namespace has a way out.
#
#   lab_require TOOL...          stop early when a tool is missing or we are not root
#   lab_begin                    make the switch namespace; removes everything again on exit
#   lab_host NAME N [bad]        a namespace with 10.20.0.N/24 and MAC 02:00:0a:14:00:NN (with LAB_IPV6=1 also
#                                fd00:20::N/64); "bad" gives it a slow cable that loses and reorders segments,
#                                "open" a cable whose two ends (to-host and eth0 of NAME-cable) a program must join
#   lab_addresses NAME FIRST LAST  more addresses 10.20.0.FIRST..LAST for a host
#   lab_in NAME COMMAND...       run a command in a host
#   lab_bg NAME COMMAND...       the same in the background, ended by the clean-up
#   lab_capture FILE             start tcpdump on the bridge; lab_capture_stop ends it
#   lab_frame_zero FILE OUT ISO  move a whole capture so that its first packet is at ISO (UTC)

LAB_TAG="tsa$$"
LAB_HOSTS=()
LAB_PIDS=()
LAB_TMP=""

lab_require() {
  local tool
  [ "$(id -u)" = 0 ] || { echo "network namespaces need root" >&2; exit 1; }
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "missing: $tool" >&2; exit 1; }
  done
}

lab_clean_up() {
  local pid host
  trap - EXIT INT TERM
  set +e
  for pid in "${LAB_PIDS[@]}"; do kill "$pid" 2>/dev/null; done
  for host in "${LAB_HOSTS[@]}"; do
    ip netns pids "$LAB_TAG-$host" 2>/dev/null | xargs -r kill 2>/dev/null
  done
  sleep 0.2
  for host in "${LAB_HOSTS[@]}"; do
    ip netns pids "$LAB_TAG-$host" 2>/dev/null | xargs -r kill -9 2>/dev/null
    ip netns del "$LAB_TAG-$host" 2>/dev/null
  done
  [ -n "$LAB_TMP" ] && rm -rf "$LAB_TMP"
  return 0
}

lab_begin() {
  trap lab_clean_up EXIT
  trap 'exit 130' INT TERM
  LAB_TMP=$(mktemp -d)
  lab_bridge switch
}

# lab_plug NAMESPACE DEVICE HOST MAC: a cable from a port of a bridge to a host.
# Without offloads the capture shows wire-sized segments with finished checksums.
lab_plug() {
  ip -n "$1" link add "$2" type veth peer name eth0 address "$4" netns "$3"
  ip -n "$1" link set "$2" master br0 up
  ip netns exec "$1" ethtool -K "$2" tx off tso off gso off gro off >/dev/null 2>&1
  ip netns exec "$3" ethtool -K eth0 tx off tso off gso off gro off >/dev/null 2>&1
}

# lab_impair NAMESPACE DEVICE: loss and reordering from token buckets and the u32 classifier, because netem
# is a module that small kernels lack. The TCP checksum serves as the die: one segment in 32 meets a queue
# without room, one in 16 takes a slower lane and is overtaken. A resent segment has a new timestamp and
# thereby rolls again.
lab_impair() {
  tc -n "$1" -batch - 2>/dev/null <<TC
qdisc add dev $2 root handle 1: htb default 10
class add dev $2 parent 1: classid 1:10 htb rate 6mbit burst 1600 cburst 1600
class add dev $2 parent 1: classid 1:20 htb rate 64kbit
class add dev $2 parent 1: classid 1:30 htb rate 400kbit burst 1600 cburst 1600
qdisc add dev $2 parent 1:20 bfifo limit 1
filter add dev $2 parent 1: protocol ip prio 1 u32 match ip protocol 6 0xff match u16 0x0000 0x001f at 36 flowid 1:20
filter add dev $2 parent 1: protocol ip prio 2 u32 match ip protocol 6 0xff match u16 0x0001 0x000f at 36 flowid 1:30
TC
}

# lab_bridge NAME: a namespace with an empty bridge. An ageing time of 0 makes it a hub: every host could
# see every frame, as on a mirror port.
lab_bridge() {
  LAB_HOSTS+=("$1")
  ip netns add "$LAB_TAG-$1"
  ip netns exec "$LAB_TAG-$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip -n "$LAB_TAG-$1" link add br0 type bridge ageing_time 0 mcast_snooping 0
  ip -n "$LAB_TAG-$1" link set br0 up
}

lab_host() {
  local host=$LAB_TAG-$1 cable=$LAB_TAG-$1-cable number=$2 quality=${3:-good} mac
  mac=$(printf '02:00:0a:14:00:%02x' "$number")
  LAB_HOSTS+=("$1")
  ip netns add "$host"
  ip netns exec "$host" sysctl -qw net.ipv6.conf.all.router_solicitations=0 net.ipv6.conf.default.router_solicitations=0 \
    net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
  if [ "$quality" != good ]; then
    # In a namespace of its own, where checksums are finished: host - cable - switch.
    lab_bridge "$1-cable"
    lab_plug "$cable" to-host "$host" "$mac"
    lab_plug "$LAB_TAG-switch" "to-$1" "$cable" "$(printf '02:00:0a:14:01:%02x' "$number")"
    if [ "$quality" = open ]; then
      ip -n "$cable" link set to-host nomaster
      ip -n "$cable" link set to-host promisc on
      ip -n "$cable" link set eth0 up promisc on
    else
      ip -n "$cable" link set eth0 master br0 up
      lab_impair "$cable" to-host
      lab_impair "$cable" eth0
    fi
  else
    lab_plug "$LAB_TAG-switch" "to-$1" "$host" "$mac"
  fi
  [ -n "${LAB_IPV6:-}" ] || ip netns exec "$host" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
  ip -n "$host" link set lo up
  ip -n "$host" address add "10.20.0.$number/24" dev eth0
  ip -n "$host" link set eth0 up
  [ -z "${LAB_IPV6:-}" ] || ip -n "$host" address add "fd00:20::$number/64" dev eth0 nodad
}

lab_addresses() {
  local number
  for number in $(seq "$2" "$3"); do ip -n "$LAB_TAG-$1" address add "10.20.0.$number/24" dev eth0; done
}

lab_in() {
  local name=$1
  shift
  ip netns exec "$LAB_TAG-$name" "$@"
}

lab_bg() {
  local name=$1
  shift
  ip netns exec "$LAB_TAG-$name" "$@" >>"$LAB_TMP/$name.log" 2>&1 &
  LAB_PIDS+=($!)
}

lab_capture() {
  ip netns exec "$LAB_TAG-switch" tcpdump -i br0 -U -s 0 -B 8192 -w "$1" ip or arp or ip6 >"$LAB_TMP/tcpdump.log" 2>&1 &
  LAB_CAPTURE_PID=$!
  LAB_PIDS+=("$LAB_CAPTURE_PID")
  sleep 1
}

lab_capture_stop() {
  sleep 2 # packets wait up to a second in the kernel
  kill -INT "$LAB_CAPTURE_PID"
  wait "$LAB_CAPTURE_PID" || true
}

lab_frame_zero() {
  local first wanted
  first=$(TZ=UTC tshark -r "$1" -c 1 -T fields -e frame.time_epoch 2>/dev/null)
  wanted=$(date -u -d "$3" +%s)
  editcap -F pcapng -t "$(awk -v f="${first%%.*}" -v w="$wanted" 'BEGIN { printf "%d", w - f }')" "$1" "$2"
}
