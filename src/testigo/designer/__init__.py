"""The form designer: a page on this machine where somebody marks what stands where on a sheet."""
