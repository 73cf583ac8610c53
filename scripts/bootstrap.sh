#!/bin/sh
# Set up all that a run needs: system packages, .venv from requirements.lock, the fonts in .fonts.
# A second call does nothing. `bootstrap.sh fonts` leaves .venv out (conda users: the active Python is used);
# `bootstrap.sh test` adds the system packages of the tests (apt-packages-test.txt).
# Messages are for the office's users, hence Chinese. Exit code 2: something the user must do first.
set -eu
cd "$(dirname "$0")/.."
# Settings of another Python would keep ours from starting.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP

fail() {
    printf '%s\n' "$*" >&2
    exit 2
}

# --- What is there already -------------------------------------------------------------------------------

# The stamps hold a digest of whatever decides the result, and the folder, since both hold absolute paths.
venv_digest() {
    { pwd; cat requirements.lock pyproject.toml scripts/bootstrap.sh scripts/uv.sh; } | sha256sum
}

fonts_digest() {
    { pwd; cat scripts/install_fonts.py lib/junheng/report/fonts/fonts.conf lib/junheng/report/fonts/__init__.py; } |
        sha256sum
}

# Is the stamp file $1 there with the text $2?
stamped() {
    [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

# Print the first Python that is new enough and can make a virtual environment. The distribution's comes first: it is
# built with optimisations (a county takes a fifth less time than with a plain build of the same version).
find_python() {
    for candidate in ${PYTHON:-} /usr/bin/python3.11 python3.11 /usr/bin/python3 python3 python3.12 python3.13; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

# Does any of the probes (file pattern, command or @word of apt-packages.txt) succeed?
present() {
    for probe in "$@"; do
        case $probe in
        @unpack) return 0 ;;
        @python) [ -x .venv/bin/python ] || find_python >/dev/null || continue ;;
        /*) [ -e "$probe" ] || continue ;;
        *) command -v "$probe" >/dev/null || continue ;;
        esac
        return 0
    done
    return 1
}

# Print the packages of the list $1 that are not there.
missing_packages() {
    while read -r package probes; do
        case $package in '' | '#'*) continue ;; esac
        # Unquoted: the probes are words, and their file patterns are to be expanded.
        # shellcheck disable=SC2086
        present $probes || printf '%s ' "$package"
    done <"$1"
}

# --- System packages -------------------------------------------------------------------------------------

install_packages() {
    command="apt-get install -y --no-install-recommends $*"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif sudo -n true 2>/dev/null; then
        as_root="sudo -n"
    else
        fail "缺少系统软件包，当前用户无权安装。请由管理员执行：sudo apt-get update && sudo $command ，然后重新运行原命令。"
    fi
    command -v apt-get >/dev/null || fail "本机没有 apt-get，请自行安装与以下 Debian 软件包相当的软件：$*"
    echo "正在安装系统软件包：$*"
    log=$(mktemp)
    # Unquoted: as_root is nothing or two words, and every package is a word.
    # shellcheck disable=SC2086,SC2048
    if ! { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install \
        -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $*; } >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        fail "系统软件包安装失败，详见 ${log}。请检查网络或软件源后执行：sudo $command ，然后重新运行原命令。"
    fi
    rm -f "$log"
}

# --- Python packages -------------------------------------------------------------------------------------

# Was .venv made in this very folder, by a Python that still runs?
venv_usable() {
    .venv/bin/python -c '' 2>/dev/null && case $(head -n 1 .venv/bin/pip 2>/dev/null) in
    "#!$PWD/.venv/"*) return 0 ;;
    *) return 1 ;;
    esac
}

# The lock's own entry of uv, hashes included.
locked_uv() {
    sed -n '/^uv==/,/[^\\]$/p' requirements.lock
}

ensure_uv() {
    wanted=$(locked_uv | sed -n 's/^uv==\([^ ]*\).*/\1/p')
    case $(.venv/bin/uv --version 2>/dev/null) in
    "uv $wanted" | "uv $wanted "*) return ;;
    esac
    locked_uv | .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r /dev/stdin
}

install_python_packages() {
    rm -f .venv/.stamp
    venv_usable || "$(find_python)" -m venv --clear .venv
    ensure_uv &&
        scripts/uv.sh pip sync --quiet --require-hashes requirements.lock &&
        scripts/uv.sh pip install --quiet --offline --no-deps --no-build-isolation --editable . &&
        isolate .venv/bin/junheng
}

# Let the program $1 take no settings of another Python (PYTHONPATH, PYTHONHOME): they would keep it from starting, with
# a page of English. The installer writes one of two headers, the second for folders with blanks in their name.
isolate() {
    sed -i -e '1s|^\(#!/.*/python[0-9.]*\)$|\1 -I|' -e '2s|^\(.*\) "\$0" "\$@"$|\1 -I "$0" "$@"|' "$1"
    head -n 2 "$1" | grep -q -e ' -I$' -e ' -I "\$0"'
}

set_up_venv() {
    echo "正在准备 Python 环境（.venv）……"
    install_python_packages ||
        fail "Python 软件包安装失败。请检查网络及软件源设置（pip config list），然后重新运行原命令。"
    printf '%s\n' "$1" >.venv/.stamp
}

# --- Fonts -----------------------------------------------------------------------------------------------

# Download package $2 into folder $1; root has no need of apt's own download user, which cannot write there.
apt_download() {
    if [ "$(id -u)" = 0 ]; then
        (cd "$1" && apt-get download -qq -o APT::Sandbox::User=root "$2")
    else
        (cd "$1" && apt-get download -qq "$2")
    fi
}

# Download into folder $1 the package whose fonts are wanted, unless they are there from an earlier set-up.
download_fandol() {
    [ ! -f .fonts/faces/FandolFang-Regular.otf ] || return 0
    package=$(sed -n 's/^\([^ #]*\) *@unpack$/\1/p' apt-packages.txt)
    apt_download "$1" "$package" 2>/dev/null && return
    # The package lists are missing or old.
    [ "$(id -u)" != 0 ] || apt-get update -qq
    apt_download "$1" "$package" ||
        fail "仿宋等字体下载失败。请检查网络或软件源后执行：sudo apt-get update ，然后重新运行原命令。"
}

set_up_fonts() {
    echo "正在准备字体（.fonts）……"
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    download_fandol "$scratch"
    "$2" scripts/install_fonts.py "$scratch" .fonts || fail "字体准备失败，请按上面的提示处理后重新运行原命令。"
    printf '%s\n' "$1" >.fonts/.stamp
}

# --- All together ----------------------------------------------------------------------------------------

missing=$(missing_packages apt-packages.txt)
[ "${1:-all}" != test ] || missing="$missing$(missing_packages apt-packages-test.txt)"
venv_now=$(venv_digest)
fonts_now=$(fonts_digest)
if [ -z "$missing" ] && stamped .fonts/.stamp "$fonts_now"; then
    if [ "${1:-all}" = fonts ] || stamped .venv/.stamp "$venv_now"; then
        exit 0
    fi
fi

# One set-up at a time: the folder itself is the lock.
exec 9<.
flock 9
# Unquoted: every package is a word.
# shellcheck disable=SC2086
[ -z "$missing" ] || install_packages $missing
if [ "${1:-all}" = fonts ]; then
    python=${PYTHON:-python3}
else
    python=.venv/bin/python
    stamped .venv/.stamp "$venv_now" || set_up_venv "$venv_now"
fi
stamped .fonts/.stamp "$fonts_now" || set_up_fonts "$fonts_now" "$python"
echo "环境准备完毕。"
