"""Plan, price, start, feed, resize and stop a cluster on Amazon EMR from the terminal.

`verger cloud COMMAND`, `verger-cloud COMMAND` and `python -m verger.cloud COMMAND` are the same.
Needs Python 3.11 and boto3: pip install 'verger[cloud]'.
"""
