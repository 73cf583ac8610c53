#!/bin/sh
# Run the project's uv with the package index, certificates and trusted hosts that pip is configured for.
# uv reads none of pip's configuration; it is handed over for this one call and written nowhere.
set -eu
cd "$(dirname "$0")/.."

config=$(.venv/bin/python -m pip config list 2>/dev/null || true)

# Print one of pip's settings: from its environment variable, else from its configuration files.
setting() {
    from_env=$(printf '%s\n' "$config" | sed -n "s/^:env:\.$1='\(.*\)'\$/\1/p")
    from_file=$(printf '%s\n' "$config" | sed -n "s/^global\.$1='\(.*\)'\$/\1/p")
    printf '%s' "${from_env:-$from_file}"
}

index=$(setting index-url)
cert=$(setting cert)
trusted=$(setting trusted-host)
[ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
[ -z "$cert" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$cert}"
[ -z "$trusted" ] || export UV_INSECURE_HOST="${UV_INSECURE_HOST:-$trusted}"
export UV_PYTHON_DOWNLOADS=never UV_PYTHON=.venv/bin/python
exec .venv/bin/uv "$@"
