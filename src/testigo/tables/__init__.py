"""Tables in and out: CSV and Parquet."""
