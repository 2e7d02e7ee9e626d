# Sourced by the start scripts: start PORT [FOLDER]
#
# A start script installs its server into FOLDER (default: a new temporary folder; an existing one is
# reused), copies the graphs there, starts the server in a new session, waits until it answers, and
# prints how to stop it. Nothing is written beside the scripts.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
if [ $# -lt 1 ]; then echo "usage: start PORT [FOLDER]" >&2; exit 2; fi
PORT=$1
WORK=${2:-$(mktemp -d "${TMPDIR:-/tmp}/server.XXXXXX")}
mkdir -p "$WORK" && WORK=$(cd "$WORK" && pwd)
VENV=${SERVER_VENV:-$WORK/venv}
BASE="http://127.0.0.1:$PORT"
STOP=$(cd "$HERE/.." && pwd)/stop

# No traces and no usage reports leave the machine.
export LANGSMITH_TRACING=false LANGCHAIN_TRACING_V2=false LANGGRAPH_CLI_NO_ANALYTICS=1

fail() { echo "start: $*" >&2; exit 1; }

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# check_free: fails if PORT is taken or a server runs from FOLDER; call it before changing FOLDER
check_free() {
  [[ $PORT =~ ^[0-9]+$ ]] || fail "expected a port number, got '$PORT'"
  port_is_free "$PORT" || fail "port $PORT is taken: choose another, or stop the program that listens there"
  if [ -e "$WORK/server.pid" ] && kill -0 "$(cat "$WORK/server.pid")" 2>/dev/null; then
    fail "a server runs from $WORK: end it first with '$STOP $WORK'"
  fi
}

# find_python VERSION...: prints PYTHON if set, or else the first of these versions that runs
find_python() {
  if [ -n "${PYTHON:-}" ]; then echo "$PYTHON"; return; fi
  local version candidate
  for version in "$@"; do
    for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version"*/bin/python; do
      if "$candidate" -c 'import sys, venv' 2>/dev/null; then command -v "$candidate"; return; fi
    done
  done
  fail "expected a Python among $*, found none: name one with PYTHON=..."
}

# install_python PYTHON REQUIREMENT...: installs into VENV, unless these are already installed
install_python() {
  mkdir -p "$(dirname "$VENV")"
  # Another start script may be installing into VENV.
  if command -v flock >/dev/null; then exec 9>"$VENV.lock" && flock 9; fi
  local python=$1 marker="$VENV/installed"; shift
  if [ "$(cat "$marker" 2>/dev/null)" != "$*" ]; then
    rm -rf "$VENV"
    if ! { command -v uv >/dev/null && uv venv -q --python "$python" "$VENV" &&
      uv pip install -q --python "$VENV/bin/python" "$@"; }; then
      "$python" -m venv --clear "$VENV"
      "$VENV/bin/pip" install -q --disable-pip-version-check "$@"
    fi
    echo "$*" > "$marker"
  fi
  exec 9>&-
}

# need PROGRAM SOURCE: fails if PROGRAM is missing, and says to install SOURCE
need() { command -v "$1" >/dev/null || fail "expected $1, found none: install $2"; }

# install_npm REQUIREMENT...: installs into FOLDER/node_modules, unless already installed
install_npm() {
  local marker="$WORK/node_modules/installed"
  if [ "$(cat "$marker" 2>/dev/null)" = "$*" ]; then return; fi
  rm -rf "$WORK/node_modules" "$WORK/package-lock.json"
  echo '{ "private": true, "type": "module" }' >"$WORK/package.json"
  npm install --prefix "$WORK" --no-audit --no-fund --loglevel=error "$@"
  echo "$*" >"$marker"
}

# copy_graphs: copies GRAPHS (default: the example graphs), even if read-only, to FOLDER/graphs
copy_graphs() {
  local from=${GRAPHS:-$HERE/../../../examples/graphs}
  [ -e "$from/langgraph.json" ] || fail "expected $from/langgraph.json, found none: is GRAPHS right?"
  rm -rf "$WORK/graphs" && mkdir "$WORK/graphs"
  cp -R "$from/." "$WORK/graphs" && chmod -R u+w "$WORK/graphs"
}

# launch COMMAND...: runs it in FOLDER/graphs, in a new session; writes a log and the process id
launch() {
  (cd "$WORK/graphs" && exec setsid "$@") > "$WORK/server.log" 2>&1 < /dev/null &
  echo $! > "$WORK/server.pid"
}

# wait_ready PATH: waits until GET PATH succeeds; fails after READY_SECONDS (default 90)
wait_ready() {
  local left=${READY_SECONDS:-90}
  until curl -sf -o /dev/null "$BASE$1"; do
    left=$((left - 1))
    if [ "$left" -le 0 ] || ! kill -0 "$(cat "$WORK/server.pid")" 2>/dev/null; then
      tail -n 30 "$WORK/server.log" >&2
      "$STOP" "$WORK"
      fail "the server did not answer $BASE$1; its log is $WORK/server.log"
    fi
    sleep 1
  done
  echo "ready at $BASE"
  echo "log in $WORK/server.log"
  echo "stop with: $STOP $WORK"
}
