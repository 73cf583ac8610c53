"""The seeded generator of the demo data set: params/demo/*.yml in, collection workbooks out."""
