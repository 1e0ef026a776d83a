"""Spark as it is used: spark-submit, clusters with executors that die, an S3 server."""
