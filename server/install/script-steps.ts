// The steps of the install script, in POSIX shell; `script.ts` puts the variables before them.

export const installSteps = String.raw`usage() {
  cat <<USAGE
Usage: [variables] sh install.sh [options]

  CORRAL_JOIN_TOKEN=...  joins the cluster that made the token; without it, upgrades the agent of a node

  --no-packages          installs no Debian packages
  --name NAME            the node's name (CORRAL_NODE_NAME); else the host name
  --advertise HOST:PORT  where the console reaches the agent (CORRAL_ADVERTISE); else the full host name, port $port
  --listen HOST:PORT     where the agent listens (CORRAL_LISTEN); else 0.0.0.0:$port
  --replication-address IP
                         where other nodes reach this one for mirrors and migrations (CORRAL_REPLICATION_ADDRESS);
                         else that of its first bridge, or of its default route

Running it again keeps what was chosen before.
USAGE
}

say() {
  printf '%s\n' "$*"
}

fail() {
  printf 'Cannot install the Corral agent: %s\n' "$*" >&2
  exit 1
}

has() {
  command -v "$1" >/dev/null 2>&1
}

main() {
  read_options "$@"
  check_machine
  choose_settings
  install_packages
  download_programs
  check_node
  write_settings
  start_agent
  wait_until_it_serves
}

read_options() {
  with_packages=yes
  while [ $# -gt 0 ]; do
    case $1 in
      --help) usage; exit 0 ;;
      --no-packages) with_packages=no; shift; continue ;;
      --name | --advertise | --listen | --replication-address) [ $# -gt 1 ] || fail "$1 needs a value" ;;
      *) fail "there is no option $1; see --help" ;;
    esac
    case $1 in
      --name) CORRAL_NODE_NAME=$2 ;;
      --advertise) CORRAL_ADVERTISE=$2 ;;
      --listen) CORRAL_LISTEN=$2 ;;
      --replication-address) CORRAL_REPLICATION_ADDRESS=$2 ;;
    esac
    shift 2
  done
}

check_machine() {
  umask 022
  [ "$(id -u)" = 0 ] || fail 'run it as root'
  [ "$(uname -sm)" = 'Linux x86_64' ] || fail "it is for Linux on x86_64, and this is $(uname -sm)"
  [ -d /run/systemd/system ] || fail 'systemd does not run here'
  has curl || has wget || fail 'neither curl nor wget is installed'
  if [ -e "$data/identity.json" ]; then
    [ -e "$unit_file" ] || fail "this machine is a node already, through another agent that works in $data"
  else
    [ -n "$token" ] || fail 'this machine is no node yet, and CORRAL_JOIN_TOKEN is not set'
  fi
}

choose_settings() {
  full_name=$(hostname -f 2>/dev/null || hostname)
  choose CORRAL_LISTEN "0.0.0.0:$port"
  choose CORRAL_ADVERTISE "$full_name:$port"
  choose CORRAL_NODE_NAME ''
  choose CORRAL_REPLICATION_ADDRESS ''
  case $CORRAL_ADVERTISE in
    localhost*) fail "this machine has no name but localhost: say where the console reaches it with --advertise host:$port" ;;
  esac
}

# What is given now counts, then what was chosen before, then the default.
choose() { # NAME DEFAULT
  eval "value=\${$1:-}"
  if [ -z "$value" ] && [ -e "$settings" ]; then value=$(sed -n "s/^$1=//p" "$settings"); fi
  if [ -z "$value" ]; then value=$2; fi
  case $value in
    *[!]a-zA-Z0-9.:_[-]*) fail "$1 is not usable: $value" ;;
  esac
  eval "$1=\$value"
}

install_packages() {
  if [ "$with_packages" = no ]; then return 0; fi
  if ! has apt-get || ! has dpkg-query; then
    say 'There is no apt here: no packages are installed.'
    return 0
  fi
  set --
  wanted="$packages $kvm_packages"
  if grep -qs control_d /proc/xen/capabilities; then wanted="$packages $xen_packages"; fi
  for package in $wanted; do
    case $(dpkg-query -W -f "$status_format" "$package" 2>/dev/null) in
      installed*) ;;
      *) set -- "$@" "$package" ;;
    esac
  done
  if [ $# -eq 0 ]; then return 0; fi
  say "Installing packages: $*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update || fail 'apt-get update failed'
  apt-get -qy install --no-install-recommends "$@" || fail "apt-get could not install $*"
}

download_programs() {
  mkdir -p "$folder"
  download "$runtime_path" "$runtime_sha256" "$folder/node" 755
  download "$bundle_path" "$bundle_sha256" "$folder/agent.mjs" 644
  if [ -e "$folder/node.new" ]; then
    "$folder/node.new" --version >/dev/null || fail "the console's Node.js does not run here"
  fi
  for file in "$folder/node" "$folder/agent.mjs"; do
    if [ -e "$file.new" ]; then mv -f "$file.new" "$file"; fi
  done
}

# To FILE.new, unless FILE is the right one already. The checksum vouches for it, so any certificate is good enough.
download() { # PATH SHA256 FILE MODE
  rm -f "$3.new"
  if is_right "$2" "$3"; then return 0; fi
  say "Downloading $console$1"
  if has curl; then
    curl -fsSLk --retry 5 -o "$3.new" "$console$1" || fail "$console$1 cannot be downloaded"
  else
    wget --no-check-certificate -q -O "$3.new" "$console$1" || fail "$console$1 cannot be downloaded"
  fi
  is_right "$2" "$3.new" || fail "$console$1 has changed since this command was made; make a new one in the console"
  chmod "$4" "$3.new"
}

is_right() { # SHA256 FILE
  [ -e "$2" ] && [ "$(sha256sum <"$2")" = "$1  -" ]
}

# What is not there keeps nobody from joining: it is told here, and on the node's page.
check_node() {
  say 'Checking this machine:'
  "$folder/node" "$folder/agent.mjs" check 2>&1 || true
}

write_settings() {
  install -d -m 700 "$data"
  replace "$settings" <<SETTINGS
# What $unit is started with; restart it after a change.
CORRAL_URL=$console
CORRAL_LISTEN=$CORRAL_LISTEN
CORRAL_ADVERTISE=$CORRAL_ADVERTISE
CORRAL_NODE_NAME=$CORRAL_NODE_NAME
CORRAL_REPLICATION_ADDRESS=$CORRAL_REPLICATION_ADDRESS
SETTINGS
  unit_text | replace "$unit_file"
  if [ -n "$token" ]; then (umask 077 && printf '%s\n' "$token" | replace "$token_file"); fi
}

replace() { # FILE
  cat >"$1.new" && mv -f "$1.new" "$1"
}

start_agent() {
  systemctl daemon-reload
  systemctl -q enable "$unit"
  # A node that loses its power from now on comes back with its agent.
  sync
  systemctl restart "$unit" || give_up 'systemd could not start it'
  invocation=$(systemctl show -p InvocationID --value "$unit")
}

wait_until_it_serves() {
  say 'Waiting for the agent ...'
  waited=0
  while [ "$waited" -lt "$patience" ]; do
    case $(agent_log) in
      *' serves node '*) tell_outcome; return 0 ;;
    esac
    case $(systemctl show -p SubState --value "$unit") in
      running | start*) ;;
      *) give_up "$(agent_log | sed 's/^corral agent: //' | tail -n 1)" ;;
    esac
    sleep 1
    waited=$((waited + 1))
  done
  fail "it does not serve yet, and goes on trying: $(agent_log | tail -n 1) (journalctl -u $unit)"
}

# What it said since it was started just now.
agent_log() {
  journalctl -q -o cat _SYSTEMD_INVOCATION_ID="$invocation" 2>/dev/null || true
}

tell_outcome() {
  agent_log | sed -n -e 's/^[^ ]* \(the join token is not used.*\)/Note: \1/p' -e 's/^[^ ]* \(the clock of .*\)/Note: \1/p'
  node=$(agent_log | sed -n 's/.* serves node \([^ ]*\) at .*/\1/p' | tail -n 1)
  if agent_log | grep -q ' joined as node '; then
    say "This machine has joined $console as node $node. The console reaches it at $CORRAL_ADVERTISE."
  else
    say "This machine is node $node; its agent runs in the version of the console."
  fi
}

# A machine that did not become a node is left without a service that fails for ever.
give_up() { # WHY
  rm -f "$token_file"
  if [ ! -e "$data/identity.json" ]; then systemctl -q disable --now "$unit" || true; fi
  fail "$*"
}
`;
