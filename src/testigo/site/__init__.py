"""From values to pages, tables and the bundle; no database, no clock."""
