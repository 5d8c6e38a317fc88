#!/usr/bin/env bash
# Two hosts on this machine, and a SLURM over them, for the tests of runs on clusters.
#
#   tools/test_cluster.sh install            install what is missing (root on Debian); elsewhere say what it is
#   tools/test_cluster.sh start              start all; prints the line that makes SLURM's commands use it
#   tools/test_cluster.sh stop               end all that runs there, and leave no trace
#   tools/test_cluster.sh status             the nodes; exit status 1 if it is not running
#   tools/test_cluster.sh on HOST COMMAND... run a command on a host: n1 or n2
#   tools/test_cluster.sh kill HOST          end a host with all its processes at once, as a power cut does
#   tools/test_cluster.sh boot HOST          start it again
#   tools/test_cluster.sh unplug HOST        cut its network; `plug HOST` connects it again
#
# A host has its own name, processes and network (Linux namespaces), one core, and the files of this machine.
# SLURM has its own key, ports and folder, $RASTERBOUT_CLUSTER (default /tmp/rasterbout-cluster), so that it does
# not meet another. All this needs root, two cores and Debian's packages below.
set -euo pipefail

FOLDER=${RASTERBOUT_CLUSTER:-/tmp/rasterbout-cluster}
NETWORK=${RASTERBOUT_CLUSTER_NETWORK:-10.77.0}   # this machine is .1, the hosts are .11 and .12
BRIDGE=rasterbout0
HOSTS=(n1 n2)
MEMORY_MB=4000                                   # of each host
WITHIN_S=30
PACKAGES=(slurmctld slurmd slurm-client munge iproute2)

export SLURM_CONF=$FOLDER/slurm.conf

