"""All that an analyst calls in a notebook, and JupyterLab's side of the project."""
