#!/usr/bin/env bash
# Puts well-known servers to the judge, each with its defaults, and ours beside them:
#
#   cargo build --release
#   conformance/verdicts/run.sh            # all that are installed
#   conformance/verdicts/run.sh nginx node # only these
#
# On Debian: apt-get install nginx-light apache2 lighttpd caddy nodejs. What is not installed is left out and
# said so. Each verdict becomes conformance/verdicts/NAME.json. A server that fails is no failure of this script; it ends
# with 2 when one could not be started or judged. JUDGE replaces the judge's command.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
verdicts=${VERDICTS:-$here}
read -r -a judge <<<"${JUDGE:-cargo run --quiet --release --manifest-path $root/Cargo.toml -p conformance --}"
ours=(hyper-server hyper-router-server axum-server actix-web-server warp-server handrolled-server)
others=(nginx apache lighttpd caddy node)
# Debian keeps some where only root looks.
PATH=$PATH:/usr/sbin:/sbin

work=$(mktemp -d)
chmod 755 "$work"
pid=
wrong=0

stop() {
    [ -n "$pid" ] || return 0
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    pid=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port on which nobody listens: below those that the system gives to clients.
free_port() {
    local port
    while :; do
        port=$((10000 + RANDOM % 20000))
        listens "$port" || { echo "$port"; return; }
    done
}

# The file $1 with this run's values in it.
filled() { sed -e "s|@PORT@|$port|g" -e "s|@DIR@|$dir|g" -e "s|@MODULES@|${modules:-}|g" "$here/servers/$1"; }

version_of() {
    case $1 in
    nginx) nginx -v 2>&1 | sed -n 's|^nginx version: nginx/|nginx |p' ;;
    apache) apache2 -v | sed -n 's|^Server version: Apache/\([^ ]*\).*|Apache \1|p' ;;
    lighttpd) lighttpd -v | sed -n 's|^lighttpd/\([^ ]*\).*|lighttpd \1|p' ;;
    caddy) caddy version | sed 's|^v\{0,1\}\([^ ]*\).*|Caddy \1|' ;;
    node) node --version | sed 's|^v|Node.js |' ;;
    esac
}

command_of() { case $1 in apache) echo apache2 ;; *) echo "$1" ;; esac; }

# Starts $1 in the background: its folder is $dir, its port $port. It must stay in the foreground, so that $! is its own.
start_other() {
    mkdir -p "$dir/www" "$dir/cgi"
    echo '<!doctype html><title>Hello</title><p>Hello, World!' >"$dir/www/index.html"
    install -m 755 "$here/servers/post.sh" "$dir/cgi/post"
    cd "$dir/www"
    case $1 in
    nginx)
        filled nginx.conf >"$dir/nginx.conf"
        nginx -e "$dir/error.log" -c "$dir/nginx.conf" >"$dir/log" 2>&1 &
        ;;
    apache)
        modules=$(dirname "$(find /usr/lib /usr/lib64 /usr/libexec -name mod_mpm_event.so 2>/dev/null | head -n 1)")
        filled apache.conf >"$dir/apache.conf"
        # CGI programs are not run as root.
        [ "$(id -u)" != 0 ] || printf 'User nobody\nGroup nogroup\n' >>"$dir/apache.conf"
        apache2 -f "$dir/apache.conf" -D FOREGROUND >"$dir/log" 2>&1 &
        ;;
    lighttpd)
        filled lighttpd.conf >"$dir/lighttpd.conf"
        lighttpd -D -f "$dir/lighttpd.conf" >"$dir/log" 2>&1 &
        ;;
    caddy)
        filled Caddyfile >"$dir/Caddyfile"
        HOME=$dir XDG_CONFIG_HOME=$dir XDG_DATA_HOME=$dir caddy run --adapter caddyfile --config "$dir/Caddyfile" >"$dir/log" 2>&1 &
        ;;
    node) node "$here/servers/node.mjs" "$port" >"$dir/log" 2>&1 & ;;
    esac
    pid=$!
    cd "$root"
}

# Waits until the server just started listens; says its log when it ended instead.
await() {
    for _ in {1..100}; do
        kill -0 "$pid" 2>/dev/null || break
        ! listens "$port" || return 0
        sleep 0.1
    done
    echo "error: $1 does not listen" >&2
    cat "$dir/log" "$dir/error.log" >&2 2>/dev/null || true
    return 1
}

# judge_one NAME VERSION URL ARGUMENT...
judge_one() {
    local code=0
    "${judge[@]}" "$3" --level all --json "$verdicts/$1.json" --name "$2" "${@:4}" || code=$?
    case $code in
    0) echo "$1: passed all" ;;
    1) echo "$1: failed some" ;;
    *)
        echo "error: $1 could not be judged ($code)" >&2
        wrong=2
        ;;
    esac
}

judge_other() {
    command -v "$(command_of "$1")" >/dev/null || { echo "$1: not installed"; return 0; }
    local version
    version=$(version_of "$1")
    echo "== $version"
    dir=$work/$1 port=$(free_port)
    start_other "$1"
    if await "$1"; then judge_one "$1" "$version" "http://127.0.0.1:$port" --path / --post /post; else wrong=2; fi
    stop
}

# judge_ours SERVER [--stock]
judge_ours() {
    local binary=$root/target/release/$1 name=$1${2:+-stock} url= line
    [ -x "$binary" ] || { echo "$1: not built, see cargo build --release"; return 0; }
    echo "== $1 ${2:-}"
    dir=$work/$name
    mkdir -p "$dir"
    mkfifo "$dir/out"
    RUST_LOG=warn "$binary" --port 0 --store memory --data-dir "$dir/data" ${2:+"$2"} >"$dir/out" 2>"$dir/log" &
    pid=$!
    # Its first line says where it listens; none comes when it ended instead.
    exec 4<"$dir/out"
    ! read -r -t 10 line <&4 || url=${line##* listens on }
    if [ -n "$url" ]; then
        judge_one "$name" "$1 $("$binary" --version | sed 's/.* //')${2:+ $2}" "$url"
    else
        echo "error: $1 does not listen" >&2
        cat "$dir/log" >&2
        wrong=2
    fi
    stop
    exec 4<&-
}

[ $# -gt 0 ] || set -- "${others[@]}" "${ours[@]}"
for name; do
    case " ${others[*]} " in *" $name "*) judge_other "$name"; continue ;; esac
    case " ${ours[*]} " in *" $name "*) judge_ours "$name"; judge_ours "$name" --stock; continue ;; esac
    echo "error: $name is none of: ${others[*]} ${ours[*]}" >&2
    exit 2
done
exit $wrong
