#!/bin/sh
# Lets the fuzzing client of Autobahn's test suite (https://github.com/crossbario/autobahn-testsuite) loose on a server:
#
#   RUST_LOG=warn cargo run --release --bin axum-server -- --store memory --max-message-bytes 20000000
#   conformance/autobahn/run.sh axum-server ws://127.0.0.1:3003/ws
#
# The limit is for section 9, whose messages have up to 16 MiB. Sections 12 and 13 are left out: they are about
# compression, which no server here agrees to. Whatever else cargo's tests ask of a WebSocket is in
# conformance/src/cases/socket.rs; this needs Python 2.7 with pip (on the PATH, or named by PYTHON2), and some minutes.
#
# It makes a virtual environment in target/autobahn once, and leaves a report for people in target/autobahn/reports/NAME.
# It ends with 0 when all is well, with 1 when a case failed, and with 2 when it could not be run.
set -eu

fail() { echo "error: $1" >&2; exit 2; }

[ $# -eq 2 ] || fail "usage: run.sh NAME URL"
case $1 in '' | *[!a-z0-9-]*) fail "NAME is a server's, for example axum-server" ;; esac
case $2 in ws://*[\"\\]*) fail "URL is one of a WebSocket" ;; ws://*) ;; *) fail "URL begins with ws://" ;; esac
here=$(cd "$(dirname "$0")" && pwd)
home=$here/../../target/autobahn
venv=$home/venv
report=$home/reports/$1

if [ ! -e "$venv/made" ]; then
    python=${PYTHON2:-python2.7}
    "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (2, 7))' 2>/dev/null || fail "$python is no Python 2.7"
    "$python" -m pip --version >/dev/null 2>&1 || fail "$python has no pip"
    {
        rm -rf "$venv" "$home/tools"
        "$python" -m pip install --quiet --target "$home/tools" virtualenv==16.7.12
        PYTHONPATH=$home/tools "$python" -m virtualenv --quiet "$venv"
        "$venv/bin/pip" install --quiet --no-deps --requirement "$here/requirements.txt"
    } >&2 || fail "the virtual environment cannot be made"
    touch "$venv/made"
fi

rm -rf "$report"
mkdir -p "$report"
cat >"$report/spec.json" <<END
{"outdir": "$report", "servers": [{"agent": "$1", "url": "$2"}],
 "cases": ["*"], "exclude-cases": ["12.*", "13.*"], "exclude-agent-cases": {}}
END
"$venv/bin/python" -W ignore "$venv/bin/wstest" -m fuzzingclient -s "$report/spec.json" >"$report/log" 2>&1 ||
    fail "the fuzzing client did not end well, see $report/log"

"$venv/bin/python" - "$1" "$report" <<'END'
import collections, json, re, sys
name, report = sys.argv[1:]
try:
    cases = json.load(open(report + "/index.json")).get(name, {})
    wanted = int(re.search(r"will run (\d+) test cases", open(report + "/log").read()).group(1))
except (AttributeError, EnvironmentError, ValueError) as cause:
    sys.exit("%s: no report, see %s/log (%s)" % (name, report, cause))
for what in ("behavior", "behaviorClose"):
    counts = collections.Counter(case[what] for case in cases.values())
    print("%s: %s: %s" % (name, what, ", ".join("%s %d" % pair for pair in sorted(counts.items()))))
fine = {"OK", "NON-STRICT", "INFORMATIONAL"}
bad = [id for id, case in cases.items() if not {case["behavior"], case["behaviorClose"]} <= fine]
bad.sort(key=lambda id: [int(part) for part in id.split(".")])
print("%s: failed: %s" % (name, " ".join(bad) or "none"))
if len(cases) != wanted:
    print("%s: only %d of %d cases ran" % (name, len(cases), wanted))
sys.exit(1 if bad or len(cases) != wanted else 0)
END
