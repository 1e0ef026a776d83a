"""The whole chain on Spark: photos to features to principal components to Parquet.

    spark-submit pca.py PHOTOS OUT [--model M] [--components K]

PHOTOS and OUT are folders that every node sees, or s3:// and s3a:// URLs. Writes OUT/Preprocessing,
OUT/Results and OUT/Model as `verger run` does, and goes on where that, or this, has stopped. Every
node needs the wheel: pip install verger. --help lists the options, which are the program's.
"""

import sys

try:
    from verger.spark.job import main
except ModuleNotFoundError as missing:
    sys.exit(f"pca.py: {missing}: install the wheel of Verger for {sys.executable}")

if __name__ == "__main__":
    sys.exit(main())
