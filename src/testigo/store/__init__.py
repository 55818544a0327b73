"""Where facts are kept: the journal and its views in SQL, blobs and log files in folders, the key."""
