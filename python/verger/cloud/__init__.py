"""The cluster in Paris: planned, priced, guarded, started, fed, resized, stopped from a terminal.

`verger cloud COMMAND`, `verger-cloud COMMAND` and `python -m verger.cloud COMMAND` are the same.
Needs Python 3.11 and boto3: pip install 'verger[cloud]'.
"""
