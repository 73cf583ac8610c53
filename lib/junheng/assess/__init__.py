"""From a `CountyBook` and the standards to an `Assessment`: pure, exact, no I/O, no formatting."""
