"""Settings of `make lab`, found through JUPYTER_CONFIG_PATH; what a user sets in ~/.jupyter comes on top."""

from junheng.lab.server import before_saving

c = get_config()  # noqa: F821

c.ContentsManager.pre_save_hook = before_saving
c.KernelProvisionerFactory.default_provisioner_name = "junheng"
c.LabApp.default_url = "/lab/tree/notebooks/草稿/county_report.ipynb"
# Who starts it as root meant it; the server listens on this machine alone.
c.ServerApp.allow_root = True
