"""From any accepted file to a `CountyBook`: formats, grids, headers, cells, rows."""
