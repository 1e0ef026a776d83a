"""The main job on S3 servers that are not AWS's: `make test-servers`."""