say() { printf 'test_cluster: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

missing() {
    local program
    for program in slurmctld slurmd sinfo munged ip; do
        command -v "$program" >/dev/null || printf '%s ' "$program"
    done
}

install() {
    [ -n "$(missing)" ] || return 0
    if [ -r /etc/debian_version ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        say "installing ${PACKAGES[*]}"
        apt-get update -qq >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${PACKAGES[@]}" >/dev/null
    else
        say "missing: $(missing)on Debian: sudo apt-get install ${PACKAGES[*]}"
    fi
}

require() {
    [ -z "$(missing)" ] || fail "missing: $(missing)on Debian: apt-get install ${PACKAGES[*]}"
    [ "$(id -u)" = 0 ] || fail 'it needs root, to make hosts and to run jobs'
    [ "$(nproc)" -ge ${#HOSTS[@]} ] || fail "it needs ${#HOSTS[@]} cores, and this machine has $(nproc)"
}

address() { echo "$NETWORK.$((11 + $(index "$1")))"; }

index() {
    local number
    for number in "${!HOSTS[@]}"; do
        [ "${HOSTS[$number]}" != "$1" ] || { echo "$number"; return; }
    done
    fail "there is no host $1; there are ${HOSTS[*]}"
}

# The core of a host: that with its number among the cores that this process may use.
core() { python3 -c "import os; print(sorted(os.sched_getaffinity(0))[$(index "$1")])"; }

configuration() {
    local host
    cat <<END
ClusterName=rasterbout
SlurmctldHost=$(hostname)($NETWORK.1)
SlurmctldPort=16817
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$FOLDER/munge/socket
CredType=cred/munge
StateSaveLocation=$FOLDER/state
SlurmctldPidFile=$FOLDER/slurmctld.pid
SlurmctldLogFile=$FOLDER/slurmctld.log
SlurmdSpoolDir=$FOLDER/spool-%n
SlurmdPidFile=$FOLDER/slurmd-%n.pid
SlurmdLogFile=$FOLDER/slurmd-%n.log
SlurmdPort=16818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerNode=$((MEMORY_MB / 2))
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SlurmdTimeout=10
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
MessageTimeout=5
KillWait=5
END
    for host in "${HOSTS[@]}"; do
        echo "NodeName=$host NodeAddr=$(address "$host") CPUs=1 RealMemory=$MEMORY_MB"
    done
    echo "PartitionName=all Nodes=$(IFS=,; echo "${HOSTS[*]}") Default=YES MaxTime=INFINITE State=UP"
}

start_munge() {
    command install -d -o munge -g munge -m 755 "$FOLDER/munge"
    head -c 1024 /dev/urandom >"$FOLDER/munge/key"
    chown munge:munge "$FOLDER/munge/key"
    chmod 400 "$FOLDER/munge/key"
    setpriv --reuid=munge --regid=munge --clear-groups munged \
        --socket="$FOLDER/munge/socket" --key-file="$FOLDER/munge/key" --pid-file="$FOLDER/munge/pid" \
        --log-file="$FOLDER/munge/log" --seed-file="$FOLDER/munge/seed"
}

start_network() {
    ip link add "$BRIDGE" type bridge
    ip address add "$NETWORK.1/24" dev "$BRIDGE"
    ip link set "$BRIDGE" up
}

# All processes of a host are children of the first one in its namespace, and end with it.
boot() {
    local host=$1 net=rasterbout-$1 far
    far=$(address "$host")
    ip netns add "$net"
    ip link add "rb-$host" type veth peer name eth0 netns "$net"
    ip link set "rb-$host" master "$BRIDGE" up
    ip -n "$net" address add "$far/24" dev eth0
    ip -n "$net" link set eth0 up
    ip -n "$net" link set lo up
    mkdir -p "$FOLDER/spool-$host"
    # shellcheck disable=SC2016  # $1 is that of the inner shell
    setsid nsenter --net="/run/netns/$net" unshare --pid --uts --mount --fork --kill-child --mount-proc \
        taskset --cpu-list "$(core "$host")" sh -c 'hostname "$1" && slurmd -N "$1" && exec sleep infinity' sh "$host" \
        </dev/null >"$FOLDER/$host.log" 2>&1 &
    echo $! >"$FOLDER/$host.pid"
}

kill_host() {
    end "$FOLDER/$1.pid" KILL
    ip link del "rb-$1" 2>/dev/null || true
    ip netns del "rasterbout-$1" 2>/dev/null || true
}

on() {
    local first
    first=$(pgrep --parent "$(cat "$FOLDER/$1.pid")") || fail "$1 does not run"
    nsenter --target "$first" --pid --uts --mount --net taskset --cpu-list "$(core "$1")" "${@:2}"
}

end() {
    [ ! -f "$1" ] || kill "-$2" "$(cat "$1")" 2>/dev/null || true
    rm -f "$1"
}

# Without its configuration, sinfo would look for a controller in the network for a minute.
are_idle() { [ -f "$SLURM_CONF" ] && [ "$(sinfo --noheader --states idle --format %D 2>/dev/null)" = ${#HOSTS[@]} ]; }

start() {
    require
    if are_idle; then
        say "it is running already, in $FOLDER"
    else
        stop
        mkdir -p "$FOLDER/state"
        configuration >"$SLURM_CONF"
        start_munge
        start_network
        slurmctld
        local host
        for host in "${HOSTS[@]}"; do boot "$host"; done
        await
    fi
    echo "export SLURM_CONF=$SLURM_CONF"
}

await() {
    local tries=$((WITHIN_S * 5))
    until are_idle; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { tail -n 4 "$FOLDER"/*.log >&2; fail "its nodes are not idle after $WITHIN_S s"; }
        sleep 0.2
    done
}

stop() {
    local host
    for host in "${HOSTS[@]}"; do kill_host "$host"; done
    end "$FOLDER/slurmctld.pid" KILL
    end "$FOLDER/munge/pid" TERM
    ip link del "$BRIDGE" 2>/dev/null || true
    rm -rf "$FOLDER"
}

case ${1:-} in
    install | start | stop) "$1" ;;
    status) [ -f "$SLURM_CONF" ] && sinfo --Node --long || { say 'it is not running'; exit 1; } ;;
    on) on "${@:2}" ;;
    kill) kill_host "$2" ;;
    boot) kill_host "$2" && boot "$2" && await ;;
    unplug) ip link set "rb-$2" down ;;
    plug) ip link set "rb-$2" up ;;
    *) sed -n '/^# Two hosts/,/^# not meet/s/^# \?//p' "$0" >&2; exit 2 ;;
esac
