"""How JupyterLab starts kernels: with the environment of a county process, so that no cell can show a passphrase.

Registered as an entry point of jupyter_client and chosen in lab/jupyter_server_config.py.
"""

from __future__ import annotations

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from junheng.processes import allowed

SESSION = "JPY_SESSION_NAME"
"""Which notebook it is, by which IPython names its session."""


class NotebookProvisioner(LocalProvisioner):
    """Jupyter's own way to start a kernel on this machine, with fewer environment variables."""

    def _finalize_env(self, env: dict[str, str]) -> None:
        """jupyter_client's place for taking variables out; it comes before every start, restarts included."""
        super()._finalize_env(env)
        for name in [name for name in env if not allowed(name) and name != SESSION]:
            del env[name]
