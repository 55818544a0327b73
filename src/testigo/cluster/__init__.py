"""Where work runs: executors of the shape of `concurrent.futures.Executor`."""
