"""The program on a real S3 server, also through a proxy that fails as networks and clouds do."""
