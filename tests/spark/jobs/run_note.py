"""Runs the paragraphs of a Zeppelin note in one namespace that holds `spark`, `sc` and `z`.

usage: run_note.py NOTE

Figures become lines of HTML, as Zeppelin makes them of `z.show(plt)` and of all figures that are
still open when a paragraph has ended.
"""

import base64
import io
import json
import sys
from types import ModuleType

import matplotlib.pyplot as plt  # type: ignore[import-not-found]
from pyspark.sql import SparkSession


class ZeppelinContext:
    """What a note sees as `z`, as far as ours needs it."""

    def show(self, pyplot: ModuleType) -> None:
        picture = io.BytesIO()
        pyplot.savefig(picture, format="png")
        text = base64.b64encode(picture.getvalue()).decode()
        print(f"%html <div><img src=data:image/png;base64,{text}></div>")


with open(sys.argv[1], encoding="utf-8") as file:
    paragraphs = json.load(file)["paragraphs"]
spark = SparkSession.builder.getOrCreate()
z = ZeppelinContext()
namespace = {"spark": spark, "sc": spark.sparkContext, "z": z}
for paragraph in paragraphs:
    interpreter, _, code = paragraph["text"].partition("\n")
    if interpreter == "%md":
        continue
    assert interpreter == "%spark.pyspark", interpreter
    exec(compile(code, paragraph["id"], "exec"), namespace)
    for number in plt.get_fignums():
        plt.figure(number)
        z.show(plt)
        plt.close()
spark.stop()
