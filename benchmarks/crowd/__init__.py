"""Activities by the hundred thousand: the index beside PostGIS, SQLite's R*Tree and an STRtree."""
