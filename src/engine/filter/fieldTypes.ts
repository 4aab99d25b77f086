/** What is known of fields by their names alone: types, and which names are fields or protocols at all. */

/**
 * What a field's values are. "any": a column of the file that nothing is known of; its values are read as what they are compared with.
 * "none": the field is there or not.
 */
export type FieldType = "number" | "boolean" | "text" | "ipv4" | "ipv6" | "ether" | "time" | "epoch" | "any" | "none";

const TYPES: readonly (readonly [FieldType, RegExp])[] = [
  ["boolean", /^(?:tcp\.flags\.(?:res|ae|ns|cwr|ece|ecn|urg|ack|push|reset|syn|fin)|ip\.flags\.(?:rb|df|mf|sf)|dns\.flags\.(?:response|authoritative|truncated|recdesired|recavail|z|authenticated|checkdisable)|frame\.(?:marked|ignored)|http\.(?:request|response)|eth\.(?:[a-z]+\.)?(?:lg|ig))$/],
  ["ipv4", /^(?:ip\.(?:src|dst|addr)|arp\.(?:src|dst)\.proto_ipv4|dns\.a)$/],
  ["ipv6", /^(?:ipv6\.(?:src|dst|addr)|dns\.aaaa)$/],
  ["ether", /^(?:eth\.(?:src|dst|addr)|arp\.(?:src|dst)\.hw_mac|wlan\.(?:sa|da|ta|ra|bssid|addr))$/],
  ["time", /^frame\.time(?:_utc)?$/],
  ["epoch", /^frame\.time_epoch$/],
  ["text", /^(?:frame\.(?:protocols|comment|file_off)|http\.(?!response\.code$|content_length(?:_header)?$|request\.number$|response\.number$|chunk|time$|prev)[\w.]+|dns\.(?:qry\.name|resp\.name|cname|ns|ptr\.domain_name|txt)|tls\.handshake\.extensions_server_name|_ws\.col\..+|tcp\.(?:payload|options)|data\.data|udp\.payload)$/],
  ["number", /^(?:frame\.(?:number|len|cap_len|time_relative|time_delta|time_delta_displayed|interface_id)|tcp\.(?:srcport|dstport|port|len|seq|seq_raw|nxtseq|ack|ack_raw|flags|window_size|window_size_value|window_size_scalefactor|checksum|stream|hdr_len|urgent_pointer|time_relative|time_delta|options\.(?:mss_val|wscale\.(?:shift|multiplier)|timestamp\.(?:tsval|tsecr)))|udp\.(?:srcport|dstport|port|length|checksum|stream)|ip\.(?:len|ttl|id|flags|frag_offset|proto|version|dsfield(?:\.\w+)?|checksum|hdr_len)|ipv6\.(?:plen|nxt|hlim|version|tclass|flow)|icmp\.(?:type|code|checksum|ident|seq)|icmpv6\.(?:type|code|checksum)|eth\.type|http\.(?:response\.code|content_length)|dns\.(?:id|qry\.(?:type|class)|flags|flags\.(?:opcode|rcode)|count\.\w+)|arp\.opcode)$/],
]; // prettier-ignore

/** Type of a field by its name; "any" for one that is not known. */
export const typeOfName = (name: string): FieldType => TYPES.find(([, names]) => names.test(name))?.[0] ?? "any";

/** Names that begin as a field of Wireshark does: something that a capture can lack. */
export const isFieldName = (name: string): boolean => /^[a-z][\w-]*(?:\.[\w-]+)+$/.test(name) && (typeOfName(name) !== "any" || PROTOCOLS.has(name.slice(0, name.indexOf("."))));

/** Bits of tcp.flags by field. */
export const FLAG_FIELDS: Readonly<Record<string, number>> = {
  "tcp.flags.fin": 0x001,
  "tcp.flags.syn": 0x002,
  "tcp.flags.reset": 0x004,
  "tcp.flags.push": 0x008,
  "tcp.flags.ack": 0x010,
  "tcp.flags.urg": 0x020,
  "tcp.flags.ece": 0x040,
  "tcp.flags.ecn": 0x040,
  "tcp.flags.cwr": 0x080,
  "tcp.flags.ns": 0x100,
  "tcp.flags.ae": 0x100,
};

/** Fields that stand for several. */
export const UNION_FIELDS: Readonly<Record<string, readonly string[]>> = {
  "ip.addr": ["ip.src", "ip.dst"],
  "ipv6.addr": ["ipv6.src", "ipv6.dst"],
  "eth.addr": ["eth.src", "eth.dst"],
  "tcp.port": ["tcp.srcport", "tcp.dstport"],
  "udp.port": ["udp.srcport", "udp.dstport"],
};

/** Protocols that a filter may name though no packet has them; those of the capture come on top. */
export const PROTOCOLS: ReadonlySet<string> = new Set(
  (
    "frame eth ip ipv6 tcp udp icmp icmpv6 igmp arp rarp sctp dccp gre esp ah ipcomp ospf eigrp rip ripng bgp isis hsrp vrrp pim l2tp pptp " +
    "ppp pppoed pppoes vlan vxlan geneve mpls llc stp lldp cdp lacp eapol eap dtls tls ssl quic http http2 http3 websocket xml json data data-text-lines " +
    "media mime_multipart urlencoded-form dns mdns llmnr nbns nbdgm nbss smb smb2 dcerpc dhcp bootp dhcpv6 ntp snmp syslog tftp ftp ftp-data ssh telnet " +
    "smtp pop imap nntp irc xmpp ldap cldap kerberos radius diameter tacplus sip sdp rtp rtcp rtsp rtmpt mgcp h225 h245 skinny stun turnchannel mysql " +
    "pgsql tds mongo redis memcache cassandra amqp mqtt kafka zmtp nfs rpc portmap mount nlm iscsi nvme rdp vnc x11 socks bittorrent bt-dht gquic " +
    "wireguard openvpn isakmp udpencap teredo 6in4 wlan wlan_radio radiotap btle usb modbus mbtcp dnp3 s7comm tpkt cotp enip cip opcua bacnet bacapp " +
    "coap ssdp upnp gopher whois finger ident rsh rlogin rexec rsync git svn ajp13 fcgi spdy grpc protobuf msgpack png image-gif image-jfif " +
    "media_type text-lines image-png ocsp x509ce x509sat pkix1explicit pkcs1 gssapi spnego ntlmssp browser mailslot lanman srvsvc samr lsarpc winreg"
  ).split(" "),
);
